import type { DatabaseSync } from 'node:sqlite'
import { assert } from '../../shared/assert.ts'
import type { BatchQuery, StoredBatch, TimestampQuery, TopicPartition } from '../state-store.ts'
import { bigintAt, bigintOrNullAt, eachRow, numberAt, prepare, rowOf, textAt, type Row } from './rows.ts'
import { reading } from './transaction.ts'

/** Finds batches by offset, and by time through their offsets (see the migration that made the table). */
export class BatchSearch {
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: DatabaseSync) {
    this.#statements = prepareStatements(database)
  }

  fromOffset(query: BatchQuery): StoredBatch[] {
    return reading(() => {
      const found: StoredBatch[] = []
      const partitionKey = this.#partitionKeyOf(query)
      if (partitionKey === undefined) return found
      let bytes = 0
      for (const row of eachRow(this.#statements.from, partitionKey, query.offset, query.batchesMax)) {
        const batch = storedBatch(query, row)
        bytes += batch.length
        if (found.length > 0 && bytes > query.bytesMax) break
        found.push(batch)
      }
      return found
    })
  }

  atTimestamp(query: TimestampQuery): StoredBatch | undefined {
    return reading(() => {
      const partitionKey = this.#partitionKeyOf(query)
      const row = partitionKey === undefined ? undefined : this.#rowAtTimestamp(partitionKey, query.timestampMs, query.fromOffset ?? 0n)
      return row && storedBatch(query, row)
    })
  }

  atMaxTimestamp(topicPartition: TopicPartition): StoredBatch | undefined {
    return reading(() => {
      const partitionKey = this.#partitionKeyOf(topicPartition)
      const last = partitionKey === undefined ? undefined : rowOf(this.#statements.last, partitionKey)
      if (partitionKey === undefined || !last) return undefined
      // Only when the batch with the highest time is below the log start is every batch looked at.
      const row = this.#rowAtTimestamp(partitionKey, highestTimestampOf(last), 0n) ?? rowOf(this.#statements.highest, partitionKey)
      return row && storedBatch(topicPartition, row)
    })
  }

  #partitionKeyOf({ topicId, partition }: TopicPartition): bigint | undefined {
    const row = rowOf(this.#statements.partitionKey, topicId, partition)
    return row && bigintAt(row, 0)
  }

  #rowAtTimestamp(partitionKey: bigint, timestampMs: bigint, fromOffset: bigint): Row | undefined {
    const reaching = this.#firstReaching(partitionKey, timestampMs, fromOffset)
    // The highest time may have been that of a batch below the log start: go on to one that has such a time itself.
    return reaching === undefined ? undefined : rowOf(this.#statements.timeFrom, partitionKey, reaching, timestampMs)
  }

  /** Base offset of the first batch, of those that reach `fromOffset`, up to which the highest time is at least `timestampMs`. */
  #firstReaching(partitionKey: bigint, timestampMs: bigint, fromOffset: bigint): bigint | undefined {
    const first = rowOf(this.#statements.first, partitionKey)
    const last = rowOf(this.#statements.last, partitionKey)
    if (!first || !last || highestTimestampOf(last) < timestampMs || lastOffsetOf(last) < fromOffset) return undefined
    let low = fromOffset > baseOffsetOf(first) ? fromOffset : baseOffsetOf(first)
    let reaching = baseOffsetOf(last)
    while (low < reaching) {
      const middle = rowOf(this.#statements.at, partitionKey, (low + reaching) / 2n)
      assert(middle, 'a hole in the batch index')
      if (highestTimestampOf(middle) >= timestampMs) reaching = baseOffsetOf(middle)
      else low = lastOffsetOf(middle) + 1n
    }
    return reaching
  }
}

const columns = `base_offset, last_offset, (select piece from pieces where piece_key = batches.piece_key), position, length,
  max_timestamp_ms, log_append_time_ms, highest_timestamp_ms`

function prepareStatements(database: DatabaseSync) {
  const search = (where: string) => prepare(database, `select ${columns} from batches where partition_key = ?1 ${where}`)
  return {
    partitionKey: prepare(database, `select partition_key from partitions where topic_id = ? and partition = ?`),
    from: search(
      `and last_offset >= ?2 and base_offset >= coalesce(
         (select max(base_offset) from batches where partition_key = ?1 and base_offset <= ?2), ?2) order by base_offset limit ?3`,
    ),
    first: search(`order by base_offset limit 1`),
    last: search(`order by base_offset desc limit 1`),
    at: search(`and base_offset <= ?2 order by base_offset desc limit 1`),
    timeFrom: search(`and base_offset >= ?2 and max_timestamp_ms >= ?3 order by base_offset limit 1`),
    highest: search(`order by max_timestamp_ms desc, base_offset limit 1`),
  }
}

function storedBatch({ topicId, partition }: TopicPartition, row: Row): StoredBatch {
  return {
    topicId,
    partition,
    baseOffset: baseOffsetOf(row),
    lastOffset: lastOffsetOf(row),
    piece: textAt(row, 2),
    position: numberAt(row, 3),
    length: numberAt(row, 4),
    maxTimestampMs: bigintAt(row, 5),
    logAppendTimeMs: bigintOrNullAt(row, 6),
  }
}

const baseOffsetOf = (row: Row): bigint => bigintAt(row, 0)
const lastOffsetOf = (row: Row): bigint => bigintAt(row, 1)
const highestTimestampOf = (row: Row): bigint => bigintAt(row, 7)
