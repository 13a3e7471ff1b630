import { kafkaErrors } from '../../protocol/errors.ts'
import { metadata } from '../../protocol/messages/metadata.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { KafkaClient } from './kafka-client.ts'
import { kafkaFailure } from './kafka-failure.ts'

export interface KafkaTopic {
  readonly name: string
  readonly topicId: string
  readonly partitionCount: number
}

/** The topic as the server knows it, made first if it may be and the server does so (`auto-create-topics`). */
export async function describeTopic(client: KafkaClient, name: string, { mayCreate }: { mayCreate: boolean }): Promise<KafkaTopic> {
  const { topics } = await client.ask(metadata, { topics: [{ topicId: uuidZero, name }], allowAutoTopicCreation: mayCreate })
  const [topic] = topics
  const errorCode = topic?.errorCode ?? kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code
  if (topic && errorCode === kafkaErrors.NONE.code) return { name, topicId: topic.topicId, partitionCount: topic.partitions.length }
  if (errorCode === kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
    throw new HeadgateError('not-found', `topic ${name} does not exist; headgate topic create ${name} makes it`)
  throw kafkaFailure(errorCode, `topic ${name}`)
}
