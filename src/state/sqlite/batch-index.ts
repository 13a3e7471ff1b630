import type { DatabaseSync } from 'node:sqlite'
import { assert } from '../../shared/assert.ts'
import type { BatchQuery, PartitionOffsets, StoredBatch, StoredPartition, TimestampQuery, TopicPartition } from '../state-store.ts'
import { bigintAt, bigintOrNullAt, eachRow, numberAt, prepare, rowOf, rowsOf, textAt, type Row } from './rows.ts'
import { inTransaction, reading } from './transaction.ts'

/** Finding batches by offset and by time, and forgetting the oldest. Answers as the contract says, synchronously. */
export interface BatchIndex {
  partitionOffsets(topicPartition: TopicPartition): PartitionOffsets | undefined
  listPartitions(): StoredPartition[]
  findBatches(query: BatchQuery): StoredBatch[]
  findBatchByTimestamp(query: TimestampQuery): StoredBatch | undefined
  findBatchOfMaxTimestamp(topicPartition: TopicPartition): StoredBatch | undefined
  advanceLogStart(topicPartition: TopicPartition, logStartOffset: bigint): PartitionOffsets | undefined
  livePieces(): string[]
  expireProducers(topicPartition: TopicPartition, lastTimestampBeforeMs: number): number
}

const batchColumns = `base_offset, last_offset, (select piece from pieces where piece_key = batches.piece_key), position, length,
  max_timestamp_ms, log_append_time_ms, highest_timestamp_ms`

