import { describe, expect, test } from 'vitest'
import { configEntries } from '../../src/broker/config-entries.ts'
import {
  checkTopicConfigs,
  isTopicConfigKey,
  tableNameOf,
  topicConfigSpecs,
  topicSettings,
  type TopicConfigKey,
} from '../../src/broker/topic-configs.ts'

const settingsOf = (configs: { readonly [key: string]: string }, { name = 'orders', defaults = {} } = {}) =>
  topicSettings({ name, configs }, { defaults, namespace: 'lake' })

describe('a topic config', () => {
  for (const [key, taken, refused] of [
    ['cleanup.policy', ['delete'], ['compact', 'delete,compact', '']],
    ['compression.type', ['producer'], ['gzip', 'zstd']],
    ['max.message.bytes', ['0', '1048588', '104857600'], ['-1', '104857601', '1e3', '1.5', ' 1', '', '0x10']],
    ['message.timestamp.type', ['CreateTime', 'LogAppendTime'], ['createtime', '']],
    ['min.insync.replicas', ['1'], ['0', '2']],
    ['retention.ms', ['-1', '0', '9007199254740991'], ['-2', '9007199254740992', 'forever', '∞', '9223372036854775808']],
    ['retention.bytes', ['-1', '0'], ['-2', 'all']],
    ['schema.validation', ['full', 'none'], ['decode', 'id', 'FULL']],
    ['schema.framing', ['auto', 'confluent', 'header', 'raw'], ['avro']],
    ['schema.subject.strategy', ['topic'], ['record', 'topic-record']],
    ['schema.on.invalid', ['reject'], ['dlq', 'raw', 'drop']],
    ['lake.enable', ['auto', 'true', 'false'], ['yes']],
    ['lake.formats', ['iceberg', 'delta', 'iceberg,delta', 'delta,iceberg'], ['', 'hudi', 'iceberg,', 'iceberg, delta', 'iceberg,iceberg']],
    ['lake.table', ['', 'lake.orders', 'a1_.b2_'], ['orders', 'a.b.c', 'Lake.orders', 'a-b.c', '.orders', 'lake.']],
    ['lake.partition.by', ['none', 'hour(_kafka_timestamp)', 'year(_kafka_timestamp)'], ['day', 'day(id)', 'bucket(8, id)']],
    ['lake.commit.interval.ms', ['100', '86400000'], ['99', '86400001', '-1']],
    ['lake.target.file.bytes', ['1048576', '1073741824'], ['1048575', '1073741825']],
  ] as const satisfies readonly (readonly [TopicConfigKey, readonly string[], readonly string[]])[])
    describe(key, () => {
      for (const value of taken) test(`takes "${value}"`, () => expect(() => checkTopicConfigs({ [key]: value })).not.toThrow())
      for (const value of refused)
        test(`refuses "${value}" with the key, the value and what is taken`, () => {
          expect(() => checkTopicConfigs({ [key]: value })).toThrow(new RegExp(`^topic config ${key}: expected .+, got "`))
        })
    })

  test('that does not exist is refused by name', () => {
    for (const key of ['segment.bytes', 'toString', '__proto__', ''])
      expect(() => checkTopicConfigs(Object.fromEntries([[key, '1']])), key).toThrow(`unknown topic config ${key}`)
    expect(isTopicConfigKey('constructor')).toBe(false)
  })

  test('has a fallback that it would take itself, and says what it is for', () => {
    for (const [key, { fallback, doc }] of Object.entries(topicConfigSpecs)) {
      expect(() => checkTopicConfigs({ [key]: fallback }), key).not.toThrow()
      expect(doc).toMatch(/\.$/)
    }
  })
})

describe("a topic's settings", () => {
  test('are its own configs before the server’s defaults before the built-in ones', () => {
    const defaults = { 'retention.ms': '5', 'lake.formats': 'delta' }
    expect(settingsOf({ 'retention.ms': '6' }, { defaults })).toMatchObject({
      retentionMs: 6,
      retentionBytes: -1,
      lake: { formats: ['delta'] },
    })
  })

  for (const formats of ['iceberg,delta', 'delta,iceberg'])
    test(`put Iceberg before Delta, which follows it, for "${formats}"`, () => {
      expect(settingsOf({ 'lake.formats': formats }).lake.formats).toEqual(['iceberg', 'delta'])
    })

  test('name the table after the topic where no name is set', () => {
    expect(settingsOf({}, { name: 'Click.Stream-1' }).lake.table).toEqual({ namespace: 'lake', table: 'click_stream_1' })
    expect(settingsOf({ 'lake.table': 'other.clicks' }).lake.table).toEqual({ namespace: 'other', table: 'clicks' })
  })

  for (const [topic, table] of [
    ['orders', 'orders'],
    ['Orders.EU-1_x', 'orders_eu_1_x'],
    ['...', '___'],
  ] as const)
    test(`make table ${table} of topic ${topic}`, () => expect(tableNameOf(topic)).toBe(table))

  for (const [config, partitionBy] of [
    ['none', 'none'],
    ['hour(_kafka_timestamp)', 'hour'],
    ['month(_kafka_timestamp)', 'month'],
  ] as const)
    test(`partition by ${partitionBy} for ${config}`, () => {
      expect(settingsOf({ 'lake.partition.by': config }).lake.partitionBy).toBe(partitionBy)
    })

  test('are numbers and choices, ready to be used', () => {
    const configs = { 'max.message.bytes': '7', 'message.timestamp.type': 'LogAppendTime', 'schema.validation': 'none' }
    expect(settingsOf(configs)).toMatchObject({
      maxMessageBytes: 7,
      isLogAppendTime: true,
      isValidated: false,
      framing: 'auto',
      lakeEnable: 'auto',
    })
  })
})

describe('config entries', () => {
  test('are all there are, each with the strongest value there is and its source', () => {
    const entries = configEntries({ 'retention.ms': '6' }, { 'retention.ms': '5', 'retention.bytes': '8' })
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(topicConfigSpecs))
    const told = Object.fromEntries(
      entries.map(({ name, value, source, synonyms }) => [name, { value, source, values: synonyms.map((each) => each.value) }]),
    )
    expect(told['retention.ms']).toEqual({ value: '6', source: 1, values: ['6', '5', '604800000'] })
    expect(told['retention.bytes']).toEqual({ value: '8', source: 4, values: ['8', '-1'] })
    expect(told['lake.table']).toEqual({ value: '', source: 5, values: [''] })
  })

  test('that are set to what they were anyway are set all the same', () => {
    expect(configEntries({ 'retention.bytes': '-1' }).find(({ name }) => name === 'retention.bytes')).toMatchObject({ source: 1 })
  })
})
