import type { TableFormatName, LakeSettings } from '../sink/lake-settings.ts'
import type { Framing, TimePartition } from '../lanes/lane.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { TopicConfigs } from '../state/state-store.ts'

/**
 * Every topic config that Headgate honours, as data: Kafka's own, and those of schemas and the lake. A key that is not
 * here, or a value that is not built, is refused when it is set; nothing is accepted and ignored.
 */
export interface TopicConfigSpec extends Values {
  readonly type: 'boolean' | 'int' | 'long' | 'string' | 'list'
  readonly fallback: string
  readonly doc: string
}

/** What a config takes, for people and as a check that answers what was expected instead. */
interface Values {
  readonly values: readonly string[]
  readonly check: (value: string) => string | undefined
}

const oneOf = (...values: readonly string[]): Values => ({
  values,
  check: (value) => (values.includes(value) ? undefined : `expected one of ${values.join(', ')}`),
})

const wholeNumber = (min: number, max = Number.MAX_SAFE_INTEGER): Values => ({
  values: [`${min} to ${max}`],
  check: (value) =>
    /^-?\d+$/.test(value) && Number(value) >= min && Number(value) <= max ? undefined : `expected a whole number from ${min} to ${max}`,
})

const tableName: Values = {
  values: ['namespace.table'],
  check: (value) =>
    value === '' || /^[a-z0-9_]{1,255}\.[a-z0-9_]{1,255}$/.test(value) ? undefined : 'expected namespace.table in [a-z0-9_]',
}

export const topicConfigSpecs = {
  'cleanup.policy': {
    type: 'list',
    fallback: 'delete',
    ...oneOf('delete'),
    doc: 'What happens to old records; compaction is not offered.',
  },
  'compression.type': {
    type: 'string',
    fallback: 'producer',
    ...oneOf('producer'),
    doc: 'Batches are kept as the producer compressed them.',
  },
  'max.message.bytes': {
    type: 'int',
    fallback: '1048588',
    ...wholeNumber(0, 104_857_600),
    doc: 'Largest record batch, compressed, header included.',
  },
  'message.timestamp.type': {
    type: 'string',
    fallback: 'CreateTime',
    ...oneOf('CreateTime', 'LogAppendTime'),
    doc: "Whether a record's time is the producer's or the broker's.",
  },
  'min.insync.replicas': { type: 'int', fallback: '1', ...oneOf('1'), doc: 'An acknowledged record is on stable storage once.' },
  'retention.ms': {
    type: 'long',
    fallback: '604800000',
    ...wholeNumber(-1),
    doc: 'Age at which log bytes may go, once they are in the table; -1 keeps them.',
  },
  'retention.bytes': {
    type: 'long',
    fallback: '-1',
    ...wholeNumber(-1),
    doc: "Size of a partition's log beyond which its oldest bytes may go, once they are in the table; -1 sets no bound.",
  },
  'schema.validation': {
    type: 'string',
    fallback: 'full',
    ...oneOf('full', 'none'),
    doc: 'Whether values are judged once the value subject exists.',
  },
  'schema.framing': {
    type: 'string',
    fallback: 'auto',
    ...oneOf('auto', 'confluent', 'header', 'raw'),
    doc: 'Where the schema id of a value is.',
  },
  'schema.subject.strategy': { type: 'string', fallback: 'topic', ...oneOf('topic'), doc: 'How the subject of a value is named.' },
  'schema.on.invalid': {
    type: 'string',
    fallback: 'reject',
    ...oneOf('reject'),
    doc: 'What happens to an invalid record: the producer gets INVALID_RECORD with the reason.',
  },
  'lake.enable': {
    type: 'string',
    fallback: 'auto',
    ...oneOf('auto', 'true', 'false'),
    doc: 'Whether the topic has a table; auto: when its value subject exists.',
  },
  'lake.formats': {
    type: 'list',
    fallback: 'iceberg',
    ...oneOf('iceberg', 'delta', 'iceberg,delta', 'delta,iceberg'),
    doc: 'Table formats that the topic is committed to.',
  },
  'lake.table': {
    type: 'string',
    fallback: '',
    ...tableName,
    doc: 'namespace.table; empty: the default namespace and the topic in lower case.',
  },
  'lake.partition.by': {
    type: 'string',
    fallback: 'day(_kafka_timestamp)',
    ...oneOf('none', ...['year', 'month', 'day', 'hour'].map((unit) => `${unit}(_kafka_timestamp)`)),
    doc: 'How the Iceberg table is partitioned.',
  },
  'lake.commit.interval.ms': {
    type: 'long',
    fallback: '10000',
    ...wholeNumber(100, 86_400_000),
    doc: 'Rows are visible at the latest after this, plus one encode and commit.',
  },
  'lake.target.file.bytes': {
    type: 'long',
    fallback: '134217728',
    ...wholeNumber(1_048_576, 1_073_741_824),
    doc: 'A data file ends at about this size.',
  },
} as const satisfies { [key: string]: TopicConfigSpec }

