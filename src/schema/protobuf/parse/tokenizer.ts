import { utf8Bytes } from '../../../shared/bytes.ts'
import { schemaError, type SourceText } from '../source-text.ts'
import { unescapeBytes } from './string-escapes.ts'

export type TokenKind = 'identifier' | 'integer' | 'float' | 'string' | 'symbol' | 'end'

/**
 * Cuts .proto text into tokens, one at a time and in one pass; the current token is in the fields. Comments and
 * white space are skipped. Names have no dots: the parser joins them.
 */
export class Tokenizer {
  readonly source: SourceText
  kind: TokenKind = 'end'
  /** The token as written; empty for a string, whose value is in `bytes`, and at the end. */
  text = ''
  bytes: Uint8Array = new Uint8Array(0)
  /** Where the current token starts. */
  offset = 0
  #position = 0

  constructor(source: SourceText) {
    this.source = source
    // A byte order mark may stand before the first token.
    if (source.text.charCodeAt(0) === 0xfeff) this.#position = 1
    this.advance()
  }

  advance(): void {
    this.#skipBlanks()
    this.offset = this.#position
    this.text = ''
    const code = this.#codeAt(this.#position)
    if (Number.isNaN(code)) this.kind = 'end'
    else if (isNameStart(code)) this.#readName()
    else if (isDigit(code) || (code === DOT && isDigit(this.#codeAt(this.#position + 1)))) this.#readNumber()
    else if (code === QUOTE || code === APOSTROPHE) this.#readString(code)
    else this.#readSymbol()
  }

  #codeAt(position: number): number {
    return this.source.text.charCodeAt(position)
  }

  #skipBlanks(): void {
    const { text } = this.source
    for (;;) {
      while (isBlank(this.#codeAt(this.#position))) this.#position++
      if (text.startsWith('//', this.#position)) {
        const lineEnd = text.indexOf('\n', this.#position)
        this.#position = lineEnd === -1 ? text.length : lineEnd
      } else if (text.startsWith('/*', this.#position)) {
        const commentEnd = text.indexOf('*/', this.#position + 2)
        if (commentEnd === -1) throw schemaError(this.source, this.#position, 'a comment that starts with /* does not end')
        this.#position = commentEnd + 2
      } else return
    }
  }

  #take(kind: TokenKind, end: number): void {
    this.kind = kind
    this.text = this.source.text.slice(this.#position, end)
    this.#position = end
  }

  #readName(): void {
    let end = this.#position + 1
    while (isNamePart(this.#codeAt(end))) end++
    this.#take('identifier', end)
  }

  /** Decimal, octal and hexadecimal integers, and floats; `1f` and `1.5f` of the text format lose their suffix. */
  #readNumber(): void {
    NUMBER.lastIndex = this.#position
    const match = NUMBER.exec(this.source.text)
    if (!match) throw schemaError(this.source, this.#position, 'not a number')
    const [whole, integer] = match
    const end = this.#position + whole.length
    this.#take(integer === undefined ? 'float' : 'integer', end)
    if (!/^0[xX]/.test(this.text)) this.text = this.text.replace(/[fF]$/, '')
    if (isNamePart(this.#codeAt(end))) throw schemaError(this.source, end, 'a number and a name need a space between them')
  }

  #readString(quote: number): void {
    const { text } = this.source
    const start = this.#position + 1
    let end = start
    let hasEscapes = false
    for (let code = this.#codeAt(end); code !== quote; code = this.#codeAt(end)) {
      if (Number.isNaN(code) || code === NEWLINE) throw schemaError(this.source, this.#position, 'a string does not end on its line')
      if (code === BACKSLASH) hasEscapes = true
      end += code === BACKSLASH ? 2 : 1
    }
    const bytes = utf8Bytes(text.slice(start, end))
    this.kind = 'string'
    this.bytes = hasEscapes ? this.#unescaped(bytes, start) : bytes
    this.#position = end + 1
  }

  #unescaped(bytes: Uint8Array, start: number): Uint8Array {
    const unescaped = unescapeBytes(bytes)
    if (!unescaped) throw schemaError(this.source, start, 'a string has an escape that does not exist')
    return unescaped
  }

  #readSymbol(): void {
    const symbol = this.source.text.charAt(this.#position)
    if (!SYMBOLS.includes(symbol)) throw schemaError(this.source, this.#position, `unexpected character ${JSON.stringify(symbol)}`)
    this.#take('symbol', this.#position + 1)
  }
}

/** The group matches integers only. */
const NUMBER = /(0[xX][0-9a-fA-F]+|[0-9]+[fF]?(?![.eE0-9]))|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[fF]?/y
const SYMBOLS = '{}[]()<>=;,.:-+/'
const QUOTE = 0x22
const APOSTROPHE = 0x27
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const DOT = 0x2e

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d)
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code)
}
