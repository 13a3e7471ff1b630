import { Admin, Consumer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { listOffsets } from '../../src/protocol/messages/list-offsets.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs, kafkajsFetch } from '../support/kafkajs-client.ts'
import { platformaticFetch } from '../support/platformatic-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Where a consumer starts, what time its records have, and how it waits for the next one. */
let server: InProcessServer
let client: WireClient

beforeAll(async () => {
  server = await startInProcess()
  client = await WireClient.connect(server.kafka)
})

afterAll(async () => {
  client.close()
  await server.close()
})

const batchAt = (...timestamps: number[]): Uint8Array =>
  buildBatch({ records: timestamps.map((timestampMs) => ({ timestampMs: BigInt(timestampMs), value: Buffer.from('v') })) })

describe('ListOffsets', () => {
  beforeAll(async () => {
    await client.topic('times')
    for (const batch of [batchAt(1000, 1010, 1020), batchAt(3000), batchAt(2000, 2000)]) await client.produce('times', batch)
  })

  async function offsetAt(timestamp: bigint, version: number): Promise<{ errorCode: number; offset: bigint; timestamp: bigint }> {
    const { topics } = await client.call(listOffsets, version, {
      replicaId: -1,
      isolationLevel: 0,
      topics: [{ name: 'times', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp }] }],
    })
    const [answer] = topics[0]?.partitions ?? []
    if (!answer) throw new Error('no answer')
    return { errorCode: answer.errorCode, offset: answer.offset, timestamp: answer.timestamp }
  }

  for (const [meaning, asked, offset, timestamp] of [
    ['earliest', -2n, 0n, -1n],
    ['latest', -1n, 6n, -1n],
    ['before everything', 0n, 0n, 1000n],
    ['the first record at a time', 1010n, 1n, 1010n],
    ['the first record after a time, in a batch', 1011n, 2n, 1020n],
    ['the first record after a time, in a later batch', 1021n, 3n, 3000n],
    ['after everything', 3001n, -1n, -1n],
  ] as const)
    test(meaning, async () => {
      for (const version of [1, 5, 9]) expect(await offsetAt(asked, version), `v${version}`).toEqual({ errorCode: 0, offset, timestamp })
    })

  test('the newest timestamp, which need not be the last', async () => {
    expect(await offsetAt(-3n, 7)).toEqual({ errorCode: 0, offset: 3n, timestamp: 3000n })
  })

  test('the newest timestamp is not a question of v6', async () => {
    expect(await offsetAt(-3n, 6)).toMatchObject({ errorCode: 35, offset: -1n })
  })

  test('as kafkajs asks', async () => {
    const admin = kafkajs(server.kafka).admin()
    await admin.connect()
    expect(await admin.fetchTopicOffsets('times')).toEqual([{ partition: 0, offset: '6', low: '0', high: '6' }])
    expect(await admin.fetchTopicOffsetsByTimestamp('times', 1015)).toEqual([{ partition: 0, offset: '2' }])
    await admin.disconnect()
  })

  test('as @platformatic/kafka asks', async () => {
    const consumer = new Consumer({ clientId: 'platformatic', groupId: 'none', bootstrapBrokers: [server.kafka] })
    const admin = new Admin({ clientId: 'platformatic', bootstrapBrokers: [server.kafka] })
    expect(await consumer.listOffsets({ topics: ['times'], timestamp: -2n })).toEqual(new Map([['times', [0n]]]))
    expect(await consumer.listOffsets({ topics: ['times'], timestamp: -1n })).toEqual(new Map([['times', [6n]]]))
    expect(await admin.listOffsets({ topics: [{ name: 'times', partitions: [{ partitionIndex: 0, timestamp: -3n }] }] })).toMatchObject([
      { partitions: [{ offset: 3n, timestamp: 3000n }] },
    ])
    await consumer.close()
    await admin.close()
  })

  test('a partition that does not exist is said to be unknown', async () => {
    const { topics } = await client.call(listOffsets, 5, {
      replicaId: -1,
      isolationLevel: 0,
      topics: ['times', 'nowhere'].map((name) => ({ name, partitions: [{ partitionIndex: 1, currentLeaderEpoch: -1, timestamp: -1n }] })),
    })
    expect(topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([3, 3])
  })
})

