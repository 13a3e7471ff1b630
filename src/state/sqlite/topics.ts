import type { DatabaseSync } from 'node:sqlite'
import type { NewTopic, StoredTopic, TopicConfigs } from '../state-store.ts'
import { assertGrows } from '../topic-growth.ts'
import { numberAt, prepare, rowOf, rowsOf, textAt, type Row } from './rows.ts'
import { inTransaction, reading } from './transaction.ts'

/** Lower than any real time, so that the first batch sets the partition's highest. */
const noTimestampMs = -(2n ** 63n)

/** Topics, and the partitions they are made with. */
export class Topics {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
  }

  create({ topicId, name, partitionCount, configs }: NewTopic, createdAtMs: number): { kind: 'created' } | { kind: 'exists' } {
    return inTransaction(this.#database, () => {
      const { changes } = this.#statements.add.run(topicId, name, partitionCount, JSON.stringify(configs), createdAtMs)
      if (changes === 0n) return { kind: 'exists' }
      this.#growPartitions(topicId, { from: 0, to: partitionCount })
      return { kind: 'created' }
    })
  }

  remove(topicId: string): { kind: 'deleted' } | { kind: 'not-found' } {
    const { releasePieces, removePieces, removeBatches, removeProducers, removePartitions, remove } = this.#statements
    return inTransaction(this.#database, () => {
      releasePieces.run(topicId)
      removePieces.run()
      removeBatches.run(topicId)
      removeProducers.run(topicId)
      removePartitions.run(topicId)
      return { kind: remove.run(topicId).changes === 0n ? 'not-found' : 'deleted' }
    })
  }

  setConfigs(topicId: string, configs: TopicConfigs): { kind: 'updated' } | { kind: 'not-found' } {
    return inTransaction(this.#database, () => {
      const { changes } = this.#statements.setConfigs.run(JSON.stringify(configs), topicId)
      return { kind: changes === 0n ? 'not-found' : 'updated' }
    })
  }

  addPartitions(topicId: string, partitionCount: number): { kind: 'updated' } | { kind: 'not-found' } {
    return inTransaction(this.#database, () => {
      const row = rowOf(this.#statements.count, topicId)
      if (!row) return { kind: 'not-found' }
      const growth = { from: numberAt(row, 0), to: partitionCount }
      assertGrows(growth)
      this.#growPartitions(topicId, growth)
      this.#statements.setCount.run(partitionCount, topicId)
      return { kind: 'updated' }
    })
  }

  list(): StoredTopic[] {
    return reading(() => rowsOf(this.#statements.list).map(storedTopic))
  }

  #growPartitions(topicId: string, { from, to }: { from: number; to: number }): void {
    for (let partition = from; partition < to; partition++) this.#statements.addPartition.run(topicId, partition, noTimestampMs)
  }
}

function prepareStatements(database: DatabaseSync) {
  const ofTopic = `partition_key in (select partition_key from partitions where topic_id = ?)`
  return {
    add: prepare(database, `insert into topics values (?, ?, ?, ?, ?) on conflict do nothing`),
    addPartition: prepare(
      database,
      `insert into partitions (topic_id, partition, log_start_offset, next_offset, highest_timestamp_ms, size_bytes)
       values (?, ?, 0, 0, ?, 0)`,
    ),
    count: prepare(database, `select partition_count from topics where topic_id = ?`),
    setCount: prepare(database, `update topics set partition_count = ? where topic_id = ?`),
    setConfigs: prepare(database, `update topics set configs = ? where topic_id = ?`),
    list: prepare(database, `select topic_id, name, partition_count, configs, created_at_ms from topics order by name`),
    releasePieces: prepare(
      database,
      `update pieces set batch_count = batch_count - gone
       from (select piece_key as gone_key, count(*) as gone from batches where ${ofTopic} group by piece_key) where piece_key = gone_key`,
    ),
    removePieces: prepare(database, `delete from pieces where batch_count = 0`),
    removeBatches: prepare(database, `delete from batches where ${ofTopic}`),
    removeProducers: prepare(database, `delete from producers where ${ofTopic}`),
    removePartitions: prepare(database, `delete from partitions where topic_id = ?`),
    remove: prepare(database, `delete from topics where topic_id = ?`),
  }
}

function storedTopic(row: Row): StoredTopic {
  return {
    topicId: textAt(row, 0),
    name: textAt(row, 1),
    partitionCount: numberAt(row, 2),
    configs: JSON.parse(textAt(row, 3)) as TopicConfigs,
    createdAtMs: numberAt(row, 4),
  }
}
