import { Admin, ConfigResourceTypes, Producer } from '@platformatic/kafka'
import { ConfigResourceTypes as KafkajsResourceTypes } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTopics } from '../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { describeCluster } from '../../src/protocol/messages/describe-cluster.ts'
import { findCoordinator } from '../../src/protocol/messages/find-coordinator.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs } from '../support/kafkajs-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Topics and their configs through the admin clients of others, and what is said of names and versions that cannot be. */
let server: InProcessServer
let client: WireClient

beforeAll(async () => {
  server = await startInProcess({ 'default-partitions': 2 })
  client = await WireClient.connect(server.kafka)
})

afterAll(async () => {
  client.close()
  await server.close()
})

describe('Metadata', () => {
  test('creates what a producer asks for, with an id that stays', async () => {
    const { topicId, partitions, errorCode } = await client.topic('created')
    expect(errorCode).toBe(0)
    expect(topicId).not.toBe(uuidZero)
    expect(partitions).toHaveLength(2)
    expect(await client.topic('created')).toMatchObject({ topicId })
  })

  test('finds a topic by its id', async () => {
    const { topicId } = await client.topic('by-id')
    const { topics } = await client.call(metadata, 12, { topics: [{ topicId, name: null }], allowAutoTopicCreation: false })
    expect(topics).toMatchObject([{ errorCode: 0, name: 'by-id', topicId }])
  })

  test('an id that nobody has is UNKNOWN_TOPIC_ID', async () => {
    const topicId = '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab'
    const { topics } = await client.call(metadata, 12, { topics: [{ topicId, name: null }], allowAutoTopicCreation: true })
    expect(topics).toMatchObject([{ errorCode: 100, topicId }])
  })

  test('does not create what a client only asks about', async () => {
    const { topics } = await client.call(metadata, 12, {
      topics: [{ topicId: uuidZero, name: 'asked-about' }],
      allowAutoTopicCreation: false,
    })
    expect(topics).toMatchObject([{ errorCode: 3, name: 'asked-about' }])
  })

  test('lists everything for null, and for an empty list in v0 only', async () => {
    await client.topic('listed')
    const names = async (version: number, topics: [] | null): Promise<(string | null)[]> =>
      (await client.call(metadata, version, { topics, allowAutoTopicCreation: true })).topics.map(({ name }) => name)
    expect(await names(0, [])).toContain('listed')
    expect(await names(1, null)).toContain('listed')
    expect(await names(12, null)).toContain('listed')
    expect(await names(1, [])).toEqual([])
  })

  test('a burst of clients asking for one topic makes it once', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => WireClient.connect(server.kafka)))
    const topics = await Promise.all(clients.map((each) => each.topic('burst')))
    expect(new Set(topics.map(({ topicId }) => topicId)).size).toBe(1)
    expect(topics.every(({ errorCode }) => errorCode === 0)).toBe(true)
    for (const each of clients) each.close()
  })

  for (const name of ['..', '.', 'no spaces', 'größe', 'x'.repeat(250)])
    test(`"${name.slice(0, 12)}" is no topic name`, async () => {
      expect(await client.topic(name)).toMatchObject({ errorCode: 17, partitions: [] })
    })

  test('the controller is one of the brokers', async () => {
    const { brokers, controllerId, clusterId } = await client.call(metadata, 9, { topics: [], allowAutoTopicCreation: false })
    expect(brokers).toMatchObject([{ nodeId: controllerId, host: '127.0.0.1', port: Number(server.kafka.split(':')[1]) }])
    expect(clusterId).toMatch(/^[\w-]{22}$/)
  })
})

test('a server that was told so creates nothing by itself', async () => {
  const strict = await startInProcess({ 'auto-create-topics': false })
  const asking = await WireClient.connect(strict.kafka)
  expect(await asking.topic('wished-for')).toMatchObject({ errorCode: 3 })
  asking.close()
  await strict.close()
})

