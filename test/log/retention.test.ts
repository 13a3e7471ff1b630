import { describe, expect, test } from 'vitest'
import type { RetentionRules } from '../../src/log/retention.ts'
import { limits } from '../../src/shared/limits.ts'
import { batchOf, sequenced, topicId } from './support/batches.ts'
import { Gate, idle, openTestLog, type TestLog } from './support/test-log.ts'

const nobody = (): undefined => undefined
const unlimited: RetentionRules = { policyOf: () => ({ retentionMs: -1, retentionBytes: -1 }), keepFrom: nobody }
const batchBytes = batchOf({}).bytes.length

describe('retention', () => {
  test('by time removes what is older, the oldest first, and stops at the first that is not', async () => {
    const { log, clock } = await logOfAges([10, 9, 2, 9, 1])
    const report = await log.enforceRetention({ ...unlimited, policyOf: () => ({ retentionMs: 5, retentionBytes: -1 }) })
    expect(report).toMatchObject({ removedBatches: 2, removedBytes: 2 * batchBytes })
    expect(log.offsets(topicId, 0)).toEqual({ logStartOffset: 2n, nextOffset: 5n })
    await clock.advance(10)
    await log.enforceRetention({ ...unlimited, policyOf: () => ({ retentionMs: 5, retentionBytes: -1 }) })
    expect(log.offsets(topicId, 0)).toEqual({ logStartOffset: 5n, nextOffset: 5n })
  })

  test('by size keeps at least as many bytes, and no whole batch more', async () => {
    for (const [retentionBytes, logStartOffset] of [
      [5 * batchBytes, 0n],
      [5 * batchBytes - 1, 0n],
      [4 * batchBytes, 1n],
      [1, 4n],
      [0, 5n],
      [-1, 0n],
    ] as const) {
      const { log } = await logOfAges([1, 1, 1, 1, 1])
      await log.enforceRetention({ ...unlimited, policyOf: () => ({ retentionMs: -1, retentionBytes }) })
      expect(log.offsets(topicId, 0)).toEqual({ logStartOffset, nextOffset: 5n })
    }
  })

  test('never removes what somebody still needs, nor a batch that reaches into it', async () => {
    const { log } = await openTestLog()
    for (const values of [['a', 'b'], ['c', 'd'], ['e']]) await log.append(batchOf({ values }))
    const everything = { policyOf: () => ({ retentionMs: 0, retentionBytes: 0 }) }
    await log.enforceRetention({ ...everything, keepFrom: () => 0n })
    expect(log.offsets(topicId, 0)).toMatchObject({ logStartOffset: 0n })
    await log.enforceRetention({ ...everything, keepFrom: () => 3n })
    expect(log.offsets(topicId, 0)).toMatchObject({ logStartOffset: 2n })
    await log.enforceRetention({ ...everything, keepFrom: nobody })
    expect(log.offsets(topicId, 0)).toMatchObject({ logStartOffset: 5n })
  })

  test('takes as many steps as it needs', async () => {
    const { log } = await openTestLog()
    const batch = batchOf({})
    const count = 2 * limits.readBatchesMax + 3
    await Promise.all(Array.from({ length: count }, () => log.append(batch)))
    const report = await log.enforceRetention({ ...unlimited, policyOf: () => ({ retentionMs: 0, retentionBytes: 2 * batchBytes }) })
    expect(report.removedBatches).toBe(count)
    expect(log.offsets(topicId, 0)).toEqual({ logStartOffset: BigInt(count), nextOffset: BigInt(count) })
  })

  test('leaves a topic without a policy alone, and stops when it is told to', async () => {
    const { log } = await logOfAges([10])
    await log.enforceRetention({ ...unlimited, policyOf: () => undefined })
    const stopped = log.enforceRetention({
      policyOf: () => ({ retentionMs: 0, retentionBytes: 0 }),
      keepFrom: nobody,
      signal: AbortSignal.abort(),
    })
    await expect(stopped).rejects.toThrow('aborted')
    expect(log.offsets(topicId, 0)).toMatchObject({ logStartOffset: 0n })
  })

  test('forgets producers that wrote nothing for a day', async () => {
    const { log, clock, state } = await openTestLog()
    await log.append(sequenced(0))
    const loadedAt = async () =>
      state.appendBatches({ partitions: [], producers: [{ topicId, partition: 0, producerId: 2000n }] }, (loaded) => ({
        batches: [],
        nextOffsets: [],
        producers: [],
        result: loaded.producerOf({ topicId, partition: 0 }, 2000n),
      }))
    await log.enforceRetention(unlimited)
    expect(await loadedAt()).toBeDefined()
    await clock.advance(limits.producerIdExpiryMs + 1)
    await log.enforceRetention(unlimited)
    expect(await loadedAt()).toBeUndefined()
  })
})

