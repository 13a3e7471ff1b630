import { describeConfigs } from '../../protocol/messages/describe-configs.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { configEntries, type ConfigEntry } from '../config-entries.ts'
import type { BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { topicNameComplaint } from '../topic-name.ts'

/** DescribeConfigs (key 32): every topic config with its source; v1 synonyms, v3 types and documentation (KIP-569). */
export const describeConfigsHandler = handler(describeConfigs, async (request, { broker }) => ({
  throttleTimeMs: 0,
  results: request.resources.map((resource) => ({
    resourceType: resource.resourceType,
    resourceName: resource.resourceName,
    ...describeResource(resource, request, broker),
  })),
}))

type Resource = { readonly resourceType: number; readonly resourceName: string; readonly configurationKeys: readonly string[] | null }
type Wanted = { readonly includeSynonyms: boolean; readonly includeDocumentation: boolean }

function describeResource({ resourceType, resourceName, configurationKeys }: Resource, wanted: Wanted, broker: BrokerContext) {
  const entries = entriesOf(resourceType, resourceName, broker)
  if ('errorCode' in entries) return { ...entries, configs: [] }
  // An empty list asks for as much as none does: clients send either.
  const isEveryWanted = configurationKeys === null || configurationKeys.length === 0
  const asked = entries.list.filter(({ name }) => isEveryWanted || configurationKeys.includes(name))
  return { errorCode: kafkaErrors.NONE.code as number, errorMessage: null, configs: asked.map((entry) => describeEntry(entry, wanted)) }
}

function entriesOf(
  resourceType: number,
  resourceName: string,
  { topics, nodeId }: BrokerContext,
): { list: ConfigEntry[] } | { errorCode: number; errorMessage: string } {
  if (resourceType === TOPIC) {
    const topic = topics.get(resourceName)
    if (topic) return { list: configEntries(topic.configs, topics.defaults) }
    const complaint = topicNameComplaint(resourceName)
    if (complaint !== undefined) return { errorCode: kafkaErrors.INVALID_TOPIC_EXCEPTION.code, errorMessage: complaint }
    return { errorCode: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code, errorMessage: `topic ${resourceName} does not exist` }
  }
  // A broker's own settings are flags of its process; what it shares with its topics are their defaults.
  if (resourceType === BROKER && (resourceName === '' || resourceName === String(nodeId)))
    return { list: configEntries({}, topics.defaults) }
  return {
    errorCode: kafkaErrors.INVALID_REQUEST.code,
    errorMessage: `expected a topic or broker ${nodeId}, got type ${resourceType} "${resourceName}"`,
  }
}

const TOPIC = 2
const BROKER = 4

function describeEntry({ name, value, source, spec, synonyms }: ConfigEntry, { includeSynonyms, includeDocumentation }: Wanted) {
  return {
    name,
    value,
    readOnly: false,
    configSource: source,
    isSensitive: false,
    synonyms: includeSynonyms ? synonyms : [],
    configType: CONFIG_TYPES[spec.type],
    documentation: includeDocumentation ? spec.doc : null,
  }
}

/** The numbers of DescribeConfigs v3. */
const CONFIG_TYPES = { boolean: 1, string: 2, int: 3, long: 5, list: 7 } as const