test('LogAppendTime: every client reads the time of the broker, and Produce answers it', async () => {
  const admin = kafkajs(server.kafka).admin()
  await admin.connect()
  const configEntries = [{ name: 'message.timestamp.type', value: 'LogAppendTime' }]
  await admin.createTopics({ topics: [{ topic: 'append-time', numPartitions: 1, configEntries }] })
  await admin.disconnect()
  const before = BigInt(Date.now())
  const { logAppendTimeMs, errorCode } = await client.produce('append-time', batchAt(1, 2, 3))
  expect(errorCode).toBe(0)
  expect(logAppendTimeMs).toBeGreaterThanOrEqual(before)
  expect((await kafkajsFetch(server.kafka, { topic: 'append-time' })).map(({ timestampMs }) => timestampMs)).toEqual(
    Array(3).fill(logAppendTimeMs),
  )
  expect((await platformaticFetch(server.kafka, { topic: 'append-time' })).map(({ timestampMs }) => timestampMs)).toEqual(
    Array(3).fill(logAppendTimeMs),
  )
})

test('a topic that keeps the time of its producers answers no append time', async () => {
  await client.topic('create-time')
  expect(await client.produce('create-time', batchAt(1))).toMatchObject({ errorCode: 0, logAppendTimeMs: -1n })
})

describe('a fetch that waits', () => {
  const asked = (topic: string, { maxWaitMs, offset = 0n, minBytes = 1 }: { maxWaitMs: number; offset?: bigint; minBytes?: number }) => ({
    maxWaitMs,
    minBytes,
    maxBytes: 1 << 20,
    isolationLevel: 0,
    topics: [{ topic, topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: offset, partitionMaxBytes: 1 << 20 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })

  test('is answered by the next produce, long before its time is over', async () => {
    const waiter = await WireClient.connect(server.kafka)
    await client.topic('awaited')
    const events: string[] = []
    // Longer than this test may take: only the produce can end it.
    const fetched = waiter.call(fetch, 11, asked('awaited', { maxWaitMs: 600_000 })).then((answer) => {
      events.push('fetched')
      return answer
    })
    // A request of another connection that is answered later than the fetch arrived.
    await client.topic('awaited')
    expect(events).toEqual([])
    await client.produce('awaited', batchAt(5))
    const { responses } = await fetched
    expect(responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 1n })
    expect(responses[0]?.partitions[0]?.records?.byteLength).toBeGreaterThan(61)
    waiter.close()
  })

  test('waits on until there are as many bytes as it asked for', async () => {
    const waiter = await WireClient.connect(server.kafka)
    await client.topic('awaited-bytes')
    const batch = batchAt(5)
    const fetched = waiter.call(fetch, 11, asked('awaited-bytes', { maxWaitMs: 600_000, minBytes: batch.byteLength * 3 }))
    for (let count = 0; count < 3; count++) await client.produce('awaited-bytes', batch)
    const { responses } = await fetched
    expect(responses[0]?.partitions[0]?.records?.byteLength).toBe(batch.byteLength * 3)
    waiter.close()
  })

  test('is answered empty when its time is over', async () => {
    await client.topic('silent')
    const { responses } = await client.call(fetch, 11, asked('silent', { maxWaitMs: 20 }))
    expect(responses[0]?.partitions[0]).toMatchObject({ errorCode: 0, highWatermark: 0n, records: new Uint8Array(0) })
  })

  for (const [what, topic, offset, errorCode] of [
    ['behind the end of the log', 'times', 7n, 1],
    ['below zero', 'times', -1n, 1],
    ['of a topic that does not exist', 'nowhere', 0n, 3],
  ] as const)
    test(`an offset ${what} is answered at once`, async () => {
      const { responses } = await client.call(fetch, 11, asked(topic, { maxWaitMs: 600_000, offset }))
      expect(responses[0]?.partitions[0]).toMatchObject({ errorCode })
    })
})
