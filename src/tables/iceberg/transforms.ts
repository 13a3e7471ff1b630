import type { TimePartition } from '../../lanes/lane.ts'
import type { AvroSchema } from './avro-schema.ts'

/**
 * The partition transforms that Headgate writes: one of the time transforms over `_kafka_timestamp`, in UTC, as whole
 * hours, days, months or years since 1970 (spec, Partition Transforms).
 */
export type TimeTransform = Exclude<TimePartition, 'none'>

export function isTimeTransform(name: string): name is TimeTransform {
  return name === 'hour' || name === 'day' || name === 'month' || name === 'year'
}

/** As people and partition paths write it: `2024-02-29`, `2024-02-29-23`, `2024-02`, `2024`. */
export function timePartitionText(transform: TimeTransform, value: number): string {
  switch (transform) {
    case 'hour':
      return timeText(value * MS_PER_HOUR, ':00:00.000Z') ?? String(value)
    case 'day':
      return timeText(value * MS_PER_DAY, 'T00:00:00.000Z') ?? String(value)
    case 'month':
      return `${1970 + Math.floor(value / 12)}-${String((((value % 12) + 12) % 12) + 1).padStart(2, '0')}`
    case 'year':
      return String(1970 + value)
  }
}

/** `day` results are dates, and Avro says so; the others are plain ints. */
export function timePartitionSchema(transform: TimeTransform): AvroSchema {
  return transform === 'day' ? { type: 'int', logicalType: 'date' } : 'int'
}

/** Without the end that is always the same; undefined outside of what a Date can hold. */
function timeText(epochMs: number, end: string): string | undefined {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, -end.length).replace('T', '-')
}

const MS_PER_HOUR = 3_600_000
const MS_PER_DAY = 24 * MS_PER_HOUR
