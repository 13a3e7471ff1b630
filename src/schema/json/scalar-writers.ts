import type { BytesColumn } from '../../columns/bytes-column.ts'
import type { BooleanColumn, DecimalColumn, FloatColumn, Int32Column, Int64Column } from '../../columns/fixed-width-columns.ts'
import { RecordError } from '../language.ts'
import { decodeBase64 } from './base64.ts'
import { appendDateTime, asciiOf, parseDate } from './date-time.ts'
import { isRawNumber, wholeNumber } from './number-text.ts'
import { describeValue, quoteText } from './quote.ts'
import { wrongType, type PathOf, type WriterState, type WriteValue } from './write-value.ts'

export function booleanWriter(column: BooleanColumn, path: PathOf): WriteValue {
  return (value) => {
    if (typeof value !== 'boolean') throw wrongType(path, 'boolean', value)
    column.append(value)
  }
}

export function doubleWriter(column: FloatColumn, path: PathOf): WriteValue {
  return (value) => {
    const number = isRawNumber(value) ? Number(value.rawJSON) : value
    if (typeof number !== 'number') throw wrongType(path, 'number', value)
    // JSON has no infinity: this is a finite number, and another one would stand in the table.
    if (!Number.isFinite(number)) throw new RecordError(path(), 'beyond the largest number of a double')
    column.append(number)
  }
}

export function longWriter(column: Int64Column, path: PathOf, state: WriterState): WriteValue {
  return (value) => {
    if (Number.isSafeInteger(value)) column.appendNumber(value as number)
    else column.appendBigint(wideInteger(value, path, state, INT64))
  }
}

export function decimalWriter(column: DecimalColumn, path: PathOf, state: WriterState): WriteValue {
  return (value) => {
    column.append(Number.isSafeInteger(value) ? BigInt(value as number) : wideInteger(value, path, state, DECIMAL_20))
  }
}

interface IntegerRange {
  readonly first: bigint
  readonly last: bigint
  readonly name: string
}

/** The exact value of an integer beyond 2^53; 0 in its place when its digits are lost. */
function wideInteger(value: unknown, path: PathOf, state: WriterState, range: IntegerRange): bigint {
  const isRaw = isRawNumber(value)
  if (!isRaw && !Number.isInteger(value)) throw wrongType(path, 'integer', value)
  if (!isRaw && !state.keepsNumberText) {
    state.lostDigits = true
    return 0n
  }
  // A number that is still a number prints as it was written.
  const integer = wholeNumber(isRaw ? value.rawJSON : String(value))
  if (integer === undefined || integer < range.first || integer > range.last)
    throw new RecordError(path(), `not ${range.name}, got ${describeValue(value)}`)
  return integer
}

const INT64: IntegerRange = { first: -(2n ** 63n), last: 2n ** 63n - 1n, name: 'an integer of 64 bits' }
const DECIMAL_20: IntegerRange = { first: 1n - 10n ** 20n, last: 10n ** 20n - 1n, name: 'an integer of at most 20 digits' }

export function dateTimeWriter(column: Int64Column, path: PathOf): WriteValue {
  return (value) => {
    if (typeof value !== 'string' || !appendDateTime(column, asciiOf(value), 0, value.length))
      throw wrongType(path, 'a date-time in the years 0001 to 9999', value)
  }
}

export function dateWriter(column: Int32Column, path: PathOf): WriteValue {
  return (value) => {
    const days = typeof value === 'string' ? parseDate(asciiOf(value), 0, value.length) : undefined
    if (days === undefined) throw wrongType(path, 'a date in the years 0001 to 9999', value)
    column.append(days)
  }
}

export function jsonTextWriter(column: BytesColumn): WriteValue {
  return (value) => column.appendText(JSON.stringify(value))
}

export function binaryWriter(column: BytesColumn, path: PathOf): WriteValue {
  return (value) => {
    const bytes = typeof value === 'string' ? decodeBase64(value) : undefined
    if (bytes === undefined) throw wrongType(path, 'base64', value)
    column.append(bytes, 0, bytes.byteLength)
  }
}

export function stringWriter(column: BytesColumn, path: PathOf): WriteValue {
  return (value) => {
    if (typeof value !== 'string') throw wrongType(path, 'string', value)
    if (value.length > SHORT_TEXT_MAX || !appendAscii(column, value)) appendUnicode(column, value, path)
  }
}

/** Short ASCII text without the view that encoding needs; false when it is not ASCII. */
function appendAscii(column: BytesColumn, text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0x80) return false
    asciiBytes[index] = code
  }
  column.append(asciiBytes, 0, text.length)
  return true
}

/** A lone surrogate (`\ud800`) is legal in JSON text, but no encoding of Unicode can carry it. */
function appendUnicode(column: BytesColumn, text: string, path: PathOf): void {
  if (!text.isWellFormed()) throw new RecordError(path(), `a string with half a surrogate pair, got ${quoteText(text)}`)
  column.appendText(text)
}

const SHORT_TEXT_MAX = 24
const asciiBytes = new Uint8Array(SHORT_TEXT_MAX)