export type TopicConfigKey = keyof typeof topicConfigSpecs

export function isTopicConfigKey(key: string): key is TopicConfigKey {
  return Object.hasOwn(topicConfigSpecs, key)
}

/** Throws HeadgateError `invalid-argument` that names the key, the value and what is taken. */
export function checkTopicConfigs(configs: TopicConfigs): void {
  for (const [key, value] of Object.entries(configs)) {
    if (!isTopicConfigKey(key)) {
      throw new HeadgateError('invalid-argument', `unknown topic config ${key}; known are ${Object.keys(topicConfigSpecs).join(', ')}`)
    }
    const complaint = topicConfigSpecs[key].check(value)
    if (complaint !== undefined) throw new HeadgateError('invalid-argument', `topic config ${key}: ${complaint}, got "${value}"`)
  }
}

/** Server-wide defaults of some keys (settings `--default-*`). */
export type TopicDefaults = { readonly [Key in TopicConfigKey]?: string }

/** Typed view of a topic's configs over the server's defaults. */
export interface TopicSettings {
  readonly maxMessageBytes: number
  readonly isLogAppendTime: boolean
  readonly retentionMs: number
  readonly retentionBytes: number
  readonly isValidated: boolean
  readonly framing: Framing
  readonly lakeEnable: 'auto' | 'true' | 'false'
  readonly lake: LakeSettings
}

export function topicSettings(
  topic: { readonly name: string; readonly configs: TopicConfigs },
  { defaults, namespace }: { readonly defaults: TopicDefaults; readonly namespace: string },
): TopicSettings {
  const value = (key: TopicConfigKey): string => topic.configs[key] ?? defaults[key] ?? topicConfigSpecs[key].fallback
  const [tableNamespace, table] = value('lake.table') === '' ? [namespace, tableNameOf(topic.name)] : value('lake.table').split('.')
  return {
    maxMessageBytes: Number(value('max.message.bytes')),
    isLogAppendTime: value('message.timestamp.type') === 'LogAppendTime',
    retentionMs: Number(value('retention.ms')),
    retentionBytes: Number(value('retention.bytes')),
    isValidated: value('schema.validation') === 'full',
    framing: value('schema.framing') as Framing,
    lakeEnable: value('lake.enable') as TopicSettings['lakeEnable'],
    lake: {
      table: { namespace: tableNamespace ?? namespace, table: table ?? tableNameOf(topic.name) },
      formats: (['iceberg', 'delta'] as const satisfies readonly TableFormatName[]).filter((format) =>
        value('lake.formats').split(',').includes(format),
      ),
      partitionBy: timePartition(value('lake.partition.by')),
      commitIntervalMs: Number(value('lake.commit.interval.ms')),
      targetFileBytes: Number(value('lake.target.file.bytes')),
    },
  }
}

/** A topic's table is named after it, in lower case, with anything but `[a-z0-9_]` turned into `_`. */
export function tableNameOf(topic: string): string {
  return topic.toLowerCase().replaceAll(/[^a-z0-9_]/g, '_')
}

function timePartition(value: string): TimePartition {
  return value === 'none' ? 'none' : (value.slice(0, value.indexOf('(')) as TimePartition)
}
