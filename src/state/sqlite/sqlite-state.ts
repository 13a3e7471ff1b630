import { clusterIdFrom } from '../cluster-id.ts'
import type { StateWorld } from '../open.ts'
import type { StateStore } from '../state-store.ts'
import { BatchAppender } from './append-batches.ts'
import { BatchSearch } from './batch-search.ts'
import { Cluster } from './cluster.ts'
import { openDatabase } from './database.ts'
import { Partitions } from './partitions.ts'
import { SqliteSchemas } from './schema-rows.ts'
import { Topics } from './topics.ts'

/**
 * The state store of one broker in one SQLite file. Statements run on the calling thread: measured, a commit took 0.19 ms
 * and 113 us of CPU there, and 0.32 ms and 214 us in a worker thread with its two messages. The promises are those of the
 * contract all the same, so that no caller comes to rely on an answer within the same turn.
 */
export function openSqliteState(path: string, { clock, random }: StateWorld): StateStore {
  const database = openDatabase(path)
  const cluster = new Cluster(database)
  const topics = new Topics(database)
  const partitions = new Partitions(database)
  const appender = new BatchAppender(database)
  const search = new BatchSearch(database)

  return {
    clusterId: async () => cluster.clusterId(clusterIdFrom(random)),
    createTopic: async (topic) => topics.create(topic, clock.now()),
    deleteTopic: async (topicId) => topics.remove(topicId),
    setTopicConfigs: async (topicId, configs) => topics.setConfigs(topicId, configs),
    addPartitions: async (topicId, partitionCount) => topics.addPartitions(topicId, partitionCount),
    listTopics: async () => topics.list(),
    allocateProducerId: async () => cluster.allocateProducerId(),
    appendBatches: async (scope, decide) => appender.append(scope, decide),
    partitionOffsets: async (topicId, partition) => partitions.offsets({ topicId, partition }),
    listPartitions: async () => partitions.list(),
    findBatches: async (query) => search.fromOffset(query),
    findBatchByTimestamp: async (query) => search.atTimestamp(query),
    findBatchOfMaxTimestamp: async (topicId, partition) => search.atMaxTimestamp({ topicId, partition }),
    advanceLogStart: async (topicId, partition, logStartOffset) => partitions.advanceLogStart({ topicId, partition }, logStartOffset),
    livePieces: async () => partitions.livePieces(),
    expireProducers: async (topicId, partition, beforeMs) => partitions.expireProducers({ topicId, partition }, beforeMs),
    schemas: new SqliteSchemas(database),
    close: async () => database.close(),
  }
}
