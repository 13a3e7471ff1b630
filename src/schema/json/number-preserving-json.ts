/**
 * JSON text as it was written: numbers keep their text, members keep their order (`JSON.parse` turns 1.0 into 1 and
 * moves keys like "7" to the front). What the registry stores and hashes is printed from this tree. Grammar of
 * RFC 8259, nesting bounded, work linear in the text. Of two members with one name the last value counts, in the first
 * one's place, as in `JSON.parse` and in Jackson.
 */
export type JsonNode =
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonNode> }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: 'true' | 'false' | 'null' }

/** Throws SyntaxError that names line and column. */
export function parseJsonNode(text: string, { nestingMax }: { nestingMax: number }): JsonNode {
  return new JsonTextParser(text, nestingMax).parse()
}

class JsonTextParser {
  readonly #text: string
  readonly #nestingMax: number
  #position = 0
  #nesting = 0

  constructor(text: string, nestingMax: number) {
    this.#text = text
    this.#nestingMax = nestingMax
  }

  parse(): JsonNode {
    const node = this.#value()
    this.#skipWhitespace()
    if (this.#position < this.#text.length) this.#fail('text after the end of the JSON value')
    return node
  }

  #value(): JsonNode {
    this.#skipWhitespace()
    const char = this.#text[this.#position]
    if (char === '{') return this.#nested(() => this.#object())
    if (char === '[') return this.#nested(() => this.#array())
    if (char === '"') return { kind: 'string', value: this.#string() }
    return this.#literal() ?? this.#number()
  }

  #nested(parse: () => JsonNode): JsonNode {
    if (++this.#nesting > this.#nestingMax) this.#fail(`nested deeper than ${this.#nestingMax} levels`)
    this.#position++
    const node = parse()
    this.#nesting--
    return node
  }

  #object(): JsonNode {
    const members = new Map<string, JsonNode>()
    if (this.#takes('}')) return { kind: 'object', members }
    do {
      this.#skipWhitespace()
      if (this.#text[this.#position] !== '"') this.#fail('expected a member name in quotes')
      const name = this.#string()
      if (!this.#takes(':')) this.#fail('expected ":"')
      members.set(name, this.#value())
    } while (this.#takes(','))
    if (!this.#takes('}')) this.#fail('expected "," or "}"')
    return { kind: 'object', members }
  }

  #array(): JsonNode {
    const items: JsonNode[] = []
    if (this.#takes(']')) return { kind: 'array', items }
    do items.push(this.#value())
    while (this.#takes(','))
    if (!this.#takes(']')) this.#fail('expected "," or "]"')
    return { kind: 'array', items }
  }

  #string(): string {
    const start = this.#position
    let hasEscapes = false
    for (let index = start + 1; index < this.#text.length; index++) {
      const code = this.#text.charCodeAt(index)
      if (code === QUOTE) {
        this.#position = index + 1
        return hasEscapes ? this.#unescaped(start) : this.#text.slice(start + 1, index)
      }
      if (code < SPACE) this.#failAt(index, 'a control character in a string')
      if (code === BACKSLASH) {
        hasEscapes = true
        index++
      }
    }
    return this.#fail('a string without its closing quote')
  }

  #unescaped(start: number): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#position)) as string
    } catch {
      return this.#failAt(start, 'a string with an unknown escape')
    }
  }

  #number(): JsonNode {
    NUMBER.lastIndex = this.#position
    const text = NUMBER.exec(this.#text)?.[0]
    if (text === undefined) return this.#fail(this.#position < this.#text.length ? 'expected a JSON value' : 'the text ends here')
    this.#position += text.length
    return { kind: 'number', text }
  }

  #literal(): JsonNode | undefined {
    const text = LITERALS.find((literal) => this.#text.startsWith(literal, this.#position))
    if (text === undefined) return undefined
    this.#position += text.length
    return { kind: 'literal', text }
  }

  #takes(char: string): boolean {
    this.#skipWhitespace()
    if (this.#text[this.#position] !== char) return false
    this.#position++
    return true
  }

  #skipWhitespace(): void {
    while (WHITESPACE.has(this.#text.charCodeAt(this.#position))) this.#position++
  }

  #fail(reason: string): never {
    return this.#failAt(this.#position, reason)
  }

  #failAt(position: number, reason: string): never {
    const before = this.#text.slice(0, position)
    const line = before.split('\n').length
    throw new SyntaxError(`${reason} (line ${line}, column ${position - before.lastIndexOf('\n')})`)
  }
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d])
const LITERALS = ['true', 'false', 'null'] as const
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
