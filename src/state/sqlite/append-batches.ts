import type { DatabaseSync } from 'node:sqlite'
import { assert } from '../../shared/assert.ts'
import { assertDense, countByPiece, partitionKeyOf } from '../append-decision.ts'
import type {
  AppendDecision,
  AppendScope,
  LoadedScope,
  PartitionOffsets,
  ProducerState,
  StoredBatch,
  TopicPartition,
} from '../state-store.ts'
import { decodeRecentBatches, encodeRecentBatches } from './recent-batches.ts'
import { bigintAt, bytesAt, numberAt, prepare, rowOf } from './rows.ts'
import { inTransaction } from './transaction.ts'

/** A partition as the transaction loaded it, with what the index keeps running along the offsets. */
interface LoadedPartition {
  readonly partitionKey: bigint
  readonly offsets: PartitionOffsets
  highestTimestampMs: bigint
  addedBytes: number
}

type AppendBatches = <Result>(scope: AppendScope, decide: (loaded: LoadedScope) => AppendDecision<Result>) => Result

/** The group commit on SQLite. Its cost depends on the partitions, producers and batches named, never on the log's length. */
export function prepareAppend(database: DatabaseSync): AppendBatches {
  const statements = {
    partition: prepare(
      database,
      `select partition_key, log_start_offset, next_offset, highest_timestamp_ms from partitions where topic_id = ? and partition = ?`,
    ),
    producer: prepare(
      database,
      `select producer_epoch, recent_batches, last_timestamp_ms from producers where partition_key = ? and producer_id = ?`,
    ),
    addPiece: prepare(
      database,
      `insert into pieces (piece, batch_count) values (?, ?)
       on conflict (piece) do update set batch_count = batch_count + excluded.batch_count returning piece_key`,
    ),
    addBatch: prepare(database, `insert into batches values (?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    movePartition: prepare(
      database,
      `update partitions set next_offset = ?, highest_timestamp_ms = ?, size_bytes = size_bytes + ? where partition_key = ?`,
    ),
    putProducer: prepare(
      database,
      `insert into producers values (?, ?, ?, ?, ?) on conflict do update set producer_epoch = excluded.producer_epoch,
       recent_batches = excluded.recent_batches, last_timestamp_ms = excluded.last_timestamp_ms`,
    ),
  }

  return (scope, decide) =>
    inTransaction(database, () => {
      const partitions = loadPartitions(scope)
      const loaded = loadedScope(scope, partitions)
      const decision = decide(loaded)
      assertDense(loaded, decision)
      write(decision, partitions)
      return decision.result
    })

  function loadPartitions({ partitions, producers }: AppendScope): Map<string, LoadedPartition> {
    const found = new Map<string, LoadedPartition>()
    for (const topicPartition of [...partitions, ...producers]) {
      const key = partitionKeyOf(topicPartition)
      const loaded = found.has(key) ? undefined : loadPartition(topicPartition)
      if (loaded) found.set(key, loaded)
    }
    return found
  }

  function loadPartition({ topicId, partition }: TopicPartition): LoadedPartition | undefined {
    const row = rowOf(statements.partition, topicId, partition)
    if (!row) return undefined
    return {
      partitionKey: bigintAt(row, 0),
      offsets: { logStartOffset: bigintAt(row, 1), nextOffset: bigintAt(row, 2) },
      highestTimestampMs: bigintAt(row, 3),
      addedBytes: 0,
    }
  }

  function loadedScope(scope: AppendScope, partitions: Map<string, LoadedPartition>): LoadedScope {
    const producers = new Map<string, ProducerState>()
    for (const { topicId, partition, producerId } of scope.producers) {
      const partitionKey = partitions.get(partitionKeyOf({ topicId, partition }))?.partitionKey
      const state = partitionKey === undefined ? undefined : loadProducer(partitionKey, producerId)
      if (state) producers.set(`${topicId}/${partition}/${producerId}`, state)
    }
    return {
      offsetsOf: (topicPartition) => partitions.get(partitionKeyOf(topicPartition))?.offsets,
      producerOf: ({ topicId, partition }, producerId) => producers.get(`${topicId}/${partition}/${producerId}`),
    }
  }

  function loadProducer(partitionKey: bigint, producerId: bigint): ProducerState | undefined {
    const row = rowOf(statements.producer, partitionKey, producerId)
    if (!row) return undefined
    return {
      producerId,
      producerEpoch: numberAt(row, 0),
      recentBatches: decodeRecentBatches(bytesAt(row, 1)),
      lastTimestampMs: numberAt(row, 2),
    }
  }

  function write({ batches, nextOffsets, producers }: AppendDecision<unknown>, partitions: Map<string, LoadedPartition>): void {
    const pieceKeys = addPieces(batches)
    for (const batch of batches) addBatch(batch, loadedOf(partitions, batch), pieceKeys)
    for (const next of nextOffsets) {
      const { partitionKey, highestTimestampMs, addedBytes } = loadedOf(partitions, next)
      statements.movePartition.run(next.nextOffset, highestTimestampMs, addedBytes, partitionKey)
    }
    for (const { topicId, partition, state } of producers) putProducer(loadedOf(partitions, { topicId, partition }).partitionKey, state)
  }

  function addPieces(batches: readonly StoredBatch[]): Map<string, bigint> {
    const keys = new Map<string, bigint>()
    for (const [piece, batchCount] of countByPiece(batches))
      keys.set(piece, bigintAt(rowOf(statements.addPiece, piece, batchCount) ?? [], 0))
    return keys
  }

  function addBatch(batch: StoredBatch, loaded: LoadedPartition, pieceKeys: Map<string, bigint>): void {
    if (batch.maxTimestampMs > loaded.highestTimestampMs) loaded.highestTimestampMs = batch.maxTimestampMs
    loaded.addedBytes += batch.length
    statements.addBatch.run(
      loaded.partitionKey,
      batch.baseOffset,
      batch.lastOffset,
      pieceKeys.get(batch.piece) ?? null,
      batch.position,
      batch.length,
      batch.maxTimestampMs,
      loaded.highestTimestampMs,
      batch.logAppendTimeMs,
    )
  }

  function putProducer(partitionKey: bigint, { producerId, producerEpoch, recentBatches, lastTimestampMs }: ProducerState): void {
    statements.putProducer.run(partitionKey, producerId, producerEpoch, encodeRecentBatches(recentBatches), lastTimestampMs)
  }
}

function loadedOf(partitions: Map<string, LoadedPartition>, topicPartition: TopicPartition): LoadedPartition {
  const loaded = partitions.get(partitionKeyOf(topicPartition))
  assert(loaded, 'a decision names a partition that was not loaded')
  return loaded
}
