import { incrementalAlterConfigs } from '../../protocol/messages/incremental-alter-configs.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { HeadgateError, isErrorOfKind } from '../../shared/errors.ts'
import type { TopicConfigs } from '../../state/state-store.ts'
import type { BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'

/** IncrementalAlterConfigs (key 44, KIP-339): sets and deletes configs of topics, each resource whole or not at all. */
export const incrementalAlterConfigsHandler = handler(incrementalAlterConfigs, async ({ resources, validateOnly }, { broker }) => {
  const responses = []
  for (const resource of resources) {
    const { resourceType, resourceName } = resource
    responses.push({ resourceType, resourceName, ...(await alter(resource, { broker, validateOnly })) })
  }
  return { throttleTimeMs: 0, responses }
})

interface Resource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly configOperation: number; readonly value: string | null }[]
}

async function alter(resource: Resource, { broker, validateOnly }: { broker: BrokerContext; validateOnly: boolean }) {
  const topic = resource.resourceType === TOPIC ? broker.topics.get(resource.resourceName) : undefined
  if (!topic) return refused(resource)
  const repeated = resource.configs.find(({ name }, index) => resource.configs.findIndex((other) => other.name === name) !== index)
  if (repeated)
    return { errorCode: kafkaErrors.INVALID_REQUEST.code as number, errorMessage: `topic config ${repeated.name} is named twice` }
  try {
    if (validateOnly) broker.topics.checkConfigs(topic.name, altered(topic.configs, resource))
    else await broker.topics.changeConfigs(topic.name, (configs) => altered(configs, resource))
    return { errorCode: kafkaErrors.NONE.code as number, errorMessage: null }
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    const isConfigRefused = isErrorOfKind(error, 'invalid-argument') || isErrorOfKind(error, 'already-exists')
    return { errorCode: isConfigRefused ? kafkaErrors.INVALID_CONFIG.code : kafkaCodeOf(error), errorMessage: error.message }
  }
}

const TOPIC = 2

function refused({ resourceType, resourceName }: Resource) {
  if (resourceType === TOPIC) {
    return { errorCode: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code as number, errorMessage: `topic ${resourceName} does not exist` }
  }
  return {
    errorCode: kafkaErrors.INVALID_REQUEST.code as number,
    errorMessage: 'only the configs of topics can be altered; broker settings are flags',
  }
}

const operations = { set: 0, delete: 1 } as const

function altered(current: TopicConfigs, { configs }: Resource): TopicConfigs {
  const next: { [key: string]: string } = { ...current }
  for (const { name, configOperation, value } of configs) {
    if (configOperation === operations.delete) delete next[name]
    else if (configOperation === operations.set && value !== null) next[name] = value
    else
      throw new HeadgateError(
        'invalid-argument',
        `topic config ${name}: expected a value to set, or a delete; nothing is appended to a list or subtracted from it`,
      )
  }
  return next
}
