import { metadata } from '../../protocol/messages/metadata.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError, isErrorOfKind } from '../../shared/errors.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'
import { LEADER_EPOCH, type BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { topicNameComplaint } from '../topic-name.ts'
import type { Topic } from '../topics.ts'

/**
 * Metadata (key 3): topics by name or id (v10), creating what a producer asks for (`auto-create-topics`). The one node
 * leads everything and is reached where the client reached it.
 */
export const metadataHandler = handler(metadata, async (request, { apiVersion, broker, advertised }) => {
  const { clusterId, nodeId } = broker
  // In v0 an empty list asks for all topics; from v1 on null does.
  const wantsAll = request.topics === null || (apiVersion === 0 && request.topics.length === 0)
  const topics = wantsAll
    ? broker.topics.list().map((topic) => describeTopic(topic, nodeId))
    : await Promise.all((request.topics ?? []).map((asked) => describeAsked(asked, request.allowAutoTopicCreation, broker)))
  // A topic that has no name, because nobody has its id, can be said without one from v12 on.
  const named = apiVersion >= 12 ? topics : topics.map((topic) => ({ ...topic, name: topic.name ?? '' }))
  return {
    throttleTimeMs: 0,
    brokers: [{ nodeId, ...advertised, rack: null }],
    clusterId,
    controllerId: nodeId,
    topics: named,
  }
})

type AskedTopic = { readonly topicId: string; readonly name: string | null }

async function describeAsked(
  { topicId, name }: AskedTopic,
  mayCreate: boolean,
  broker: BrokerContext,
): Promise<ReturnType<typeof describeTopic>> {
  if (name === null) {
    const topic = broker.topics.getById(topicId)
    return topic ? describeTopic(topic, broker.nodeId) : unknownTopic({ topicId, name }, kafkaErrors.UNKNOWN_TOPIC_ID.code)
  }
  const topic = broker.topics.get(name)
  if (topic) return describeTopic(topic, broker.nodeId)
  if (topicNameComplaint(name) !== undefined) return unknownTopic({ topicId: uuidZero, name }, kafkaErrors.INVALID_TOPIC_EXCEPTION.code)
  if (!mayCreate || !broker.autoCreateTopics) return unknownTopic({ topicId: uuidZero, name }, kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
  try {
    return describeTopic(await broker.topics.getOrCreate({ name, partitionCount: broker.defaultPartitions, configs: {} }), broker.nodeId)
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    broker.logger.warn({ topic: name, reason: error.message }, 'a topic could not be created')
    const isNameRefused = isErrorOfKind(error, 'invalid-argument') || isErrorOfKind(error, 'already-exists')
    return unknownTopic({ topicId: uuidZero, name }, isNameRefused ? kafkaErrors.INVALID_TOPIC_EXCEPTION.code : kafkaCodeOf(error))
  }
}

function describeTopic({ name, topicId, partitionCount }: Topic, nodeId: number) {
  return {
    errorCode: kafkaErrors.NONE.code as number,
    name: name as string | null,
    topicId,
    isInternal: false,
    partitions: Array.from({ length: partitionCount }, (_, partitionIndex) => ({
      errorCode: kafkaErrors.NONE.code,
      partitionIndex,
      leaderId: nodeId,
      leaderEpoch: LEADER_EPOCH,
      replicaNodes: [nodeId],
      isrNodes: [nodeId],
      offlineReplicas: [],
    })),
  }
}

function unknownTopic({ topicId, name }: AskedTopic, errorCode: number): ReturnType<typeof describeTopic> {
  return { errorCode, name, topicId, isInternal: false, partitions: [] }
}
