import type { DatabaseSync } from 'node:sqlite'
import type { NewTopic, StoredTopic, TopicConfigs } from '../state-store.ts'
import { assertGrows } from '../topic-growth.ts'
import { bigintAt, numberAt, prepare, rowOf, rowsOf, textAt, type Row } from './rows.ts'
import { inTransaction, reading } from './transaction.ts'

/** Topics and their partitions. */
export interface TopicRows {
  create(topic: NewTopic, createdAtMs: number): { kind: 'created' } | { kind: 'exists' }
  remove(topicId: string): { kind: 'deleted' } | { kind: 'not-found' }
  setConfigs(topicId: string, configs: TopicConfigs): { kind: 'updated' } | { kind: 'not-found' }
  addPartitions(topicId: string, partitionCount: number): { kind: 'updated' } | { kind: 'not-found' }
  list(): StoredTopic[]
}

/** Lower than any real time, so that the first batch sets the partition's highest. */
const noTimestampMs = -(2n ** 63n)

export function prepareTopics(database: DatabaseSync): TopicRows {
  const statements = {
    add: prepare(database, `insert into topics values (?, ?, ?, ?, ?) on conflict do nothing`),
    addPartition: prepare(
      database,
      `insert into partitions (topic_id, partition, log_start_offset, next_offset, highest_timestamp_ms, size_bytes) values (?, ?, 0, 0, ?, 0)`,
    ),
    count: prepare(database, `select partition_count from topics where topic_id = ?`),
    setCount: prepare(database, `update topics set partition_count = ? where topic_id = ?`),
    setConfigs: prepare(database, `update topics set configs = ? where topic_id = ?`),
    list: prepare(database, `select topic_id, name, partition_count, configs, created_at_ms from topics order by name`),
    releasePieces: prepare(
      database,
      `update pieces set batch_count = batch_count - gone from (
         select piece_key as gone_key, count(*) as gone from batches join partitions using (partition_key) where topic_id = ? group by piece_key
       ) where piece_key = gone_key`,
    ),
    removePieces: prepare(database, `delete from pieces where batch_count = 0`),
    removeBatches: prepare(
      database,
      `delete from batches where partition_key in (select partition_key from partitions where topic_id = ?)`,
    ),
    removeProducers: prepare(
      database,
      `delete from producers where partition_key in (select partition_key from partitions where topic_id = ?)`,
    ),
    removePartitions: prepare(database, `delete from partitions where topic_id = ?`),
    remove: prepare(database, `delete from topics where topic_id = ?`),
  }

  return {
    create: (topic, createdAtMs) => inTransaction(database, () => create(topic, createdAtMs)),
    remove: (topicId) => inTransaction(database, () => remove(topicId)),
    setConfigs: (topicId, configs) =>
      inTransaction(database, () => ({
        kind: statements.setConfigs.run(JSON.stringify(configs), topicId).changes === 0n ? 'not-found' : 'updated',
      })),
    addPartitions: (topicId, partitionCount) => inTransaction(database, () => addPartitions(topicId, partitionCount)),
    list: () => reading(() => rowsOf(statements.list).map(storedTopic)),
  }

  function create(topic: NewTopic, createdAtMs: number): { kind: 'created' } | { kind: 'exists' } {
    const { topicId, name, partitionCount, configs } = topic
    const { changes } = statements.add.run(topicId, name, partitionCount, JSON.stringify(configs), createdAtMs)
    if (changes === 0n) return { kind: 'exists' }
    growPartitions(topicId, { from: 0, to: partitionCount })
    return { kind: 'created' }
  }

  function addPartitions(topicId: string, partitionCount: number): { kind: 'updated' } | { kind: 'not-found' } {
    const row = rowOf(statements.count, topicId)
    if (!row) return { kind: 'not-found' }
    const from = Number(bigintAt(row, 0))
    assertGrows({ from, to: partitionCount })
    growPartitions(topicId, { from, to: partitionCount })
    statements.setCount.run(partitionCount, topicId)
    return { kind: 'updated' }
  }

  function growPartitions(topicId: string, { from, to }: { from: number; to: number }): void {
    for (let partition = from; partition < to; partition++) statements.addPartition.run(topicId, partition, noTimestampMs)
  }

  function remove(topicId: string): { kind: 'deleted' } | { kind: 'not-found' } {
    statements.releasePieces.run(topicId)
    statements.removePieces.run()
    statements.removeBatches.run(topicId)
    statements.removeProducers.run(topicId)
    statements.removePartitions.run(topicId)
    return { kind: statements.remove.run(topicId).changes === 0n ? 'not-found' : 'deleted' }
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
