import type { BytesColumn } from '../../../../columns/bytes-column.ts'
import type { Int32Column } from '../../../../columns/fixed-width-columns.ts'
import { RecordError } from '../../../language.ts'
import { readLeaf } from './read-leaf.ts'

const DAY_MS = 86_400_000

/** google.type.Date as days since the epoch. A date without year, month or day is legal there but is no date of a table. */
export function appendDate(column: Int32Column, bytes: Uint8Array, start: number, end: number, path: string): void {
  const date = readLeaf('google.type.Date', bytes, start, end, path)
  const [year = 0, month = 0, day = 0] = ['year', 'month', 'day'].map((name) => (date.get(name) ?? 0) as number)
  if (year < 1 || year > 9_999 || month < 1 || month > 12 || day < 1)
    throw new RecordError(path, `year ${year}, month ${month}, day ${day} is not a whole date`)
  // Date.UTC takes the years 0 to 99 for those of the last century.
  const date0 = new Date(0)
  const timeMs = date0.setUTCFullYear(year, month - 1, day)
  if (date0.getUTCDate() !== day) throw new RecordError(path, `month ${month} of year ${year} has no day ${day}`)
  column.append(timeMs / DAY_MS)
}

/** google.type.TimeOfDay as `HH:mm:ss.ffffff`, rounded down; 24:00:00 is the end of a day. */
export function appendTimeOfDay(column: BytesColumn, bytes: Uint8Array, start: number, end: number, path: string): void {
  const time = readLeaf('google.type.TimeOfDay', bytes, start, end, path)
  const parts = ['hours', 'minutes', 'seconds', 'nanos'].map((name) => (time.get(name) ?? 0) as number)
  const [hours = 0, minutes = 0, seconds = 0, nanos = 0] = parts
  const isEndOfDay = hours === 24 && minutes === 0 && seconds === 0 && nanos === 0
  const isWithin = (value: number, max: number): boolean => value >= 0 && value <= max
  const isTime = isWithin(hours, 23) && isWithin(minutes, 59) && isWithin(seconds, 59) && isWithin(nanos, 999_999_999)
  if (!isTime && !isEndOfDay) throw new RecordError(path, `${parts.join(':')} is not a time of day`)
  const clock = [hours, minutes, seconds].map((part) => String(part).padStart(2, '0')).join(':')
  column.appendText(`${clock}.${String(Math.floor(nanos / 1_000)).padStart(6, '0')}`)
}
