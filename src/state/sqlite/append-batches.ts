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

type LoadedPartitions = ReadonlyMap<string, LoadedPartition>

/** The group commit on SQLite. Its cost depends on the partitions, producers and batches named, never on the log's length. */
export class BatchAppender {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  append<Result>(scope: AppendScope, decide: (loaded: LoadedScope) => AppendDecision<Result>): Result {
    return inTransaction(this.#database, () => {
      const partitions = this.#loadPartitions(scope)
      const loaded = this.#loadedScope(scope, partitions)
      const decision = decide(loaded)
      assertDense(loaded, decision)
      this.#write(decision, partitions)
      return decision.result
    })
  }

  #loadPartitions({ partitions, producers }: AppendScope): LoadedPartitions {
    const found = new Map<string, LoadedPartition>()
    for (const topicPartition of [...partitions, ...producers]) {
      const key = partitionKeyOf(topicPartition)
      const loaded = found.has(key) ? undefined : this.#loadPartition(topicPartition)
      if (loaded) found.set(key, loaded)
    }
    return found
  }

  #loadPartition({ topicId, partition }: TopicPartition): LoadedPartition | undefined {
    const row = rowOf(this.#statements.partition, topicId, partition)
    if (!row) return undefined
    return {
      partitionKey: bigintAt(row, 0),
      offsets: { logStartOffset: bigintAt(row, 1), nextOffset: bigintAt(row, 2) },
      highestTimestampMs: bigintAt(row, 3),
      addedBytes: 0,
    }
  }

  #loadedScope(scope: AppendScope, partitions: LoadedPartitions): LoadedScope {
    const producers = new Map<string, ProducerState>()
    for (const producer of scope.producers) {
      const loaded = partitions.get(partitionKeyOf(producer))
      const state = loaded && this.#loadProducer(loaded.partitionKey, producer.producerId)
      if (state) producers.set(`${partitionKeyOf(producer)}/${producer.producerId}`, state)
    }
    return {
      offsetsOf: (topicPartition) => partitions.get(partitionKeyOf(topicPartition))?.offsets,
      producerOf: (topicPartition, producerId) => producers.get(`${partitionKeyOf(topicPartition)}/${producerId}`),
    }
  }

  #loadProducer(partitionKey: bigint, producerId: bigint): ProducerState | undefined {
    const row = rowOf(this.#statements.producer, partitionKey, producerId)
    if (!row) return undefined
    return {
      producerId,
      producerEpoch: numberAt(row, 0),
      recentBatches: decodeRecentBatches(bytesAt(row, 1)),
      lastTimestampMs: numberAt(row, 2),
    }
  }

  #write({ batches, nextOffsets, producers }: AppendDecision<unknown>, partitions: LoadedPartitions): void {
    const pieceKeys = this.#addPieces(batches)
    for (const batch of batches) this.#addBatch(batch, loadedOf(partitions, batch), pieceKeys)
    for (const next of nextOffsets) {
      const { partitionKey, highestTimestampMs, addedBytes } = loadedOf(partitions, next)
      this.#statements.movePartition.run(next.nextOffset, highestTimestampMs, addedBytes, partitionKey)
    }
    for (const producer of producers) this.#putProducer(loadedOf(partitions, producer).partitionKey, producer.state)
  }

  #addPieces(batches: readonly StoredBatch[]): ReadonlyMap<string, bigint> {
    const keys = new Map<string, bigint>()
    for (const [piece, batchCount] of countByPiece(batches)) {
      const row = rowOf(this.#statements.addPiece, piece, batchCount)
      assert(row, 'a piece without a key')
      keys.set(piece, bigintAt(row, 0))
    }
    return keys
  }

  #addBatch(batch: StoredBatch, loaded: LoadedPartition, pieceKeys: ReadonlyMap<string, bigint>): void {
    if (batch.maxTimestampMs > loaded.highestTimestampMs) loaded.highestTimestampMs = batch.maxTimestampMs
    loaded.addedBytes += batch.length
    this.#statements.addBatch.run(
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

  #putProducer(partitionKey: bigint, { producerId, producerEpoch, recentBatches, lastTimestampMs }: ProducerState): void {
    this.#statements.putProducer.run(partitionKey, producerId, producerEpoch, encodeRecentBatches(recentBatches), lastTimestampMs)
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
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
}

function loadedOf(partitions: LoadedPartitions, topicPartition: TopicPartition): LoadedPartition {
  const loaded = partitions.get(partitionKeyOf(topicPartition))
  assert(loaded, 'a decision names a partition that was not loaded')
  return loaded
}
