import { createTopics } from '../../protocol/messages/create-topics.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError, isErrorOfKind } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { TopicConfigs } from '../../state/state-store.ts'
import type { BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'
import { configEntries } from '../config-entries.ts'
import { checkTopicConfigs } from '../topic-configs.ts'
import { checkTopicName } from '../topic-name.ts'
import type { Topic, TopicToCreate } from '../topics.ts'

/** CreateTopics (key 19). Answers when every partition can be produced to; v7 tells the topic id. */
export const createTopicsHandler = handler(createTopics, async ({ topics, validateOnly }, { broker }) => ({
  throttleTimeMs: 0,
  topics: await Promise.all(
    topics
      .filter(({ name }, index) => topics.findIndex((other) => other.name === name) === index)
      .map((topic) => createOne(topic, { broker, isDuplicate: isNamedTwice(topic.name, topics), validateOnly })),
  ),
}))

type Creatable = {
  readonly name: string
  readonly numPartitions: number
  readonly replicationFactor: number
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

async function createOne(
  asked: Creatable,
  { broker, isDuplicate, validateOnly }: { broker: BrokerContext; isDuplicate: boolean; validateOnly: boolean },
) {
  try {
    if (isDuplicate) throw new TopicRefusal(kafkaErrors.INVALID_REQUEST.code, `topic ${asked.name} is named twice in one request`)
    const topic = checkedTopic(asked, broker)
    if (broker.topics.get(topic.name)) throw new TopicRefusal(kafkaErrors.TOPIC_ALREADY_EXISTS.code, `topic ${topic.name} exists already`)
    broker.topics.check(topic)
    return described(validateOnly ? { ...topic, topicId: uuidZero } : await broker.topics.create(topic), broker)
  } catch (error) {
    if (error instanceof TopicRefusal) return refused(asked.name, error.errorCode, error.message)
    if (!(error instanceof HeadgateError)) throw error
    const isTableTaken = isErrorOfKind(error, 'already-exists') && !broker.topics.get(asked.name)
    return refused(asked.name, isTableTaken ? kafkaErrors.INVALID_TOPIC_EXCEPTION.code : kafkaCodeOf(error), error.message)
  }
}

/** Names, counts and configs have error codes of their own, so each is checked where its code is known. */
function checkedTopic(asked: Creatable, broker: BrokerContext): TopicToCreate {
  refuseAs(kafkaErrors.INVALID_TOPIC_EXCEPTION.code, () => checkTopicName(asked.name))
  if (asked.assignments.length > 0 && (asked.numPartitions !== -1 || asked.replicationFactor !== -1)) {
    throw new TopicRefusal(kafkaErrors.INVALID_REQUEST.code, 'give either assignments or a number of partitions and replicas')
  }
  const partitionCount = asked.assignments.length || (asked.numPartitions === -1 ? broker.defaultPartitions : asked.numPartitions)
  if (partitionCount < 1 || partitionCount > limits.topicPartitionsMax)
    throw new TopicRefusal(
      kafkaErrors.INVALID_PARTITIONS.code,
      `expected 1 to ${limits.topicPartitionsMax} partitions, got ${partitionCount}`,
    )
  if (asked.replicationFactor !== -1 && asked.replicationFactor !== 1) {
    throw new TopicRefusal(
      kafkaErrors.INVALID_REPLICATION_FACTOR.code,
      `expected replication factor 1 or -1, got ${asked.replicationFactor}: the storage replicates, not the brokers`,
    )
  }
  checkAssignments(asked, broker)
  return { name: asked.name, partitionCount, configs: checkedConfigs(asked) }
}

/** Every partition once, from 0 on, each on the one node there is. */
function checkAssignments({ assignments }: Creatable, { nodeId }: BrokerContext): void {
  const partitions = assignments.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b)
  const isWhole = partitions.every((partition, index) => partition === index)
  const isHere = assignments.every(({ brokerIds }) => brokerIds.length === 1 && brokerIds[0] === nodeId)
  if (isWhole && isHere) return
  throw new TopicRefusal(
    kafkaErrors.INVALID_REPLICA_ASSIGNMENT.code,
    `expected partitions 0 to ${assignments.length - 1}, each on broker ${nodeId} alone`,
  )
}

function checkedConfigs({ configs }: Creatable): TopicConfigs {
  const unset = configs.filter(({ value }) => value === null).map(({ name }) => name)
  if (unset.length > 0) throw new TopicRefusal(kafkaErrors.INVALID_CONFIG.code, `topic configs without a value: ${unset.join(', ')}`)
  const checked: TopicConfigs = Object.fromEntries(configs.map(({ name, value }) => [name, value ?? '']))
  refuseAs(kafkaErrors.INVALID_CONFIG.code, () => checkTopicConfigs(checked))
  return checked
}

class TopicRefusal extends Error {
  readonly errorCode: number

  constructor(errorCode: number, message: string) {
    super(message)
    this.errorCode = errorCode
  }
}

function refuseAs(errorCode: number, check: () => void): void {
  try {
    check()
  } catch (error) {
    throw error instanceof HeadgateError ? new TopicRefusal(errorCode, error.message) : error
  }
}

function described(topic: Pick<Topic, 'name' | 'topicId' | 'partitionCount' | 'configs'>, { topics }: BrokerContext) {
  return {
    name: topic.name,
    topicId: topic.topicId,
    errorCode: kafkaErrors.NONE.code as number,
    errorMessage: null as string | null,
    numPartitions: topic.partitionCount,
    replicationFactor: 1,
    configs: configEntries(topic.configs, topics.defaults).map(({ name: key, value, source }) => ({
      name: key,
      value,
      readOnly: false,
      configSource: source,
      isSensitive: false,
    })),
  }
}

function refused(name: string, errorCode: number, errorMessage: string): ReturnType<typeof described> {
  return { name, topicId: uuidZero, errorCode, errorMessage, numPartitions: -1, replicationFactor: -1, configs: [] }
}

function isNamedTwice(name: string, topics: readonly Creatable[]): boolean {
  return topics.filter((topic) => topic.name === name).length > 1
}
