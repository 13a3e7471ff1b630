import { RecordError } from '../language.ts'
import { describeValue } from './quote.ts'

/** Appends one value of parsed JSON to a column, or throws RecordError. */
export type WriteValue = (value: unknown) => void

/** What the writers of one row share. */
export interface WriterState {
  /** The value comes from a parse that left numbers of unusual text as they were written. */
  keepsNumberText: boolean
  /** Some integer lost digits in `JSON.parse`: the row must be written again from a parse that keeps number text. */
  lostDigits: boolean
  /** Column values below lists and maps so far, against a few bytes that would grow to gigabytes. */
  cells: number
}

/** Where a value stands, put together only for an error. */
export type PathOf = () => string

export function wrongType(path: PathOf, expected: string, value: unknown): RecordError {
  return new RecordError(path(), `expected ${expected}, got ${describeValue(value)}`)
}
