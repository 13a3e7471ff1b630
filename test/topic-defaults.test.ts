import { describe, expect, test } from 'vitest'
import { topicConfigSpecs, type TopicConfigKey, type TopicConfigSpec } from '../src/broker/topic-configs.ts'
import { resolveSettings, settingSpecs, type SettingSpec } from '../src/settings.ts'
import { defaultSettingOf, topicDefaults } from '../src/topic-defaults.ts'

/** Configs of ours that leave a choice to a server: a table's name belongs to one topic. */
const ours = (Object.keys(topicConfigSpecs) as TopicConfigKey[]).filter(
  (key) => /^(schema|lake)\./.test(key) && key !== 'lake.table' && !isFixed(topicConfigSpecs[key]),
)

function isFixed({ values, fallback }: TopicConfigSpec): boolean {
  return values.length === 1 && values[0] === fallback
}

describe('every config of schemas and the lake has a default that the server sets', () => {
  for (const key of ours)
    test(key, () => {
      const setting = defaultSettingOf(key)
      if (setting === undefined) throw new Error(`no setting is the default of ${key}`)
      const spec: SettingSpec = settingSpecs[setting]
      expect(spec).toMatchObject({ fallback: topicConfigSpecs[key].fallback, doc: `${key} of topics that do not set it.` })
      expect(spec.choices ?? [`${spec.min} to ${spec.max}`]).toEqual(topicConfigSpecs[key].values)
    })
})

describe('the defaults of a server', () => {
  test('are what its settings say', () => {
    const flags = { 'default-lake-formats': 'iceberg,delta', 'default-schema-framing': 'raw', 'default-retention-ms': '-1' }
    expect(topicDefaults(resolveSettings(flags))).toEqual({
      'lake.formats': 'iceberg,delta',
      'schema.framing': 'raw',
      'retention.ms': '-1',
    })
  })

  test('are none where its settings say what is built in', () => {
    expect(topicDefaults(resolveSettings({}))).toEqual({})
    expect(topicDefaults(resolveSettings({ 'default-lake-formats': 'iceberg' }))).toEqual({})
  })
})
