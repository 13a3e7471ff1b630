import type { Int64Column } from '../../../../columns/fixed-width-columns.ts'
import { RecordError } from '../../../language.ts'
import { SECONDS_FIRST, SECONDS_LAST } from '../../../../columns/time-range.ts'
import { DURATION_SECONDS_MAX, NANOS_MAX } from '../../json/time-text.ts'
import { readTag, readVarint, scratch, skipValue, tagOf, wireErrors } from '../../wire/wire.ts'

/** google.protobuf.Timestamp as microseconds, rounded down. */
export function appendTimestamp(column: Int64Column, bytes: Uint8Array, start: number, end: number, path: string): void {
  readTime(bytes, start, end)
  const seconds = secondsOf()
  const nanos = time[NANOS] as number
  if (seconds < SECONDS_FIRST || seconds > SECONDS_LAST) throw new RecordError(path, 'a Timestamp is within the years 0001 and 9999')
  if (nanos < 0 || nanos > NANOS_MAX) throw new RecordError(path, 'the nanos of a Timestamp are 0 to 999,999,999')
  appendMicros(column, seconds, nanos)
}

/** google.protobuf.Duration as microseconds, rounded down. */
export function appendDuration(column: Int64Column, bytes: Uint8Array, start: number, end: number, path: string): void {
  readTime(bytes, start, end)
  const seconds = secondsOf()
  const nanos = time[NANOS] as number
  if (Math.abs(seconds) > DURATION_SECONDS_MAX) throw new RecordError(path, 'a Duration is within 10,000 years')
  if (Math.abs(nanos) > NANOS_MAX) throw new RecordError(path, 'the nanos of a Duration are below one second')
  if (seconds * nanos < 0) throw new RecordError(path, 'seconds and nanos of a Duration have the same sign')
  appendMicros(column, seconds, nanos)
}

const SECONDS_LOW = 0
const SECONDS_HIGH = 1
const NANOS = 2
/** What `readTime` read. */
const time = new Int32Array(3)

/** Both messages have seconds in field 1 and nanos in field 2, as varints. */
function readTime(bytes: Uint8Array, start: number, end: number): void {
  time[SECONDS_LOW] = 0
  time[SECONDS_HIGH] = 0
  time[NANOS] = 0
  for (let position = start; position < end;) {
    position = readTag(bytes, position, end)
    const tag = tagOf()
    if (tag === 0x08) {
      position = readVarint(bytes, position, end)
      time[SECONDS_LOW] = scratch[0] as number
      time[SECONDS_HIGH] = scratch[1] as number
    } else if (tag === 0x10) {
      position = readVarint(bytes, position, end)
      time[NANOS] = scratch[0] as number
    } else {
      if (tag >>> 3 <= 2) throw wireErrors.mismatch
      position = skipValue(bytes, position, end, tag)
    }
  }
}

/** Exact within ±2^53, which the bounds of both types lie well within; beyond that, still beyond the bounds. */
function secondsOf(): number {
  return (time[SECONDS_HIGH] as number) * 4_294_967_296 + ((time[SECONDS_LOW] as number) >>> 0)
}

/** seconds * 1e6 + micros may need more than 53 bits, so it is put together from halves. */
function appendMicros(column: Int64Column, seconds: number, nanos: number): void {
  // seconds = upper * 2^16 + lower, and upper * 1e6 is a safe integer.
  const upper = Math.floor(seconds / 65_536) * 1_000_000
  const lower = (seconds - Math.floor(seconds / 65_536) * 65_536) * 1_000_000 + Math.floor(nanos / 1_000)
  const upperHigh = Math.floor(upper / 65_536)
  const low = (upper - upperHigh * 65_536) * 65_536 + lower
  column.appendParts(low | 0, upperHigh + Math.floor(low / 4_294_967_296))
}
