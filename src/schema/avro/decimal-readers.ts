import type { BytesColumn } from '../../columns/bytes-column.ts'
import type { DecimalColumn } from '../../columns/fixed-width-columns.ts'
import { limits } from '../../shared/limits.ts'
import { decimalText, hasAtMostDigits, unscaledOf } from '../decimal.ts'
import { readIntValue, readSize, take } from './value-readers.ts'
import type { ValueCursor } from './value-cursor.ts'

/** decimal and big-decimal ("Logical Types"). A value must fit its precision; what does not is an invalid record. */

export interface DecimalShape {
  readonly precision: number
  readonly scale: number
  /** Of the fixed; -1 when the length comes before the bytes. */
  readonly size: number
  /** What the words of a value must stay below: 10^precision, and for the complement of a negative one 10^precision - 1. */
  readonly limits: readonly [positive: Int32Array, negative: Int32Array]
}

export function decimalShape({ precision, scale, size }: { precision: number; scale: number; size: number }): DecimalShape {
  const limit = 10n ** BigInt(precision)
  return { precision, scale, size, limits: [wordsOf(limit), wordsOf(limit - 1n)] }
}

/** The lowest four 32-bit words, least significant first. */
function wordsOf(value: bigint): Int32Array {
  return Int32Array.from([0n, 32n, 64n, 96n], (shift) => Number(BigInt.asIntN(32, value >> shift)))
}

export function readDecimal(cursor: ValueCursor, column: DecimalColumn, shape: DecimalShape): void {
  const start = takeUnscaled(cursor, shape.size)
  const { bytes, position: end } = cursor
  const sign = (bytes[start] as number) >= 0x80 ? -1 : 0
  const word0 = wordBefore(bytes, start, end, sign)
  const word1 = wordBefore(bytes, start, end - 4, sign)
  const word2 = wordBefore(bytes, start, end - 8, sign)
  const word3 = wordBefore(bytes, start, end - 12, sign)
  const limit = sign < 0 ? shape.limits[1] : shape.limits[0]
  // For a negative value v the complement is -v - 1, so that no carry runs through the words.
  const order =
    compareWords(word3 ^ sign, limit[3] as number) ||
    compareWords(word2 ^ sign, limit[2] as number) ||
    compareWords(word1 ^ sign, limit[1] as number) ||
    compareWords(word0 ^ sign, limit[0] as number)
  if (order >= 0 || word3 >> 31 !== sign || !isSignOnly(bytes, start, end - 16, sign)) failPrecision(cursor, start, shape)
  column.appendWords(word0, word1, word2, word3)
}

/** More digits than a table's decimal holds: plain text. */
export function readDecimalText(cursor: ValueCursor, column: BytesColumn, shape: DecimalShape): void {
  const start = takeUnscaled(cursor, shape.size)
  const unscaled = boundedUnscaled(cursor, start, shape.precision)
  column.appendText(decimalText(unscaled, shape.scale))
}

/** Bytes that hold the unscaled value as bytes and the scale as an int (Avro's Java library; the specification leaves it open). */
export function readBigDecimal(cursor: ValueCursor, column: BytesColumn): void {
  const { end } = cursor
  const size = readSize(cursor)
  cursor.end = cursor.position + size
  const start = takeUnscaled(cursor, -1)
  const unscaled = boundedUnscaled(cursor, start, limits.decimalDigitsMax)
  const scale = readIntValue(cursor)
  if (Math.abs(scale) > limits.decimalDigitsMax)
    cursor.fail(`expected a big-decimal of scale up to ${limits.decimalDigitsMax}, got scale ${scale}`)
  if (cursor.position !== cursor.end) cursor.fail(`expected a big-decimal of ${size} bytes, got ${cursor.end - cursor.position} more`)
  cursor.end = end
  column.appendText(decimalText(unscaled, scale))
}

/** Moves over the unscaled bytes and answers where they start; they end at the cursor. */
function takeUnscaled(cursor: ValueCursor, size: number): number {
  const byteCount = size < 0 ? readSize(cursor) : size
  if (byteCount === 0) cursor.fail('expected a decimal of at least 1 byte, got none')
  return take(cursor, byteCount, 'decimal')
}

/** The four bytes that end before `end`, big endian; where the value has no more bytes its sign goes on. */
function wordBefore(bytes: Uint8Array, start: number, end: number, sign: number): number {
  if (end - 4 >= start)
    return (
      (bytes[end - 1] as number) |
      ((bytes[end - 2] as number) << 8) |
      ((bytes[end - 3] as number) << 16) |
      ((bytes[end - 4] as number) << 24)
    )
  let word = sign
  for (let position = start; position < end; position++) word = (word << 8) | (bytes[position] as number)
  return word
}

function isSignOnly(bytes: Uint8Array, start: number, end: number, sign: number): boolean {
  for (let position = start; position < end; position++) if (bytes[position] !== (sign & 0xff)) return false
  return true
}

/** Unsigned order of two words: negative, 0 or positive. */
function compareWords(a: number, b: number): number {
  return (a >>> 0) - (b >>> 0)
}

/** The unscaled value, refused before it is built when it has far more bytes than so many digits can fill. */
function boundedUnscaled(cursor: ValueCursor, start: number, digits: number): bigint {
  const { bytes, position: end } = cursor
  const sign = (bytes[start] as number) >= 0x80 ? -1 : 0
  const byteCountMax = Math.ceil((digits * Math.log2(10)) / 8) + 1
  const kept = Math.max(start, end - byteCountMax)
  if (!isSignOnly(bytes, start, kept, sign)) cursor.fail(`expected a decimal of at most ${digits} digits, got ${end - start} bytes`)
  const unscaled = unscaledOf(bytes, kept, end)
  if (unscaled < 0n !== sign < 0 || !hasAtMostDigits(unscaled, digits))
    cursor.fail(`expected a decimal of at most ${digits} digits, got more`)
  return unscaled
}

function failPrecision(cursor: ValueCursor, start: number, { precision, scale }: DecimalShape): never {
  const { bytes, position: end } = cursor
  const found = end - start > 64 ? `a number of ${end - start} bytes` : decimalText(unscaledOf(bytes, start, end), scale)
  return cursor.fail(`expected decimal(${precision},${scale}), got ${found}`)
}
