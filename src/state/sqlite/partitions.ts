import type { DatabaseSync } from 'node:sqlite'
import type { PartitionOffsets, StoredPartition, TopicPartition } from '../state-store.ts'
import { bigintAt, numberAt, prepare, rowOf, rowsOf, textAt, type Row } from './rows.ts'
import { inTransaction, reading } from './transaction.ts'

/** The ends of partitions: where they are, and moving the older one on. */
export class Partitions {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  offsets(topicPartition: TopicPartition): PartitionOffsets | undefined {
    return reading(() => this.#load(topicPartition)?.offsets)
  }

  list(): StoredPartition[] {
    return reading(() => rowsOf(this.#statements.list).map(storedPartition))
  }

  advanceLogStart(topicPartition: TopicPartition, wanted: bigint): PartitionOffsets | undefined {
    return inTransaction(this.#database, () => {
      const partition = this.#load(topicPartition)
      if (!partition) return undefined
      const { partitionKey, offsets } = partition
      const logStartOffset = wanted > offsets.nextOffset ? offsets.nextOffset : wanted
      if (logStartOffset <= offsets.logStartOffset) return offsets
      this.#removeBelow(partitionKey, logStartOffset)
      return { ...offsets, logStartOffset }
    })
  }

  livePieces(): string[] {
    return reading(() => rowsOf(this.#statements.pieces).map((row) => textAt(row, 0)))
  }

  expireProducers(topicPartition: TopicPartition, lastTimestampBeforeMs: number): number {
    return inTransaction(this.#database, () => {
      const partition = this.#load(topicPartition)
      return partition ? Number(this.#statements.expire.run(partition.partitionKey, lastTimestampBeforeMs).changes) : 0
    })
  }

  #load({ topicId, partition }: TopicPartition): { partitionKey: bigint; offsets: PartitionOffsets } | undefined {
    const row = rowOf(this.#statements.load, topicId, partition)
    return row && { partitionKey: bigintAt(row, 0), offsets: { logStartOffset: bigintAt(row, 1), nextOffset: bigintAt(row, 2) } }
  }

  #removeBelow(partitionKey: bigint, logStartOffset: bigint): void {
    const removedBytes = this.#releasePieces(rowsOf(this.#statements.below, partitionKey, logStartOffset))
    this.#statements.removeBelow.run(partitionKey, logStartOffset)
    this.#statements.moveStart.run(logStartOffset, removedBytes, partitionKey)
  }

  /** Takes rows of (piece key, batches, bytes); answers the bytes in all. */
  #releasePieces(rows: readonly Row[]): number {
    let bytes = 0
    for (const row of rows) {
      const left = rowOf(this.#statements.releasePiece, bigintAt(row, 1), bigintAt(row, 0))
      if (left && bigintAt(left, 0) === 0n) this.#statements.removePiece.run(bigintAt(row, 0))
      bytes += numberAt(row, 2)
    }
    return bytes
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    load: prepare(database, `select partition_key, log_start_offset, next_offset from partitions where topic_id = ? and partition = ?`),
    list: prepare(database, `select topic_id, partition, log_start_offset, next_offset, size_bytes from partitions order by partition_key`),
    below: prepare(
      database,
      `select piece_key, count(*), sum(length) from batches
       where partition_key = ? and base_offset < ?2 and last_offset < ?2 group by piece_key`,
    ),
    removeBelow: prepare(database, `delete from batches where partition_key = ? and base_offset < ?2 and last_offset < ?2`),
    releasePiece: prepare(database, `update pieces set batch_count = batch_count - ? where piece_key = ? returning batch_count`),
    removePiece: prepare(database, `delete from pieces where piece_key = ?`),
    moveStart: prepare(database, `update partitions set log_start_offset = ?, size_bytes = size_bytes - ? where partition_key = ?`),
    pieces: prepare(database, `select piece from pieces order by piece`),
    expire: prepare(database, `delete from producers where partition_key = ? and last_timestamp_ms < ?`),
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
