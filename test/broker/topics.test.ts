import { beforeEach, describe, expect, test } from 'vitest'
import type { TopicListener } from '../../src/broker/topics.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { TestBroker } from './support/test-broker.ts'

let broker: TestBroker

beforeEach(async () => {
  broker = await TestBroker.start()
})

const topics = () => broker.context.topics
const asked = (name: string, configs: { readonly [key: string]: string } = {}) => ({ name, partitionCount: 1, configs })

/** Notes what it is told, and may fail at it. */
function listening(told: string[], failing: readonly string[] = []): TopicListener {
  const left = [...failing]
  const note = async (what: string): Promise<void> => {
    told.push(what)
    const place = left.indexOf(what)
    if (place < 0) return
    left.splice(place, 1)
    throw new HeadgateError('store-unavailable', `${what} failed on purpose`)
  }
  return {
    onCreated: ({ name }) => note(`created ${name}`),
    onChanged: ({ name, settings }) => note(`changed ${name} to ${settings.retentionMs}`),
    onDeleting: ({ name }) => note(`deleting ${name}`),
    onDeleted: ({ name }) => note(`deleted ${name}`),
  }
}

describe('a topic', () => {
  test('is shown to nobody before everything about it can be used', async () => {
    const opened = Promise.withResolvers<void>()
    topics().addListener({ ...listening([]), onCreated: () => opened.promise })
    const creating = topics().create(asked('slow'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(topics().get('slow')).toBeUndefined()
    opened.resolve()
    const { topicId } = await creating
    expect(topics().get('slow')?.topicId).toBe(topicId)
    expect(topics().getById(topicId)?.name).toBe('slow')
  })

  test('comes with its life: created, changed, deleted, each told once', async () => {
    const told: string[] = []
    topics().addListener(listening(told))
    await topics().create(asked('orders'))
    await topics().changeConfigs('orders', (configs) => ({ ...configs, 'retention.ms': '5' }))
    await topics().delete('orders')
    expect(told).toEqual(['created orders', 'changed orders to 5', 'deleting orders', 'deleted orders'])
    expect([topics().get('orders'), topics().list()]).toEqual([undefined, []])
  })

  test('that could not be opened when it was created is opened when it is asked for again', async () => {
    const told: string[] = []
    topics().addListener(listening(told, ['created orders']))
    await expect(topics().create(asked('orders'))).rejects.toMatchObject({ kind: 'store-unavailable' })
    expect(topics().get('orders')).toBeUndefined()
    const [first] = await broker.context.state.listTopics()
    expect(await topics().getOrCreate(asked('orders'))).toMatchObject({ topicId: first?.topicId })
    expect(topics().get('orders')?.topicId).toBe(first?.topicId)
    await expect(topics().create(asked('orders'))).rejects.toMatchObject({ kind: 'already-exists' })
  })

  test('that could not be opened keeps what it was created with, whoever asks for it again with something else', async () => {
    topics().addListener(listening([], ['created orders']))
    await topics()
      .create(asked('orders', { 'lake.table': 'lake.mine' }))
      .catch(() => undefined)
    await expect(topics().create(asked('orders', { 'lake.table': 'lake.other' }))).rejects.toMatchObject({ kind: 'already-exists' })
    expect(topics().get('orders')?.settings.lake.table).toEqual({ namespace: 'lake', table: 'mine' })
    await expect(topics().create(asked('thief', { 'lake.table': 'lake.mine' }))).rejects.toMatchObject({ kind: 'already-exists' })
    expect(await topics().create(asked('free', { 'lake.table': 'lake.other' }))).toMatchObject({ name: 'free' })
  })

  test('is found again by another process, with its configs', async () => {
    const { topicId } = await topics().create(asked('orders', { 'retention.ms': '5' }))
    const { state } = broker.context
    const other = await TestBroker.start({ wrapState: () => state })
    await other.context.topics.open()
    expect(other.context.topics.get('orders')).toMatchObject({ topicId, settings: { retentionMs: 5 } })
  })
})

describe("a topic's table", () => {
  test("is never another topic's, whatever the topics are called", async () => {
    await topics().create(asked('click.stream'))
    for (const other of [asked('click_stream'), asked('x', { 'lake.table': 'default.click_stream' })])
      await expect(topics().create(other)).rejects.toMatchObject({
        kind: 'already-exists',
        message: expect.stringContaining('would share table default.click_stream with topic click.stream') as string,
      })
  })

  test('is taken by one of two topics that are created at once', async () => {
    const outcomes = await Promise.allSettled(['a.b', 'a_b', 'A-B'].map((name) => topics().create(asked(name))))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  })

  test('is free again when its topic is deleted, or has another one', async () => {
    await topics().create(asked('a.b'))
    await topics().changeConfigs('a.b', () => ({ 'lake.table': 'lake.other' }))
    await topics().create(asked('a_b'))
    await topics().delete('a_b')
    await topics().create(asked('A.B'))
    await expect(topics().changeConfigs('a.b', () => ({}))).rejects.toMatchObject({ kind: 'already-exists' })
    expect(topics().get('a.b')?.settings.lake.table.table).toBe('other')
  })

  test('is free again when its topic could not be stored', async () => {
    let isAway = true
    broker = await TestBroker.start({
      wrapState: (state) => ({
        ...state,
        createTopic: (topic) =>
          isAway ? Promise.reject(new HeadgateError('store-unavailable', 'away on purpose')) : state.createTopic(topic),
      }),
    })
    await expect(topics().create(asked('a.b'))).rejects.toMatchObject({ kind: 'store-unavailable' })
    isAway = false
    expect(await topics().create(asked('a_b'))).toMatchObject({ name: 'a_b' })
  })

  test('of Delta alone cannot be led by Iceberg later', async () => {
    await topics().create(asked('orders', { 'lake.formats': 'delta' }))
    await expect(topics().changeConfigs('orders', () => ({ 'lake.formats': 'iceberg,delta' }))).rejects.toThrow(
      'Iceberg cannot join topic orders',
    )
    expect(topics().get('orders')?.settings.lake.formats).toEqual(['delta'])
  })
})

describe('changes of one topic', () => {
  test('see each other, in the order they were asked for', async () => {
    await topics().create(asked('orders'))
    const seen: string[] = []
    await Promise.all(
      ['1', '2', '3'].map((value) =>
        topics().changeConfigs('orders', (configs) => {
          seen.push(configs['retention.ms'] ?? 'none')
          return { 'retention.ms': value }
        }),
      ),
    )
    expect(seen).toEqual(['none', '1', '2'])
  })

  test('that fail leave what was there, and do not keep the next one from it', async () => {
    await topics().create(asked('orders', { 'retention.ms': '1' }))
    const failing = topics().changeConfigs('orders', () => ({ 'retention.ms': 'soon' }))
    const next = topics().changeConfigs('orders', (configs) => ({ ...configs, 'retention.bytes': '2' }))
    await expect(failing).rejects.toMatchObject({ kind: 'invalid-argument' })
    expect((await next).configs).toEqual({ 'retention.ms': '1', 'retention.bytes': '2' })
  })

  test('come to nothing once it is deleted', async () => {
    await topics().create(asked('orders'))
    const outcomes = await Promise.allSettled([
      topics().delete('orders'),
      topics().delete('orders'),
      topics().changeConfigs('orders', () => ({})),
    ])
    expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as HeadgateError).kind : 'done'))).toEqual([
      'done',
      'not-found',
      'not-found',
    ])
  })
})
