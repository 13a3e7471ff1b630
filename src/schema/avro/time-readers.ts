import type { BytesColumn } from '../../columns/bytes-column.ts'
import type { Int32Column, Int64Column } from '../../columns/fixed-width-columns.ts'
import type { StructColumn } from '../../columns/nested-columns.ts'
import { DAY_FIRST, DAY_LAST, MILLIS_FIRST, MILLIS_LAST } from '../../columns/time-range.ts'
import { longText, type ValueCursor } from './value-cursor.ts'
import { readIntValue, readLongParts, take, wordAt } from './value-readers.ts'

/**
 * Dates, times and timestamps ("Logical Types"). What no reader of a table could show is refused: days and timestamps
 * outside the years 0001 to 9999, times outside one day.
 */

export function readDate(cursor: ValueCursor, column: Int32Column): void {
  const days = readIntValue(cursor)
  if (days < DAY_FIRST || days > DAY_LAST) cursor.fail(`expected a date in the years 0001 to 9999, got day ${days} since 1970`)
  column.append(days)
}

export function readTimestampMillis(cursor: ValueCursor, column: Int64Column): void {
  readLongParts(cursor)
  const { low, high } = cursor
  // Exact as far as the range goes, and beyond it far enough from it.
  const millis = high * 4_294_967_296 + (low >>> 0)
  if (millis < MILLIS_FIRST || millis > MILLIS_LAST) failTimestamp(cursor, 'milliseconds')
  // Micros do not fit a double's 53 bits, so the halves are multiplied one by one.
  const lowMicros = (low >>> 0) * 1000
  column.appendParts(lowMicros | 0, high * 1000 + Math.floor(lowMicros / 4_294_967_296))
}

const [microsFirstLow, microsFirstHigh] = halvesOf(BigInt(MILLIS_FIRST) * 1000n)
const [microsLastLow, microsLastHigh] = halvesOf(BigInt(MILLIS_LAST) * 1000n + 999n)

export function readTimestampMicros(cursor: ValueCursor, column: Int64Column): void {
  readLongParts(cursor)
  const { low, high } = cursor
  const isEarly = high < microsFirstHigh || (high === microsFirstHigh && low >>> 0 < microsFirstLow)
  const isLate = high > microsLastHigh || (high === microsLastHigh && low >>> 0 > microsLastLow)
  if (isEarly || isLate) failTimestamp(cursor, 'microseconds')
  column.appendParts(low, high)
}

/** Floored to microseconds. 64 bits of nanoseconds reach from 1677 to 2262. */
export function readTimestampNanos(cursor: ValueCursor, column: Int64Column): void {
  readLongParts(cursor)
  const high = Math.floor(cursor.high / 1000)
  // What the division of the upper half leaves, below 1000, goes into the lower: less than 2^42 together.
  const rest = (cursor.high - high * 1000) * 4_294_967_296 + (cursor.low >>> 0)
  column.appendParts(Math.floor(rest / 1000) | 0, high)
}

function halvesOf(value: bigint): [low: number, high: number] {
  return [Number(BigInt.asUintN(32, value)), Number(value >> 32n)]
}

function failTimestamp(cursor: ValueCursor, unit: string): never {
  return cursor.fail(`expected a timestamp in the years 0001 to 9999, got ${longText(cursor)} ${unit} since 1970`)
}

const DAY_MILLIS = 86_400_000
const DAY_MICROS = 86_400_000_000

export function readTimeMillis(cursor: ValueCursor, column: BytesColumn): void {
  const millis = readIntValue(cursor)
  if (millis < 0 || millis >= DAY_MILLIS) cursor.fail(`expected a time of day in milliseconds, got ${millis}`)
  appendTime(column, millis * 1000)
}

export function readTimeMicros(cursor: ValueCursor, column: BytesColumn): void {
  readLongParts(cursor)
  const micros = cursor.high * 4_294_967_296 + (cursor.low >>> 0)
  if (micros < 0 || micros >= DAY_MICROS) cursor.fail(`expected a time of day in microseconds, got ${longText(cursor)}`)
  appendTime(column, micros)
}

const timeText = Uint8Array.from('00:00:00.000000', (character) => character.charCodeAt(0))

/** `HH:mm:ss.ffffff`. */
function appendTime(column: BytesColumn, micros: number): void {
  const seconds = Math.floor(micros / 1_000_000)
  putDigits(0, 2, Math.floor(seconds / 3600))
  putDigits(3, 2, Math.floor(seconds / 60) % 60)
  putDigits(6, 2, seconds % 60)
  putDigits(9, 6, micros - seconds * 1_000_000)
  column.append(timeText, 0, timeText.length)
}

function putDigits(position: number, count: number, value: number): void {
  let rest = value
  for (let index = position + count - 1; index >= position; index--) {
    timeText[index] = 0x30 + (rest % 10)
    rest = Math.floor(rest / 10)
  }
}

/** Three unsigned 32-bit numbers, little endian: months, days, milliseconds. */
export function readDuration(cursor: ValueCursor, column: StructColumn): void {
  const position = take(cursor, 12, 'duration')
  for (let index = 0; index < 3; index++) (column.fields[index] as Int64Column).appendParts(wordAt(cursor.bytes, position + index * 4), 0)
  column.appendPresent()
}