describe('admin clients', () => {
  test('kafkajs creates, describes, alters and deletes a topic', async () => {
    const admin = kafkajs(server.kafka).admin()
    await admin.connect()
    const configEntries = [{ name: 'retention.ms', value: '1000' }]
    expect(await admin.createTopics({ topics: [{ topic: 'by-kafkajs', numPartitions: 3, replicationFactor: 1, configEntries }] })).toBe(
      true,
    )
    expect(await admin.createTopics({ topics: [{ topic: 'by-kafkajs' }] }), 'it exists').toBe(false)
    expect((await admin.fetchTopicMetadata({ topics: ['by-kafkajs'] })).topics[0]?.partitions).toHaveLength(3)
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: KafkajsResourceTypes.TOPIC, name: 'by-kafkajs' }],
    })
    const entries = described.resources[0]?.configEntries ?? []
    expect(entries.find(({ configName }) => configName === 'retention.ms')).toMatchObject({ configValue: '1000', isDefault: false })
    expect(entries.find(({ configName }) => configName === 'cleanup.policy')).toMatchObject({ configValue: 'delete' })
    await admin.deleteTopics({ topics: ['by-kafkajs'] })
    expect(await admin.listTopics()).not.toContain('by-kafkajs')
    await admin.disconnect()
  })

  test('@platformatic/kafka creates, describes, alters and deletes a topic', async () => {
    const admin = new Admin({ clientId: 'platformatic', bootstrapBrokers: [server.kafka] })
    const topic = 'by-platformatic'
    const resource = { resourceType: ConfigResourceTypes.TOPIC, resourceName: topic }
    const valueOf = async (key: string): Promise<unknown> => {
      const described = await admin.describeConfigs({ resources: [{ ...resource, configurationKeys: [key] }], includeSynonyms: true })
      return described[0]?.configs[0]
    }
    const [created] = await admin.createTopics({
      topics: [topic],
      partitions: 4,
      replicas: 1,
      configs: [{ name: 'retention.ms', value: '1000' }],
    })
    expect(created).toMatchObject({ name: topic, partitions: 4, replicas: 1 })
    expect(created?.id).toBe((await client.topic(topic)).topicId)
    expect(await valueOf('retention.ms')).toMatchObject({ value: '1000', configSource: 1 })
    const alter = (name: string, configOperation: number, value?: string): Promise<void> =>
      admin.incrementalAlterConfigs({ resources: [{ ...resource, configs: [{ name, configOperation, value: value ?? null }] }] as never })
    await alter('retention.ms', 0, '2000')
    expect(await valueOf('retention.ms')).toMatchObject({ value: '2000', configSource: 1 })
    await alter('retention.ms', 1)
    expect(await valueOf('retention.ms')).toMatchObject({ value: '604800000' })
    await expect(alter('lake.formats', 0, 'hudi')).rejects.toThrow()
    await admin.deleteTopics({ topics: [topic] })
    expect(await admin.listTopics()).not.toContain(topic)
    await admin.close()
  })

  test('DescribeCluster names the one broker', async () => {
    const answer = await client.call(describeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType: 1 })
    expect(answer).toMatchObject({ errorCode: 0, controllerId: 1, brokers: [{ brokerId: 1, host: '127.0.0.1', rack: null }] })
    const admin = kafkajs(server.kafka).admin()
    await admin.connect()
    expect(await admin.describeCluster()).toMatchObject({ clusterId: answer.clusterId, controller: 1, brokers: [{ nodeId: 1 }] })
    await admin.disconnect()
  })

  test('FindCoordinator says at once that there is none', async () => {
    expect(await client.call(findCoordinator, 2, { key: 'group', keyType: 0 })).toMatchObject({
      errorCode: 42,
      errorMessage: expect.stringContaining('consumer groups are not served'),
      nodeId: -1,
    })
  })
})

