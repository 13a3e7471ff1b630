import { type BatchHeader, hasLogAppendTime } from '../protocol/records/batch.ts'
import type { RecordWalker } from '../protocol/records/record-walker.ts'
import { MILLIS_FIRST, MILLIS_LAST } from '../columns/time-range.ts'

/**
 * The times of a batch's records in milliseconds, and the span of those that were asked for. A batch with LogAppendTime
 * has one time for all, its maxTimestamp.
 */
export class RecordTimes {
  minMs = Infinity
  maxMs = -Infinity
  readonly #header: BatchHeader
  readonly #isStored: boolean
  readonly #baseMs: number
  readonly #isBaseExact: boolean
  readonly #commonMs: number | undefined

  constructor(header: BatchHeader, isStored: boolean) {
    this.#header = header
    this.#isStored = isStored
    this.#baseMs = Number(header.baseTimestamp)
    this.#isBaseExact = Number.isSafeInteger(this.#baseMs)
    this.#commonMs = hasLogAppendTime(header) ? clamp(Number(header.maxTimestamp)) : undefined
  }

  /** NaN when it is outside the years that tables can hold; a stored record is then given the nearest time inside. */
  of(record: RecordWalker): number {
    const exactMs = this.#commonMs ?? this.#baseMs + record.timestampDelta
    const isExact = this.#commonMs !== undefined || (this.#isBaseExact && Number.isFinite(exactMs))
    let ms = isExact ? exactMs : Number(this.#timestamp(record))
    if (ms < MILLIS_FIRST || ms > MILLIS_LAST) {
      if (!this.#isStored) return NaN
      ms = clamp(ms)
    }
    if (ms < this.minMs) this.minMs = ms
    if (ms > this.maxMs) this.maxMs = ms
    return ms
  }

  outOfRange(record: RecordWalker): string {
    return `timestamp ${this.#timestamp(record)} ms is outside the years 0001 to 9999`
  }

  #timestamp(record: RecordWalker): bigint {
    return this.#header.baseTimestamp + record.timestampDeltaExact()
  }
}

function clamp(ms: number): number {
  return Math.min(MILLIS_LAST, Math.max(MILLIS_FIRST, ms))
}
