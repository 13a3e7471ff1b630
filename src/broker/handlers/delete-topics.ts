import { deleteTopics } from '../../protocol/messages/delete-topics.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'

/** DeleteTopics (key 20), by name or by id (v6). The table stays: its rows belong to whoever queries them. */
export const deleteTopicsHandler = handler(deleteTopics, async (request, { apiVersion, broker }) => {
  const asked = apiVersion >= 6 ? request.topics : request.topicNames.map((name) => ({ name, topicId: uuidZero }))
  const responses = []
  for (const topic of asked) responses.push(await deleteOne(topic, broker))
  return { throttleTimeMs: 0, responses }
})

async function deleteOne({ name: askedName, topicId }: { name: string | null; topicId: string }, broker: BrokerContext) {
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
