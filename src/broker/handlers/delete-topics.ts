import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'

/**
 * DeleteTopics (key 20), by name or by id (v6). The table stays: its rows belong to whoever queries them. What is asked for
 * in two ways is not deleted at all.
 */
export const deleteTopicsHandler = handler(deleteTopics, async (request, { apiVersion, broker }) => {
  const asked: readonly AskedTopic[] = apiVersion >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: uuidZero }))
  const keys = asked.map((topic) => keyOf(topic, broker))
  const responses = []
  for (const [index, topic] of asked.entries()) {
    const isFirst = keys.indexOf(keys[index] ?? '') === index
    const ambiguity = ambiguityOf(topic) ?? (isFirst && keys.lastIndexOf(keys[index] ?? '') === index ? undefined : 'asked for twice')
    if (ambiguity === undefined) responses.push(await deleteOne(topic, broker))
    else if (isFirst) responses.push({ ...topic, errorCode: kafkaErrors.INVALID_REQUEST.code, errorMessage: ambiguity })
  }
  return { throttleTimeMs: 0, responses }
})

type AskedTopic = { readonly name: string | null; readonly topicId: string }

/** The same for every way to ask for one topic. */
function keyOf({ name, topicId }: AskedTopic, { topics }: BrokerContext): string {
  const topic = name === null ? topics.getById(topicId) : topics.get(name)
  return topic ? `topic ${topic.topicId}` : `nobody ${name ?? topicId}`
}

function ambiguityOf({ name, topicId }: AskedTopic): string | undefined {
  if (name === null && topicId === uuidZero) return 'neither a name nor an id'
  return name !== null && topicId !== uuidZero ? 'both a name and an id' : undefined
}

async function deleteOne({ name: askedName, topicId }: AskedTopic, broker: BrokerContext) {
  const topic = askedName === null ? broker.topics.getById(topicId) : broker.topics.get(askedName)
  const name = topic?.name ?? askedName
  if (!topic) {
    const errorCode = askedName === null ? kafkaErrors.UNKNOWN_TOPIC_ID.code : kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code
    return { name, topicId, errorCode, errorMessage: `topic ${name ?? topicId} does not exist` }
  }
  try {
    await broker.topics.delete(topic.name)
    return { name, topicId: topic.topicId, errorCode: kafkaErrors.NONE.code, errorMessage: null }
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    return { name, topicId: topic.topicId, errorCode: kafkaCodeOf(error), errorMessage: error.message }
  }
}
