import { beforeEach, describe, expect, test } from 'vitest'
import { describeConfigs } from '../../../src/protocol/messages/describe-configs.ts'
import { incrementalAlterConfigs } from '../../../src/protocol/messages/incremental-alter-configs.ts'
import { topicConfigSpecs } from '../../../src/broker/topic-configs.ts'
import { kafkaErrorName } from '../../../src/protocol/errors.ts'
import { TestBroker } from '../support/test-broker.ts'

const TOPIC = 2
const BROKER = 4
const BROKER_LOGGER = 8

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ defaults: { 'retention.ms': '1000' } })
  await broker.topic('orders', { configs: { 'max.message.bytes': '2000' } })
})

interface Described {
  readonly resourceType?: number
  readonly resourceName?: string
  readonly configurationKeys?: readonly string[] | null
}

async function describeAll(
  resources: readonly Described[],
  { version = 4, ...wanted }: { version?: number; includeSynonyms?: boolean; includeDocumentation?: boolean } = {},
) {
  const asked = resources.map(({ resourceType = TOPIC, resourceName = 'orders', configurationKeys = null }) => ({
    resourceType,
    resourceName,
    configurationKeys: configurationKeys && [...configurationKeys],
  }))
  return (await broker.call(describeConfigs, version, { resources: asked, ...wanted })).results
}

async function alter(
  configs: readonly { readonly name: string; readonly operation?: number; readonly value?: string | null }[],
  { resourceType = TOPIC, resourceName = 'orders', validateOnly = false } = {},
): Promise<string | undefined> {
  const asked = configs.map(({ name, operation = 0, value = null }) => ({ name, configOperation: operation, value }))
  const { responses } = await broker.call(incrementalAlterConfigs, 1, {
    resources: [{ resourceType, resourceName, configs: asked }],
    validateOnly,
  })
  return kafkaErrorName(responses[0]?.errorCode ?? -1)
}

const configsOf = () => broker.context.topics.get('orders')?.configs