export function prepareBatchIndex(database: DatabaseSync): BatchIndex {
  const statements = {
    partition: prepare(
      database,
      `select partition_key, log_start_offset, next_offset from partitions where topic_id = ? and partition = ?`,
    ),
    partitions: prepare(
      database,
      `select topic_id, partition, log_start_offset, next_offset, size_bytes from partitions order by partition_key`,
    ),
    from: prepare(
      database,
      `select ${batchColumns} from batches where partition_key = ?1 and last_offset >= ?2 and base_offset >= coalesce(
         (select max(base_offset) from batches where partition_key = ?1 and base_offset <= ?2), ?2) order by base_offset limit ?3`,
    ),
    at: prepare(
      database,
      `select ${batchColumns} from batches where partition_key = ? and base_offset <= ? order by base_offset desc limit 1`,
    ),
    timeFrom: prepare(
      database,
      `select ${batchColumns} from batches where partition_key = ? and base_offset >= ? and max_timestamp_ms >= ? order by base_offset limit 1`,
    ),
    highest: prepare(
      database,
      `select ${batchColumns} from batches where partition_key = ? order by max_timestamp_ms desc, base_offset limit 1`,
    ),
    below: prepare(
      database,
      `select piece_key, count(*), sum(length) from batches where partition_key = ? and base_offset < ?2 and last_offset < ?2 group by piece_key`,
    ),
    removeBelow: prepare(database, `delete from batches where partition_key = ? and base_offset < ?2 and last_offset < ?2`),
    release: prepare(database, `update pieces set batch_count = batch_count - ? where piece_key = ? returning batch_count`),
    removePiece: prepare(database, `delete from pieces where piece_key = ?`),
    moveStart: prepare(database, `update partitions set log_start_offset = ?, size_bytes = size_bytes - ? where partition_key = ?`),
    pieces: prepare(database, `select piece from pieces order by piece`),
    expire: prepare(database, `delete from producers where partition_key = ? and last_timestamp_ms < ?`),
  }

  return {
    partitionOffsets: (topicPartition) => reading(() => loadPartition(topicPartition)?.offsets),
    listPartitions: () => reading(() => rowsOf(statements.partitions).map(storedPartition)),
    findBatches: (query) => reading(() => findBatches(query)),
    findBatchByTimestamp: (query) => reading(() => findBatchByTimestamp(query)),
    findBatchOfMaxTimestamp: (topicPartition) => reading(() => findBatchOfMaxTimestamp(topicPartition)),
    advanceLogStart: (topicPartition, offset) => inTransaction(database, () => advanceLogStart(topicPartition, offset)),
    livePieces: () => reading(() => rowsOf(statements.pieces).map((row) => textAt(row, 0))),
    expireProducers(topicPartition, lastTimestampBeforeMs) {
      return inTransaction(database, () => {
        const partitionKey = loadPartition(topicPartition)?.partitionKey
        return partitionKey === undefined ? 0 : Number(statements.expire.run(partitionKey, lastTimestampBeforeMs).changes)
      })
    },
  }

  function loadPartition({ topicId, partition }: TopicPartition): { partitionKey: bigint; offsets: PartitionOffsets } | undefined {
    const row = rowOf(statements.partition, topicId, partition)
    return row && { partitionKey: bigintAt(row, 0), offsets: { logStartOffset: bigintAt(row, 1), nextOffset: bigintAt(row, 2) } }
  }

  function findBatches(query: BatchQuery): StoredBatch[] {
    const partitionKey = loadPartition(query)?.partitionKey
    const found: StoredBatch[] = []
    if (partitionKey === undefined) return found
    let bytes = 0
    for (const row of eachRow(statements.from, partitionKey, query.offset, query.batchesMax)) {
      const batch = storedBatch(query, row)
      bytes += batch.length
      if (found.length > 0 && bytes > query.bytesMax) break
      found.push(batch)
    }
    return found
  }

  function findBatchByTimestamp(query: TimestampQuery): StoredBatch | undefined {
    const partition = loadPartition(query)
    if (!partition) return undefined
    const { partitionKey, offsets } = partition
    const low = laterOf(query.fromOffset ?? 0n, offsets.logStartOffset)
    const candidate = firstReaching(partitionKey, query.timestampMs, { low, high: offsets.nextOffset - 1n })
    // The highest time may have been that of a batch below the log start: go on to one that has such a time itself.
    const row = candidate === undefined ? undefined : rowOf(statements.timeFrom, partitionKey, candidate, query.timestampMs)
    return row && storedBatch(query, row)
  }

  /** Base offset of the first batch, of those that reach `low`, up to which the highest time is at least `timestampMs`. */
  function firstReaching(partitionKey: bigint, timestampMs: bigint, { low, high }: { low: bigint; high: bigint }): bigint | undefined {
    const last = rowOf(statements.at, partitionKey, high)
    if (!last || highestTimestampOf(last) < timestampMs || lastOffsetOf(last) < low) return undefined
    let reaching = baseOffsetOf(last)
    while (low < reaching) {
      const middle = rowOf(statements.at, partitionKey, (low + reaching) / 2n)
      assert(middle, 'a hole in the batch index')
      if (highestTimestampOf(middle) >= timestampMs) reaching = baseOffsetOf(middle)
      else low = lastOffsetOf(middle) + 1n
    }
    return reaching
  }

  function findBatchOfMaxTimestamp(topicPartition: TopicPartition): StoredBatch | undefined {
    const partition = loadPartition(topicPartition)
    if (!partition) return undefined
    const last = rowOf(statements.at, partition.partitionKey, partition.offsets.nextOffset - 1n)
    const first = last && findBatchByTimestamp({ ...topicPartition, timestampMs: highestTimestampOf(last) })
    if (first || !last) return first
    // Only when the batch with the highest time is below the log start is every batch looked at.
    const row = rowOf(statements.highest, partition.partitionKey)
    return row && storedBatch(topicPartition, row)
  }

  function advanceLogStart(topicPartition: TopicPartition, wanted: bigint): PartitionOffsets | undefined {
    const partition = loadPartition(topicPartition)
    if (!partition) return undefined
    const { partitionKey, offsets } = partition
    const logStartOffset = wanted > offsets.nextOffset ? offsets.nextOffset : wanted
    if (logStartOffset <= offsets.logStartOffset) return offsets
    const removedBytes = releasePieces(rowsOf(statements.below, partitionKey, logStartOffset))
    statements.removeBelow.run(partitionKey, logStartOffset)
    statements.moveStart.run(logStartOffset, removedBytes, partitionKey)
    return { ...offsets, logStartOffset }
  }

  /** Takes rows of (piece key, batches, bytes); answers the bytes in all. */
  function releasePieces(rows: readonly Row[]): number {
    let bytes = 0
    for (const row of rows) {
      const left = rowOf(statements.release, bigintAt(row, 1), bigintAt(row, 0))
      if (left && bigintAt(left, 0) === 0n) statements.removePiece.run(bigintAt(row, 0))
      bytes += numberAt(row, 2)
    }
    return bytes
  }
}

function storedPartition(row: Row): StoredPartition {
  return {
    topicId: textAt(row, 0),
    partition: numberAt(row, 1),
    logStartOffset: bigintAt(row, 2),
    nextOffset: bigintAt(row, 3),
    sizeBytes: numberAt(row, 4),
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

const laterOf = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const baseOffsetOf = (row: Row): bigint => bigintAt(row, 0)
const lastOffsetOf = (row: Row): bigint => bigintAt(row, 1)
const highestTimestampOf = (row: Row): bigint => bigintAt(row, 7)
