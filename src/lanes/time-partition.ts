import { assertNever } from '../shared/assert.ts'
import type { TimePartition } from './lane.ts'

/**
 * Iceberg's time transforms: whole hours, days, months or years since 1970 in UTC, rounded down before it.
 * `timestampMs` is a whole number of milliseconds within years 0001 to 9999.
 */
export function partitionValueOf(partitionBy: TimePartition, timestampMs: number): number | null {
  switch (partitionBy) {
    case 'none':
      return null
    case 'hour':
      return Math.floor(timestampMs / HOUR_MS)
    case 'day':
      return Math.floor(timestampMs / DAY_MS)
    case 'month':
      return monthsSinceEpoch(new Date(timestampMs))
    case 'year':
      return new Date(timestampMs).getUTCFullYear() - 1970
    default:
      return assertNever(partitionBy)
  }
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

function monthsSinceEpoch(date: Date): number {
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()
}
