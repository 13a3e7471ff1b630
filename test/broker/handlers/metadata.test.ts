import { beforeEach, describe, expect, test } from 'vitest'
import { metadata } from '../../../src/protocol/messages/metadata.ts'
import { uuidZero } from '../../../src/protocol/types.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { TestBroker } from '../support/test-broker.ts'

const UNKNOWN_TOPIC_OR_PARTITION = 3
const INVALID_TOPIC_EXCEPTION = 17
const UNKNOWN_TOPIC_ID = 100
const unheardOf = '99999999-9999-4999-8999-999999999999'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
  await broker.topic('a', { partitionCount: 2 })
  await broker.topic('b')
})

type AskedTopics = readonly { readonly name?: string | null; readonly topicId?: string }[] | null

async function topicsOf(version: number, asked: AskedTopics, { mayCreate = true } = {}) {
  const topics = asked?.map(({ name = null, topicId = uuidZero }) => ({ name, topicId })) ?? null
  return (await broker.call(metadata, version, { topics, ...(version >= 4 && { allowAutoTopicCreation: mayCreate }) })).topics
}

describe('Metadata lists', () => {
  for (const [version, asked, names] of [
    [0, [], ['a', 'b']],
    [1, null, ['a', 'b']],
    [1, [], []],
    [9, null, ['a', 'b']],
    [12, null, ['a', 'b']],
    [12, [], []],
    [12, [{ name: 'b' }], ['b']],
  ] as const)
    test(`${names.join(' and ') || 'nothing'} for ${JSON.stringify(asked)} in v${version}`, async () => {
      expect((await topicsOf(version, asked)).map(({ name }) => name)).toEqual(names)
    })

  test('one node, where the client reached it, that leads everything at an epoch that never changes', async () => {
    const answer = await broker.call(metadata, 12, { topics: [{ name: 'a', topicId: uuidZero }] })
    expect(answer.brokers).toEqual([{ nodeId: 1, host: 'broker.test', port: 9092, rack: null }])
    expect(answer.controllerId).toBe(1)
    expect(answer.clusterId).toBe(broker.context.clusterId)
    const [topic] = answer.topics
    const leader = { leaderId: 1, leaderEpoch: 0, replicaNodes: [1], isrNodes: [1], offlineReplicas: [] }
    expect(topic?.partitions).toEqual([0, 1].map((partitionIndex) => ({ errorCode: 0, partitionIndex, ...leader })))
    expect(topic?.topicId).toBe(broker.context.topics.get('a')?.topicId)
    expect(topic?.topicId).not.toBe(uuidZero)
  })
})

describe('Metadata by topic id', () => {
  for (const version of [10, 12])
    test(`finds the topic, and says which id it does not know, in v${version}`, async () => {
      const topicId = broker.context.topics.get('b')?.topicId ?? ''
      const [known, unknown] = await topicsOf(version, [{ topicId }, { topicId: unheardOf }])
      expect(known).toMatchObject({ errorCode: 0, name: 'b', topicId })
      expect(unknown).toMatchObject({ errorCode: UNKNOWN_TOPIC_ID, name: version < 12 ? '' : null, topicId: unheardOf, partitions: [] })
    })

  test('creates nothing', async () => {
    await topicsOf(12, [{ topicId: unheardOf }])
    expect(broker.context.topics.list()).toHaveLength(2)
  })
})

describe('a topic that is not there', () => {
  test('is created with the default number of partitions where the client and the broker allow it', async () => {
    broker = await TestBroker.start({ defaultPartitions: 3 })
    expect(await topicsOf(4, [{ name: 'new' }])).toMatchObject([{ errorCode: 0, name: 'new', partitions: [{}, {}, {}] }])
    // Before v4 nobody can say no.
    expect(await topicsOf(1, [{ name: 'old-client' }])).toMatchObject([{ errorCode: 0 }])
  })

  test('is unknown where either does not', async () => {
    expect(await topicsOf(12, [{ name: 'new' }], { mayCreate: false })).toMatchObject([
      { errorCode: UNKNOWN_TOPIC_OR_PARTITION, name: 'new', topicId: uuidZero },
    ])
    broker = await TestBroker.start({ autoCreateTopics: false })
    expect(await topicsOf(12, [{ name: 'new' }])).toMatchObject([{ errorCode: UNKNOWN_TOPIC_OR_PARTITION }])
    expect(broker.context.topics.list()).toEqual([])
  })

  test('is never asked for again where its name can be none, whether it may be created or not', async () => {
    for (const mayCreate of [true, false])
      for (const name of ['', '.', '..', 'a b', 'é', 'x'.repeat(250)])
        expect(await topicsOf(9, [{ name }], { mayCreate }), name).toMatchObject([{ errorCode: INVALID_TOPIC_EXCEPTION, name }])
  })

  test('is made once, by however many clients that ask at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => topicsOf(12, [{ name: 'new' }, { name: 'a' }])))
    expect(new Set(answers.map(([topic]) => topic?.topicId)).size).toBe(1)
    expect(broker.context.topics.list().map(({ name }) => name)).toEqual(['a', 'b', 'new'])
  })

  test('comes to be known although its creation was stored and then failed', async () => {
    const lost = new Set(['createTopic'])
    broker = await TestBroker.start({
      wrapState: (state) => ({
        ...state,
        async createTopic(topic) {
          const outcome = await state.createTopic(topic)
          if (lost.delete('createTopic')) throw new HeadgateError('store-outcome-unknown', 'the answer was lost on purpose')
          return outcome
        },
      }),
    })
    const [first] = await topicsOf(12, [{ name: 'new' }])
    expect(first?.errorCode).not.toBe(INVALID_TOPIC_EXCEPTION)
    expect(await topicsOf(12, [{ name: 'new' }])).toMatchObject([{ errorCode: 0, name: 'new', partitions: [{}] }])
    expect(broker.log.offsets(broker.context.topics.get('new')?.topicId ?? '', 0)).toEqual({ logStartOffset: 0n, nextOffset: 0n })
  })
})
