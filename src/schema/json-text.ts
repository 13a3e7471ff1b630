import { HeadgateError } from '../shared/errors.ts'

/**
 * JSON text as it was written: numbers keep their text and members their order (`JSON.parse` turns 1.0 into 1 and moves
 * keys like "7" to the front). What the registry stores and hashes is printed from this tree. Of two members with one
 * name the last value counts, in the first one's place, as in `JSON.parse` and in Jackson.
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

export interface JsonTextRules {
  /** Objects and arrays one inside the other. */
  readonly nestingMax: number
  /** Comments to the end of the line, and those between the signs of a block: no part of JSON. */
  readonly allowsComments?: boolean
  /** A lone surrogate is legal in JSON, but has no UTF-8 form: it can be neither stored nor hashed unless it is escaped again. */
  readonly allowsHalfSurrogates?: boolean
}

/** Grammar of RFC 8259, in work linear in the text. Throws HeadgateError `invalid-schema` with line and column. */
export function parseJsonText(text: string, rules: JsonTextRules): JsonNode {
  return new JsonTextParser(text, rules).parse()
}

class JsonTextParser {
  readonly #text: string
  readonly #rules: JsonTextRules
  #position = 0
  #nesting = 0

  constructor(text: string, rules: JsonTextRules) {
    this.#text = text
    this.#rules = rules
  }

  parse(): JsonNode {
    const node = this.#value()
    this.#skipSpace()
    if (this.#position < this.#text.length) throw this.#failure(`unexpected ${this.#here()} after the end of the JSON value`)
    return node
  }

  #value(): JsonNode {
    this.#skipSpace()
    switch (this.#text.charCodeAt(this.#position)) {
      case BRACE:
        return this.#nested(() => this.#object())
      case BRACKET:
        return this.#nested(() => this.#array())
      case QUOTE:
        return { kind: 'string', value: this.#string() }
      default:
        return this.#literal() ?? this.#number()
    }
  }

  #nested(parse: () => JsonNode): JsonNode {
    if (++this.#nesting > this.#rules.nestingMax) throw this.#failure(`nested deeper than ${this.#rules.nestingMax} levels`)
    this.#position++
    const node = parse()
    this.#nesting--
    return node
  }

  #object(): JsonNode {
    const members = new Map<string, JsonNode>()
    if (this.#takes('}')) return { kind: 'object', members }
    do {
      this.#skipSpace()
      if (this.#text.charCodeAt(this.#position) !== QUOTE) throw this.#failure(`expected a member name in quotes, got ${this.#here()}`)
      const name = this.#string()
      if (!this.#takes(':')) throw this.#failure(`expected ":" after a member name, got ${this.#here()}`)
      members.set(name, this.#value())
    } while (this.#takes(','))
    if (!this.#takes('}')) throw this.#failure(`expected "," or "}", got ${this.#here()}`)
    return { kind: 'object', members }
  }

  #array(): JsonNode {
    const items: JsonNode[] = []
    if (this.#takes(']')) return { kind: 'array', items }
    do items.push(this.#value())
    while (this.#takes(','))
    if (!this.#takes(']')) throw this.#failure(`expected "," or "]", got ${this.#here()}`)
    return { kind: 'array', items }
  }

  #string(): string {
    const start = this.#position
    const { end, hasEscapes } = this.#closingQuote()
    const value = hasEscapes ? this.#unescaped(start, end) : this.#text.slice(start + 1, end)
    if (!this.#rules.allowsHalfSurrogates && !value.isWellFormed()) throw this.#failure('a string with half a surrogate pair')
    this.#position = end + 1
    return value
  }

  #closingQuote(): { end: number; hasEscapes: boolean } {
    let hasEscapes = false
    for (let index = this.#position + 1; index < this.#text.length; index++) {
      const code = this.#text.charCodeAt(index)
      if (code === QUOTE) return { end: index, hasEscapes }
      if (code < SPACE) throw this.#failure('a bare control character in a string', index)
      if (code === BACKSLASH) {
        hasEscapes = true
        index++
      }
    }
    throw this.#failure('a string without its closing quote')
  }

  /** The platform's own parser knows the escapes. */
  #unescaped(start: number, end: number): string {
    try {
      return JSON.parse(this.#text.slice(start, end + 1)) as string
    } catch {
      throw this.#failure('a string with an unknown escape')
    }
  }

  #literal(): JsonNode | undefined {
    const literal = LITERALS.find(([text]) => this.#text.startsWith(text, this.#position))
    if (!literal) return undefined
    const [text, node] = literal
    this.#position += text.length
    return node
  }

  #number(): JsonNode {
    NUMBER.lastIndex = this.#position
    const text = NUMBER.exec(this.#text)?.[0]
    if (text === undefined) throw this.#failure(`expected a JSON value, got ${this.#here()}`)
    this.#position += text.length
    return { kind: 'number', text }
  }

  #takes(character: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#position] !== character) return false
    this.#position++
    return true
  }

  #skipSpace(): void {
    for (;;) {
      while (WHITESPACE.has(this.#text.charCodeAt(this.#position))) this.#position++
      const end = this.#rules.allowsComments ? this.#commentEnd() : this.#position
      if (end === this.#position) return
      this.#position = end
    }
  }

  /** Where the comment that starts here ends; the position itself when none does. */
  #commentEnd(): number {
    if (this.#text.charCodeAt(this.#position) !== SLASH) return this.#position
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

  #failure(reason: string, position = this.#position): HeadgateError {
    const before = this.#text.slice(0, position)
    const line = before.split('\n').length
    const column = before.length - before.lastIndexOf('\n')
    return new HeadgateError('invalid-schema', `not JSON at line ${line}, column ${column}: ${reason}`, { facts: { line, column } })
  }
}

const BRACE = 0x7b
const BRACKET = 0x5b
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SLASH = 0x2f
const SPACE = 0x20
const WHITESPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d])
const LITERALS: readonly (readonly [text: string, node: JsonNode])[] = [
  ['true', { kind: 'boolean', value: true }],
  ['false', { kind: 'boolean', value: false }],
  ['null', { kind: 'null' }],
]
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
