import type { TopicConfigs } from '../state/state-store.ts'
import { isTopicConfigKey, topicConfigSpecs, type TopicConfigKey, type TopicDefaults } from './topic-configs.ts'

/** Where a config's value comes from, as DescribeConfigs says it (KIP-226). */
export const configSources = { dynamicTopic: 1, staticBroker: 4, default: 5 } as const

export interface ConfigEntry {
  readonly name: TopicConfigKey
  readonly value: string
  readonly source: number
  readonly spec: (typeof topicConfigSpecs)[TopicConfigKey]
  /** Every value there is for the key, the strongest first. */
  readonly synonyms: readonly { readonly name: string; readonly value: string; readonly source: number }[]
}

/** Every topic config with its effective value: set on the topic, else the server's default, else the built-in one. */
export function configEntries(configs: TopicConfigs, defaults: TopicDefaults = {}): ConfigEntry[] {
  return Object.keys(topicConfigSpecs)
    .filter(isTopicConfigKey)
    .map((name) => configEntry(name, configs[name], defaults[name]))
}

function configEntry(name: TopicConfigKey, own: string | undefined, serverDefault: string | undefined): ConfigEntry {
  const spec = topicConfigSpecs[name]
  const synonyms = [
    ...(own === undefined ? [] : [{ name, value: own, source: configSources.dynamicTopic }]),
    ...(serverDefault === undefined ? [] : [{ name: `default.${name}`, value: serverDefault, source: configSources.staticBroker }]),
    { name, value: spec.fallback, source: configSources.default },
  ]
  return { name, value: own ?? serverDefault ?? spec.fallback, source: synonyms[0]?.source ?? configSources.default, spec, synonyms }
}
