import { HeadgateError } from '../../shared/errors.ts'

/**
 * JSON as Avro schemas need it: members stay in source order (`JSON.parse` moves keys like "1" to the front), numbers
 * keep their text (1.0 is not 1), and comments are allowed, as Avro's own parser allows them. A repeated key keeps its
 * first place and its last value. Work is linear in the text and nesting is bounded.
 */
export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** The number as written. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | JsonObjectNode

export interface JsonObjectNode {
  readonly kind: 'object'
  readonly members: ReadonlyMap<string, JsonNode>
}

/** Throws HeadgateError `invalid-schema` with line and column. */
export function parseJsonText(text: string, { nestingMax }: { nestingMax: number }): JsonNode {
  const parser = new JsonTextParser(text, nestingMax)
  return parser.parseDocument()
}

/** Compact text, as Jackson prints it: non-ASCII as it is, control characters with upper-case hex, doubles as Java's. */
export function printJsonText(node: JsonNode, { hasSortedKeys = false }: { hasSortedKeys?: boolean } = {}): string {
  switch (node.kind) {
    case 'null':
      return 'null'
    case 'boolean':
      return String(node.value)
    case 'number':
      return jacksonNumber(node.text)
    case 'string':
      return quoteJson(node.value)
    case 'array':
      return `[${node.items.map((item) => printJsonText(item, { hasSortedKeys })).join(',')}]`
    case 'object': {
      const members = [...node.members]
      if (hasSortedKeys) members.sort(([a], [b]) => (a < b ? -1 : 1))
      return `{${members.map(([key, value]) => `${quoteJson(key)}:${printJsonText(value, { hasSortedKeys })}`).join(',')}}`
    }
  }
}

export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])/g, (_match, hex: string) => `\\u00${hex.toUpperCase()}`)
}

/** Whether a number was written as a whole number, which is what Jackson calls integral. */
export function isIntegralText(text: string): boolean {
  return /^-?\d+$/.test(text)
}

/** Integers keep their digits; anything else is a Java double, printed as `Double.toString` does. */
function jacksonNumber(text: string): string {
  if (isIntegralText(text)) return text === '-0' ? '0' : text
  return javaDoubleText(Number(text))
}

/** Java writes a double plainly in [1e-3, 1e7) and with one digit before the point and an `E` elsewhere. */
function javaDoubleText(value: number): string {
  // Jackson quotes what JSON has no number for.
  if (!Number.isFinite(value)) return `"${value}"`
  const magnitude = Math.abs(value)
  if (magnitude === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  if (magnitude >= 1e-3 && magnitude < 1e7) {
    const plain = String(value)
    return plain.includes('.') ? plain : `${plain}.0`
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`
}

class JsonTextParser {
  readonly #text: string
  readonly #nestingMax: number
  #position = 0

  constructor(text: string, nestingMax: number) {
    this.#text = text
    this.#nestingMax = nestingMax
  }

  parseDocument(): JsonNode {
    const node = this.#parseValue(0)
    this.#skipSpace()
    if (this.#position < this.#text.length) throw this.#failure(`unexpected ${this.#here()} after the end of the schema`)
    return node
  }

  #parseValue(depth: number): JsonNode {
    if (depth > this.#nestingMax) throw this.#failure(`nested deeper than ${this.#nestingMax} levels`)
    this.#skipSpace()
    switch (this.#text[this.#position]) {
      case '{':
        return this.#parseObject(depth)
      case '[':
        return this.#parseArray(depth)
      case '"':
        return { kind: 'string', value: this.#parseString() }
      default:
        return this.#parseWord()
    }
  }

  #parseObject(depth: number): JsonNode {
    const members = new Map<string, JsonNode>()
    this.#position++
    if (this.#takeIf('}')) return { kind: 'object', members }
    do {
      this.#skipSpace()
      if (this.#text[this.#position] !== '"') throw this.#failure(`expected a member name in quotes, got ${this.#here()}`)
      const key = this.#parseString()
      if (!this.#takeIf(':')) throw this.#failure(`expected ":" after a member name, got ${this.#here()}`)
      members.set(key, this.#parseValue(depth + 1))
    } while (this.#takeIf(','))
    if (!this.#takeIf('}')) throw this.#failure(`expected "," or "}", got ${this.#here()}`)
    return { kind: 'object', members }
  }

  #parseArray(depth: number): JsonNode {
    const items: JsonNode[] = []
    this.#position++
    if (this.#takeIf(']')) return { kind: 'array', items }
    do items.push(this.#parseValue(depth + 1))
    while (this.#takeIf(','))
    if (!this.#takeIf(']')) throw this.#failure(`expected "," or "]", got ${this.#here()}`)
    return { kind: 'array', items }
  }

  /** The platform's own parser undoes the escapes; what is left to do here is to find the closing quote. */
  #parseString(): string {
    const start = this.#position
    let end = start + 1
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length) throw this.#failure('a string without its closing quote')
      if (this.#text[end] === '\\') end++
    }
    this.#position = end + 1
    const value = this.#unescape(this.#text.slice(start, end + 1))
    // A lone surrogate has no UTF-8 form, so it could be neither stored nor hashed.
    if (!value.isWellFormed()) throw this.#failure('a string with half a surrogate pair')
    return value
  }

  #unescape(quoted: string): string {
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw this.#failure('a string with a wrong escape or a bare control character')
    }
  }

  #parseWord(): JsonNode {
    WORD.lastIndex = this.#position
    const word = WORD.exec(this.#text)?.[0] ?? ''
    this.#position += word.length
    if (word === 'null') return { kind: 'null' }
    if (word === 'true' || word === 'false') return { kind: 'boolean', value: word === 'true' }
    if (NUMBER.test(word)) return { kind: 'number', text: word }
    this.#position -= word.length
    throw this.#failure(`expected a JSON value, got ${this.#here()}`)
  }

  #takeIf(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#position] !== character) return false
    this.#position++
    return true
  }

  #skipSpace(): void {
    for (;;) {
      SPACE.lastIndex = this.#position
      this.#position += SPACE.exec(this.#text)?.[0].length ?? 0
      const end = this.#commentEnd()
      if (end === this.#position) return
      this.#position = end
    }
  }

  /** Where the comment that starts here ends; the position itself when none does. */
  #commentEnd(): number {
    if (this.#text[this.#position] !== '/') return this.#position
    const opening = this.#text.slice(this.#position, this.#position + 2)
    if (opening !== '//' && opening !== '/*') return this.#position
    const closing = opening === '//' ? '\n' : '*/'
    const found = this.#text.indexOf(closing, this.#position + 2)
    if (found >= 0) return found + closing.length
    if (opening === '/*') throw this.#failure('a comment without its end')
    return this.#text.length
  }

  #here(): string {
    const character = this.#text.codePointAt(this.#position)
    return character === undefined ? 'the end of the text' : JSON.stringify(String.fromCodePoint(character))
  }

  #failure(reason: string): HeadgateError {
    const before = this.#text.slice(0, this.#position)
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    return new HeadgateError('invalid-schema', `not JSON at line ${line}, column ${column}: ${reason}`, { facts: { line, column } })
  }
}

const SPACE = /[ \t\n\r]*/y
const WORD = /[-+.\w]*/y
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/
