import { readFileSync } from 'node:fs'

/**
 * Kafka's own message definitions (4.x, Apache License 2.0), one JSON object a line in test/golden/kafka-messages.jsonl,
 * with names and version ranges in the form in which this project has them.
 */
export interface KafkaMessage {
  readonly apiKey?: number
  readonly type: 'request' | 'response' | 'header'
  readonly name: string
  readonly validVersions: string
  readonly flexibleVersions: string
  readonly fields: readonly KafkaField[]
}

export interface KafkaField {
  readonly name: string
  readonly type: string
  readonly versions: string
  readonly nullableVersions?: string
  readonly flexibleVersions?: string
  readonly taggedVersions?: string
  readonly tag?: number
  readonly default?: string | number
  readonly fields?: readonly KafkaField[]
}

export const kafkaMessages: readonly KafkaMessage[] = readFileSync(new URL('../golden/kafka-messages.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as KafkaMessage)

/** `3+`, `0-5`, `7` or `none`, as a test of one version. */
export function covers(versions: string | undefined, version: number): boolean {
  if (versions === undefined || versions === 'none') return false
  if (versions.endsWith('+')) return version >= Number.parseInt(versions, 10)
  const [first = Number.NaN, last = first] = versions.split('-').map(Number)
  return first <= version && version <= last
}