describe('pieces', () => {
  test('are deleted when no batch of any partition uses them, and never the one being written', async () => {
    const { log, files } = await openTestLog({ segmentBytesMax: 2 * batchBytes })
    await Promise.all([log.append(batchOf({})), log.append(batchOf({ partition: 1 }))])
    await log.append(batchOf({}))
    expect(files.files.size).toBe(2)
    const everythingOf = (partition: number): RetentionRules => ({
      policyOf: () => ({ retentionMs: 0, retentionBytes: 0 }),
      keepFrom: (_, index) => (index === partition ? undefined : 0n),
    })
    expect(await log.enforceRetention(everythingOf(0))).toMatchObject({ removedBatches: 2, removedPieces: 0 })
    expect(await log.enforceRetention(everythingOf(1))).toMatchObject({ removedBatches: 1, removedPieces: 1 })
    expect(files.files.size).toBe(1)
  })

  test('of a deleted topic are deleted', async () => {
    const { log, state, files } = await openTestLog({ segmentBytesMax: 1 })
    for (let count = 0; count < 3; count++) await log.append(batchOf({}))
    await state.deleteTopic(topicId)
    await log.removeTopic(topicId)
    expect(files.files.size).toBe(1)
    expect(log.offsets(topicId, 0)).toBeUndefined()
    expect(await log.append(batchOf({}))).toEqual({ kind: 'unknown-partition' })
  })

  test('that failed or were left by a crash are deleted', async () => {
    const { log, files } = await openTestLog()
    files.files.set('1600000000000-0badcafe.log', { bytes: new Uint8Array(9), syncedBytes: 9 })
    await log.append(batchOf({ partition: 9 }))
    files.failNext = 'sync'
    await log.append(batchOf({}))
    await log.append(batchOf({}))
    expect(files.files.size).toBe(3)
    expect(await log.enforceRetention(unlimited)).toMatchObject({ removedPieces: 2 })
    expect(files.files.size).toBe(1)
  })

  test('with a batch on its way into the index are not deleted', async () => {
    const gate = new Gate()
    const { log, files } = await openTestLog({
      segmentBytesMax: 1,
      wrapState: (store) => ({
        ...store,
        appendBatches: async (scope, decide) => {
          await gate.pass()
          return store.appendBatches(scope, decide)
        },
      }),
    })
    const first = log.append(batchOf({}))
    await idle()
    const second = log.append(batchOf({}))
    await idle()
    expect(files.files.size).toBe(2)
    const pass = log.enforceRetention(unlimited)
    await idle()
    gate.open()
    await Promise.all([first, second])
    expect(await pass).toMatchObject({ removedPieces: 0 })
    const read = await log.read({ topicId, partition: 0, offset: 0n, bytesMax: 1_000_000 })
    expect(read).toMatchObject({ kind: 'batches', batches: [{ baseOffset: 0n }, { baseOffset: 1n }] })
  })
})

/** One batch of one record per age, in milliseconds before now. */
async function logOfAges(ages: readonly number[]): Promise<TestLog> {
  const opened = await openTestLog()
  for (const age of ages) await opened.log.append(batchOf({ timestamps: [BigInt(opened.clock.now() - age)] }))
  return opened
}
