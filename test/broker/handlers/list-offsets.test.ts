import { beforeEach, describe, expect, test } from 'vitest'
import { listOffsets } from '../../../src/protocol/messages/list-offsets.ts'
import { produce } from '../../../src/protocol/messages/produce.ts'
import { kafkaErrorName } from '../../../src/protocol/errors.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import { produceRequest } from '../../support/wire-client.ts'
import { TestBroker } from '../support/test-broker.ts'

let broker: TestBroker
const clock = new ManualClock()

beforeEach(async () => {
  broker = await TestBroker.start({ clock })
  await broker.topic('orders', { partitionCount: 2 })
  await broker.topic('timed', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
  for (const times of [[1_000, 1_010], [3_000], [2_000, 2_000]]) {
    const records = times.map((timestampMs) => ({ timestampMs: BigInt(timestampMs), value: Buffer.from('v') }))
    for (const topic of ['orders', 'timed']) await broker.call(produce, 9, produceRequest(topic, buildBatch({ records })))
  }
})

async function offsetAt(timestamp: bigint, version: number, { topic = 'orders', partition = 0 } = {}) {
  const { topics } = await broker.call(listOffsets, version, {
    replicaId: -1,
    ...(version >= 2 && { isolationLevel: 1 }),
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }],
  } as Parameters<(typeof listOffsets)['request']['encode']>[2])
  const [answer] = topics[0]?.partitions ?? []
  return [kafkaErrorName(answer?.errorCode ?? -1), answer?.offset, answer?.timestamp, answer?.leaderEpoch]
}

describe('ListOffsets answers', () => {
  for (const [what, timestamp, first, offset, time] of [
    ['the latest offset', -1n, 1, 5n, -1n],
    ['the earliest offset', -2n, 1, 0n, -1n],
    ['the offset of the newest time, which need not be the last', -3n, 7, 2n, 3_000n],
    ['the earliest local offset, which is the earliest', -4n, 8, 0n, -1n],
    ['that nothing is tiered', -5n, 9, -1n, -1n],
    ['the first record of all', 0n, 1, 0n, 1_000n],
    ['the first record at a time', 1_010n, 1, 1n, 1_010n],
    ['the first record behind a time', 1_011n, 1, 2n, 3_000n],
    ['that there is none behind the newest', 3_001n, 1, -1n, -1n],
  ] as const)
    for (const version of [1, 3, 4, 6, 7, 8, 9].filter((version) => version >= first))
      test(`${what}, in v${version}`, async () => {
        expect(await offsetAt(timestamp, version)).toEqual(['NONE', offset, time, version >= 4 && offset >= 0n ? 0 : -1])
      })

  for (const [timestamp, version] of [
    [-3n, 6],
    [-4n, 7],
    [-5n, 8],
    [-6n, 9],
    [-7n, 9],
    [-(2n ** 63n), 9],
  ] as const)
    test(`that ${timestamp} means nothing in v${version}`, async () => {
      expect(await offsetAt(timestamp, version)).toEqual(['UNSUPPORTED_VERSION', -1n, -1n, -1])
    })

  test('of an empty partition where it begins and ends, and no time', async () => {
    const empty = { partition: 1 }
    expect(await offsetAt(-1n, 9, empty)).toEqual(['NONE', 0n, -1n, 0])
    expect(await offsetAt(-2n, 9, empty)).toEqual(['NONE', 0n, -1n, 0])
    expect(await offsetAt(-3n, 9, empty)).toEqual(['NONE', -1n, -1n, -1])
    expect(await offsetAt(0n, 9, empty)).toEqual(['NONE', -1n, -1n, -1])
  })

  test("by the broker's time where the topic takes it", async () => {
    const nowMs = BigInt(clock.now())
    expect(await offsetAt(2_000n, 9, { topic: 'timed' })).toEqual(['NONE', 0n, nowMs, 0])
    expect(await offsetAt(-3n, 9, { topic: 'timed' })).toEqual(['NONE', 0n, nowMs, 0])
    expect(await offsetAt(nowMs + 1n, 9, { topic: 'timed' })).toEqual(['NONE', -1n, -1n, -1])
  })

  test('that a topic or a partition is not there', async () => {
    for (const where of [{ topic: 'nobody' }, { partition: 2 }, { partition: -1 }])
      expect(await offsetAt(-1n, 9, where)).toEqual(['UNKNOWN_TOPIC_OR_PARTITION', -1n, -1n, -1])
  })
})