describe('DescribeConfigs', () => {
  for (const version of [1, 2, 3, 4])
    for (const configurationKeys of [null, []])
      test(`names every config for ${configurationKeys ? 'an empty list of keys' : 'no list of keys'} in v${version}`, async () => {
        const [topic] = await describeAll([{ configurationKeys }], { version })
        expect(topic?.configs.map(({ name }) => name)).toEqual(Object.keys(topicConfigSpecs))
      })

  test('names those that are asked for, and passes over what is no config', async () => {
    const [topic] = await describeAll([{ configurationKeys: ['retention.ms', 'no.such'] }])
    expect(topic?.configs.map(({ name, value }) => [name, value])).toEqual([['retention.ms', '1000']])
  })

  test('says where a value comes from, with all the others there are, the strongest first', async () => {
    await alter([{ name: 'retention.ms', value: '7' }])
    const [topic] = await describeAll([{ configurationKeys: ['retention.ms', 'max.message.bytes', 'cleanup.policy'] }], {
      includeSynonyms: true,
    })
    const told = Object.fromEntries(
      (topic?.configs ?? []).map(({ name, value, configSource, synonyms }) => [name, { value, configSource, synonyms }]),
    )
    expect(told['retention.ms']).toEqual({
      value: '7',
      configSource: 1,
      synonyms: [
        { name: 'retention.ms', value: '7', source: 1 },
        { name: 'default.retention.ms', value: '1000', source: 4 },
        { name: 'retention.ms', value: '604800000', source: 5 },
      ],
    })
    expect(told['max.message.bytes']).toMatchObject({ value: '2000', configSource: 1 })
    expect(told['cleanup.policy']).toMatchObject({ value: 'delete', configSource: 5 })
  })

  test('gives types from v3 on, and documentation and synonyms where they are asked for', async () => {
    const keys = { configurationKeys: ['retention.ms'] }
    const [plain] = await describeAll([keys])
    expect(plain?.configs[0]).toMatchObject({ configType: 5, documentation: null, synonyms: [], readOnly: false, isSensitive: false })
    const [documented] = await describeAll([keys], { includeDocumentation: true })
    expect(documented?.configs[0]?.documentation).toBe(topicConfigSpecs['retention.ms'].doc)
  })

  for (const [what, resource, code] of [
    ['a topic that is not there', { resourceName: 'nobody' }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a name that no topic can have', { resourceName: 'a b' }, 'INVALID_TOPIC_EXCEPTION'],
    ['another broker', { resourceType: BROKER, resourceName: '2' }, 'INVALID_REQUEST'],
    ['something else than topics and brokers', { resourceType: BROKER_LOGGER, resourceName: '1' }, 'INVALID_REQUEST'],
  ] as const)
    test(`refuses ${what}, and describes its neighbours`, async () => {
      const [refused, topic] = await describeAll([resource, {}])
      expect(kafkaErrorName(refused?.errorCode ?? 0)).toBe(code)
      expect(refused).toMatchObject({ ...resource, configs: [] })
      expect(topic).toMatchObject({ errorCode: 0, resourceName: 'orders' })
    })

  for (const resourceName of ['', '1'])
    test(`tells of broker "${resourceName}" what its topics begin with`, async () => {
      const [answer] = await describeAll([{ resourceType: BROKER, resourceName, configurationKeys: ['retention.ms'] }])
      expect(answer).toMatchObject({ errorCode: 0, configs: [{ name: 'retention.ms', value: '1000', configSource: 4 }] })
    })
})

describe('IncrementalAlterConfigs', () => {
  test('sets and deletes, and leaves the others', async () => {
    expect(await alter([{ name: 'retention.ms', value: '5' }])).toBe('NONE')
    expect(configsOf()).toEqual({ 'max.message.bytes': '2000', 'retention.ms': '5' })
    expect(await alter([{ name: 'max.message.bytes', operation: 1 }])).toBe('NONE')
    expect(configsOf()).toEqual({ 'retention.ms': '5' })
    expect(await alter([{ name: 'max.message.bytes', operation: 1 }]), 'what is not set').toBe('NONE')
  })

  for (const [what, configs, code] of [
    ['an unknown config', [{ name: 'no.such', value: '1' }], 'INVALID_CONFIG'],
    ['a value that is none', [{ name: 'retention.ms', value: 'soon' }], 'INVALID_CONFIG'],
    ['a config without a value', [{ name: 'retention.ms' }], 'INVALID_CONFIG'],
    ['a list that is appended to', [{ name: 'lake.formats', operation: 2, value: 'delta' }], 'INVALID_CONFIG'],
    ['an operation that does not exist', [{ name: 'retention.ms', operation: 9, value: '1' }], 'INVALID_CONFIG'],
    [
      'one config twice',
      [
        { name: 'retention.ms', value: '1' },
        { name: 'retention.ms', value: '2' },
      ],
      'INVALID_REQUEST',
    ],
  ] as const)
    for (const validateOnly of [false, true])
      test(`refuses ${what}${validateOnly ? ' when it is only asked to validate' : ''}, with all of its resource`, async () => {
        expect(await alter([{ name: 'retention.bytes', value: '1' }, ...configs], { validateOnly })).toBe(code)
        expect(configsOf()).toEqual({ 'max.message.bytes': '2000' })
      })

  test('changes nothing when it is only asked to validate', async () => {
    expect(await alter([{ name: 'retention.ms', value: '5' }], { validateOnly: true })).toBe('NONE')
    expect(configsOf()).toEqual({ 'max.message.bytes': '2000' })
  })

  test('refuses what is no topic', async () => {
    expect(await alter([], { resourceName: 'nobody' })).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    expect(await alter([], { resourceType: BROKER, resourceName: '1' })).toBe('INVALID_REQUEST')
  })

  test('of two requests at once sees the change of the other', async () => {
    await Promise.all([alter([{ name: 'retention.ms', value: '5' }]), alter([{ name: 'retention.bytes', value: '6' }])])
    expect(configsOf()).toEqual({ 'max.message.bytes': '2000', 'retention.ms': '5', 'retention.bytes': '6' })
  })
})
