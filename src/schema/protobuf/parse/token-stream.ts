import { concatBytes } from '../../../shared/bytes.ts'
import type { HeadgateError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { schemaError } from '../source-text.ts'
import { Tokenizer } from './tokenizer.ts'

/** What a recursive descent asks of the tokens: is it this, then take it, else say what was expected and where. */
export class TokenStream extends Tokenizer {
  /** Whether the current token is this symbol or keyword. */
  is(text: string): boolean {
    return this.text === text
  }

  accept(text: string): boolean {
    if (this.text !== text) return false
    this.advance()
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}"`)
  }

  identifier(what: string): string {
    if (this.kind !== 'identifier') throw this.unexpected(what)
    const name = this.text
    this.advance()
    return name
  }

  /** A name with dots, and in front of a type perhaps one more that makes it absolute. */
  dottedName(what: string): string {
    const { offset } = this
    const parts = this.accept('.') ? ['', this.identifier(what)] : [this.identifier(what)]
    let length = 0
    while (this.accept('.')) {
      const part = this.identifier(what)
      length += part.length + 1
      if (length > limits.protobufNameLengthMax) throw this.failure('a name is too long', offset)
      parts.push(part)
    }
    return parts.join('.')
  }

  /** One string literal, or several that stand side by side. */
  stringLiteral(what: string): Uint8Array {
    if (this.kind !== 'string') throw this.unexpected(what)
    const pieces: Uint8Array[] = []
    while (this.kind === 'string') {
      pieces.push(this.bytes)
      this.advance()
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : concatBytes(pieces)
  }

  /** A string literal that must be text. */
  textLiteral(what: string): string {
    const { offset } = this
    const bytes = this.stringLiteral(what)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw this.failure(`${what} is not valid UTF-8`, offset)
    }
  }

  /** An integer within bounds, with a sign where the bounds allow one. */
  integer(what: string, { min, max }: { min: number; max: number }): number {
    const { offset } = this
    const isNegative = min < 0 && this.accept('-')
    if (this.kind !== 'integer') throw this.unexpected(what)
    const magnitude = integerValue(this.text)
    const value = isNegative ? -magnitude : magnitude
    // A malformed octal number is NaN, which no comparison admits.
    if (!(value >= min && value <= max)) throw this.failure(`${what} must be within ${min} and ${max}`, offset)
    this.advance()
    return value + 0
  }

  unexpected(expected: string): HeadgateError {
    return this.failure(`expected ${expected}, got ${this.#shown()}`)
  }

  failure(message: string, offset: number = this.offset): HeadgateError {
    return schemaError(this.source, offset, message)
  }

  #shown(): string {
    if (this.kind === 'end') return 'the end of the text'
    if (this.kind === 'string') return 'a string'
    const { text } = this
    return `"${text.length > limits.quotedValueLengthMax ? `${text.slice(0, limits.quotedValueLengthMax)}…` : text}"`
  }
}

/** The value of an integer token: decimal, `0x` hexadecimal or `0` octal; NaN when a digit does not fit its base. */
function integerValue(text: string): number {
  return /^0[0-9]/.test(text) ? Number(`0o${text.slice(1)}`) : Number(text)
}
