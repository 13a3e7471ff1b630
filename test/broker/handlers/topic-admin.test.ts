import { beforeEach, describe, expect, test } from 'vitest'
import { createTopics } from '../../../src/protocol/messages/create-topics.ts'
import { deleteTopics } from '../../../src/protocol/messages/delete-topics.ts'
import { kafkaErrorName } from '../../../src/protocol/errors.ts'
import { uuidZero } from '../../../src/protocol/types.ts'
import { TestBroker } from '../support/test-broker.ts'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start({ defaultPartitions: 4, defaults: { 'retention.ms': '1000' } })
})

interface Creatable {
  readonly name: string
  readonly numPartitions?: number
  readonly replicationFactor?: number
  readonly assignments?: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[]
  readonly configs?: readonly { readonly name: string; readonly value: string | null }[]
}

async function create(topics: readonly Creatable[], { version = 7, validateOnly = false } = {}) {
  const asked = topics.map(({ name, numPartitions = -1, replicationFactor = -1, assignments = [], configs = [] }) => ({
    name,
    numPartitions,
    replicationFactor,
    assignments: assignments.map(({ partitionIndex, brokerIds }) => ({ partitionIndex, brokerIds: [...brokerIds] })),
    configs: [...configs],
  }))
  return (await broker.call(createTopics, version, { topics: asked, validateOnly })).topics
}

const codes = (answers: readonly { readonly errorCode: number }[]) => answers.map(({ errorCode }) => kafkaErrorName(errorCode))
const names = (): string[] => broker.context.topics.list().map(({ name }) => name)