describe('CreateTopics refuses, each topic for itself', () => {
  const plain = { numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
  const create = async (topic: object, validateOnly = false) =>
    (await client.call(createTopics, 7, { topics: [{ ...plain, ...topic } as never], timeoutMs: 1000, validateOnly })).topics[0]

  for (const [what, topic, errorCode, message] of [
    ['a name', { name: 'no spaces' }, 17, 'topic name "no spaces"'],
    ['no partitions', { name: 'zero', numPartitions: 0 }, 37, 'expected 1 to 10000 partitions'],
    ['too many partitions', { name: 'many', numPartitions: 1_000_000 }, 37, 'partitions'],
    ['replicas', { name: 'replicated', replicationFactor: 3 }, 38, 'expected replication factor 1'],
    ['an unknown config', { name: 'odd', configs: [{ name: 'no.such.key', value: '1' }] }, 40, 'known are cleanup.policy'],
    ['a config value', { name: 'odd', configs: [{ name: 'lake.formats', value: 'hudi' }] }, 40, 'expected one of iceberg, delta'],
    ['compaction', { name: 'odd', configs: [{ name: 'cleanup.policy', value: 'compact' }] }, 40, 'expected one of delete'],
    [
      'a policy for bad records',
      { name: 'odd', configs: [{ name: 'schema.on.invalid', value: 'dlq' }] },
      40,
      'schema.on.invalid: expected one of reject, got "dlq"',
    ],
  ] as const)
    test(what, async () => {
      expect(await create(topic)).toMatchObject({ errorCode, errorMessage: expect.stringContaining(message) })
      expect(
        (await client.call(metadata, 12, { topics: null, allowAutoTopicCreation: false })).topics.map(({ name }) => name),
      ).not.toContain(topic.name)
    })

  test('a topic that exists', async () => {
    await create({ name: 'once' })
    expect(await create({ name: 'once' })).toMatchObject({ errorCode: 36 })
  })

  test('a topic that would share the table of another', async () => {
    await create({ name: 'Same.Table' })
    expect(await create({ name: 'same_table' })).toMatchObject({
      errorCode: 17,
      errorMessage: expect.stringContaining('with topic Same.Table'),
    })
  })

  test('nothing when it is only to be validated', async () => {
    expect(await create({ name: 'validated' }, true)).toMatchObject({ errorCode: 0 })
    expect(await create({ name: 'validated' })).toMatchObject({ errorCode: 0 })
  })
})

describe('topics that do not exist', () => {
  const batch = buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from('v') }] })

  test('Produce answers UNKNOWN_TOPIC_OR_PARTITION', async () => {
    expect(await client.produce('nowhere', batch)).toMatchObject({ errorCode: 3, baseOffset: -1n })
    await client.topic('somewhere')
    expect(await client.produce('somewhere', batch, { partition: 2 })).toMatchObject({ errorCode: 3 })
    expect(await client.produce('somewhere', batch, { partition: -1 })).toMatchObject({ errorCode: 3 })
  })

  test('DeleteTopics says so, by name and by id', async () => {
    const topicId = '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab'
    const { responses } = await client.call(deleteTopics, 6, {
      topics: [
        { name: 'nowhere', topicId: uuidZero },
        { name: null, topicId },
      ],
      topicNames: [],
      timeoutMs: 1000,
    })
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([3, 100])
  })

  test('a client that produces to a topic it deleted makes it anew', async () => {
    const producer = new Producer({ clientId: 'platformatic', bootstrapBrokers: [server.kafka], autocreateTopics: true })
    const send = () => producer.send({ acks: -1, messages: [{ topic: 'twice', partition: 0, value: Buffer.from('v') }] })
    await send()
    const first = await client.topic('twice')
    await client.call(deleteTopics, 6, { topics: [{ name: 'twice', topicId: uuidZero }], topicNames: [], timeoutMs: 1000 })
    await send()
    expect((await client.topic('twice')).topicId).not.toBe(first.topicId)
    await producer.close()
  })
})