describe('CreateTopics', () => {
  test('answers with the id, and with every config and where its value comes from', async () => {
    const [topic] = await create([{ name: 'orders', configs: [{ name: 'max.message.bytes', value: '2000' }] }])
    expect(topic).toMatchObject({ name: 'orders', errorCode: 0, errorMessage: null, numPartitions: 4, replicationFactor: 1 })
    expect(topic?.topicId).toBe(broker.context.topics.get('orders')?.topicId)
    const config = (name: string) => topic?.configs?.find((entry) => entry.name === name)
    expect(config('max.message.bytes')).toMatchObject({ value: '2000', configSource: 1 })
    expect(config('retention.ms'), "the server's default").toMatchObject({ value: '1000', configSource: 4 })
    expect(config('cleanup.policy')).toMatchObject({ value: 'delete', configSource: 5 })
  })

  for (const version of [2, 4, 5, 6])
    test(`is understood in v${version}`, async () => expect(codes(await create([{ name: 'x' }], { version }))).toEqual(['NONE']))

  for (const [what, creatable, code] of [
    ['a name with a space', { name: 'a b' }, 'INVALID_TOPIC_EXCEPTION'],
    ['no name', { name: '' }, 'INVALID_TOPIC_EXCEPTION'],
    ['no partitions', { numPartitions: 0 }, 'INVALID_PARTITIONS'],
    ['fewer than no partitions', { numPartitions: -2 }, 'INVALID_PARTITIONS'],
    ['too many partitions', { numPartitions: 10_001 }, 'INVALID_PARTITIONS'],
    ['three replicas on one broker', { replicationFactor: 3 }, 'INVALID_REPLICATION_FACTOR'],
    ['no replicas', { replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR'],
    ['an unknown config', { configs: [{ name: 'no.such', value: '1' }] }, 'INVALID_CONFIG'],
    ['a config that is no number', { configs: [{ name: 'retention.ms', value: 'soon' }] }, 'INVALID_CONFIG'],
    ['a config without a value', { configs: [{ name: 'retention.ms', value: null }] }, 'INVALID_CONFIG'],
    ['assignments and a count', { numPartitions: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }, 'INVALID_REQUEST'],
    ['assignments and replicas', { replicationFactor: 1, assignments: [{ partitionIndex: 0, brokerIds: [1] }] }, 'INVALID_REQUEST'],
    ['an assignment to a broker that is not there', { assignments: [{ partitionIndex: 0, brokerIds: [2] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['an assignment to nobody', { assignments: [{ partitionIndex: 0, brokerIds: [] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
    ['an assignment to one broker twice', { assignments: [{ partitionIndex: 0, brokerIds: [1, 1] }] }, 'INVALID_REPLICA_ASSIGNMENT'],
    [
      'assignments with a gap',
      { assignments: [0, 2].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) },
      'INVALID_REPLICA_ASSIGNMENT',
    ],
    [
      'a partition that is assigned twice',
      { assignments: [0, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) },
      'INVALID_REPLICA_ASSIGNMENT',
    ],
  ] as const)
    for (const validateOnly of [false, true])
      test(`refuses ${what}${validateOnly ? ' when it is only asked to validate' : ''}, and creates its neighbours`, async () => {
        const answers = await create([{ name: 'bad', ...creatable }, { name: 'good' }], { validateOnly })
        expect(codes(answers)).toEqual([code, 'NONE'])
        expect(answers[0]).toMatchObject({ topicId: uuidZero, numPartitions: -1, configs: [] })
        expect(answers[0]?.errorMessage).not.toBe('')
        expect(names()).toEqual(validateOnly ? [] : ['good'])
      })

  test('takes assignments in any order for what they are: a number of partitions', async () => {
    const assignments = [2, 0, 1].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] }))
    expect(await create([{ name: 'orders', assignments }])).toMatchObject([{ errorCode: 0, numPartitions: 3 }])
  })

  test('only validates when it is asked to, and says what there would be', async () => {
    expect(await create([{ name: 'orders' }], { validateOnly: true })).toMatchObject([
      { errorCode: 0, topicId: uuidZero, numPartitions: 4 },
    ])
    expect(names()).toEqual([])
    await create([{ name: 'orders' }])
    expect(codes(await create([{ name: 'orders' }], { validateOnly: true }))).toEqual(['TOPIC_ALREADY_EXISTS'])
  })

  test('refuses a topic that is named twice in one request, once, and one that is there', async () => {
    expect(codes(await create([{ name: 'twice' }, { name: 'once' }, { name: 'twice' }]))).toEqual(['INVALID_REQUEST', 'NONE'])
    expect(codes(await create([{ name: 'once' }]))).toEqual(['TOPIC_ALREADY_EXISTS'])
    expect(names()).toEqual(['once'])
  })

  test('makes one topic of twenty requests, and tells the others that it is there', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create([{ name: 'raced' }])))
    const all = codes(answers.flat())
    expect(all.filter((code) => code === 'NONE')).toHaveLength(1)
    expect(all.filter((code) => code === 'TOPIC_ALREADY_EXISTS')).toHaveLength(19)
  })

  test("refuses a topic whose table would be another topic's, as a name that cannot be", async () => {
    await create([{ name: 'click.stream' }])
    const [answer] = await create([{ name: 'Click_Stream' }])
    expect(kafkaErrorName(answer?.errorCode ?? 0)).toBe('INVALID_TOPIC_EXCEPTION')
    expect(answer?.errorMessage).toContain('would share table default.click_stream with topic click.stream')
  })
})

describe('DeleteTopics', () => {
  const byName = async (topicNames: readonly string[], version = 5) =>
    (await broker.call(deleteTopics, version, { topicNames: [...topicNames], timeoutMs: 1_000 })).responses
  const remove = async (topics: readonly { readonly name?: string | null; readonly topicId?: string }[]) =>
    (
      await broker.call(deleteTopics, 6, {
        topics: topics.map(({ name = null, topicId = uuidZero }) => ({ name, topicId })),
        timeoutMs: 1_000,
      })
    ).responses

  let topicId: string

  beforeEach(async () => {
    ;({ topicId } = await broker.topic('orders'))
  })

  for (const version of [1, 4, 5])
    test(`deletes by name in v${version}, each topic for itself`, async () => {
      const answers = await byName(['orders', 'nobody'], version)
      expect(codes(answers)).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
      expect(names()).toEqual([])
    })

  test('deletes by id, and tells the name', async () => {
    expect(await remove([{ topicId }])).toMatchObject([{ name: 'orders', topicId, errorCode: 0, errorMessage: null }])
    expect(await remove([{ topicId }])).toMatchObject([{ name: null, topicId, errorCode: 100 }])
  })

  test('deletes by name where ids can be given, and tells the id', async () => {
    expect(await remove([{ name: 'orders' }])).toMatchObject([{ name: 'orders', topicId, errorCode: 0 }])
  })

  for (const [what, asked] of [
    ['neither name nor id', () => [{}]],
    ['name and id', () => [{ name: 'orders', topicId }]],
    ['the same name twice', () => [{ name: 'orders' }, { name: 'orders' }]],
    ['the same id twice', () => [{ topicId }, { topicId }]],
    ['a topic by its name and by its id', () => [{ name: 'orders' }, { topicId }]],
  ] as const)
    test(`deletes nothing for ${what}`, async () => {
      for (const code of codes(await remove(asked()))) expect(code).toBe('INVALID_REQUEST')
      expect(names()).toEqual(['orders'])
    })

  test('leaves nothing behind: the name is free, and the new topic is another one', async () => {
    await byName(['orders'])
    const created = await broker.topic('orders')
    expect(created.topicId).not.toBe(topicId)
    expect(broker.log.offsets(topicId, 0)).toBeUndefined()
    expect(broker.log.offsets(created.topicId, 0)).toEqual({ logStartOffset: 0n, nextOffset: 0n })
  })

  test('of two requests at once deletes once', async () => {
    const answers = await Promise.all([byName(['orders']), byName(['orders'])])
    expect(codes(answers.flat())).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
  })
})
