import { describe, expect, test } from 'vitest'
import type { AppendedBatch } from '../../src/log/log.ts'
import { limits } from '../../src/shared/limits.ts'
import { batchOf, sequenced, topicId } from './support/batches.ts'
import { Gate, idle, isSettled, openTestLog } from './support/test-log.ts'
import { afterAppend, afterCommit, beforeCommit, counting, offsetOf } from './support/wrappers.ts'

describe('an append is answered', () => {
  test('only after its bytes are on stable storage and its offsets in the state store', async () => {
    const bytesGate = new Gate()
    const stateGate = new Gate()
    const { log, state } = await openTestLog({
      wrapPieces: (pieces) => afterAppend(pieces, () => bytesGate.pass()),
      wrapState: (store) => afterCommit(store, () => stateGate.pass()),
    })
    const answer = log.append(batchOf({}))
    expect(await isSettled(answer)).toBe(false)
    expect(bytesGate.arrivals).toBe(1)
    expect((await state.partitionOffsets(topicId, 0))?.nextOffset).toBe(0n)
    bytesGate.open()
    expect(await isSettled(answer)).toBe(false)
    expect(stateGate.arrivals).toBe(1)
    expect(log.offsets(topicId, 0)?.nextOffset).toBe(0n)
    stateGate.open()
    expect(await answer).toEqual({ kind: 'appended', baseOffset: 0n, logAppendTimeMs: null, logStartOffset: 0n })
    expect(log.offsets(topicId, 0)?.nextOffset).toBe(1n)
  })

  test('after its listeners were told, in offset order, with the ticket that came with it', async () => {
    const { log } = await openTestLog()
    const told: AppendedBatch[] = []
    const stop = log.onAppend((appended) => told.push(appended))
    const first = batchOf({ values: ['a', 'b'], timestamps: [5n, 9n], ticket: 7 })
    await Promise.all([log.append(first), log.append(batchOf({ ticket: 8, logAppendTimeMs: 77n }))])
    stop()
    await log.append(batchOf({}))
    const common = { topicId, partition: 0 }
    expect(told).toEqual([
      { ...common, baseOffset: 0n, nextOffset: 2n, maxTimestampMs: 9n, logAppendTimeMs: null, byteLength: first.bytes.length, ticket: 7 },
      { ...common, baseOffset: 2n, nextOffset: 3n, maxTimestampMs: 77n, logAppendTimeMs: 77n, byteLength: expect.any(Number), ticket: 8 },
    ])
  })

  test('though a listener throws', async () => {
    const { log } = await openTestLog()
    log.onAppend(() => {
      throw new Error('a bug above')
    })
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended' })
  })

  test('with unknown-partition for a topic or partition that is not there, and its neighbours are stored', async () => {
    const { log } = await openTestLog()
    const outcomes = await Promise.all([
      log.append(batchOf({ partition: 3 })),
      log.append(batchOf({})),
      log.append({ ...batchOf({}), topicId: '22222222-2222-4222-8222-222222222222' }),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unknown-partition', 'appended', 'unknown-partition'])
  })
})

describe('group commit', () => {
  test('batches of one turn are one write and one transaction; those that come meanwhile are the next', async () => {
    const gate = new Gate()
    const writes: number[] = []
    const { log } = await openTestLog({
      wrapPieces: (pieces) =>
        counting(
          afterAppend(pieces, () => gate.pass()),
          writes,
        ),
    })
    const answers = [0, 1, 2].map((partition) => log.append(batchOf({ partition })))
    await idle()
    answers.push(...[0, 1, 2, 0].map((partition) => log.append(batchOf({ partition }))))
    await idle()
    gate.open()
    const outcomes = await Promise.all(answers)
    expect(writes).toEqual([3, 4])
    expect(outcomes.map((outcome) => offsetOf(outcome))).toEqual([0n, 0n, 0n, 1n, 1n, 1n, 2n])
  })

  test('a group ends at its bound of batches', async () => {
    const writes: number[] = []
    const { log } = await openTestLog({ wrapPieces: (pieces) => counting(pieces, writes) })
    const count = limits.appendGroupBatchesMax + 1
    const batch = batchOf({})
    const outcomes = await Promise.all(Array.from({ length: count }, () => log.append(batch)))
    expect(outcomes.map((outcome) => offsetOf(outcome))).toEqual(Array.from({ length: count }, (_, index) => BigInt(index)))
    expect(writes).toEqual([limits.appendGroupBatchesMax, 1])
  })

  test('the bytes of the next group are written while a transaction runs, and offsets keep the order of the calls', async () => {
    const stateGate = new Gate()
    const writes: number[] = []
    const { log } = await openTestLog({
      wrapPieces: (pieces) => counting(pieces, writes),
      wrapState: (store) => beforeCommit(store, () => stateGate.pass()),
    })
    const first = log.append(sequenced(0))
    const second = log.append(sequenced(1))
    await idle()
    const third = log.append(sequenced(2))
    expect(await isSettled(third)).toBe(false)
    stateGate.open()
    expect([await first, await second, await third].map(offsetOf)).toEqual([0n, 1n, 2n])
    expect(writes).toEqual([2, 1])
  })

  test('closing answers what was queued and refuses what comes after', async () => {
    const { log } = await openTestLog()
    const before = log.append(batchOf({}))
    const closing = log.close()
    const after = log.append(batchOf({}))
    await closing
    expect(await before).toMatchObject({ kind: 'appended' })
    expect(await after).toMatchObject({ kind: 'unavailable' })
  })
})

describe('an idempotent producer', () => {
  test('gets the original offset for a duplicate, in a later group and in the same one', async () => {
    const { log } = await openTestLog()
    await log.append(batchOf({}))
    await log.append(sequenced(0, { records: 3, logAppendTimeMs: 55n }))
    const outcomes = await Promise.all([
      log.append(sequenced(0, { records: 3, logAppendTimeMs: 66n })),
      log.append(sequenced(3)),
      log.append(sequenced(3)),
      log.append(sequenced(4)),
    ])
    expect(outcomes).toEqual([
      { kind: 'duplicate', baseOffset: 1n, logAppendTimeMs: 55n, logStartOffset: 0n },
      { kind: 'appended', baseOffset: 4n, logAppendTimeMs: null, logStartOffset: 0n },
      { kind: 'duplicate', baseOffset: 4n, logAppendTimeMs: null, logStartOffset: 0n },
      { kind: 'appended', baseOffset: 5n, logAppendTimeMs: null, logStartOffset: 0n },
    ])
  })

  test('is told of a gap and of a stale epoch, and of nothing else', async () => {
    const { log } = await openTestLog()
    await log.append(sequenced(0, { epoch: 2 }))
    expect(await log.append(sequenced(2, { epoch: 2 }))).toEqual({ kind: 'out-of-order-sequence', expected: 1 })
    expect(await log.append(sequenced(1, { epoch: 1 }))).toEqual({ kind: 'stale-producer-epoch', currentEpoch: 2 })
    expect(await log.append(sequenced(0, { epoch: 3 }))).toMatchObject({ kind: 'appended', baseOffset: 1n })
  })

  test('has its own sequence in each partition', async () => {
    const { log } = await openTestLog()
    const outcomes = await Promise.all([log.append(sequenced(0)), log.append(sequenced(0, { partition: 1 }))])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['appended', 'appended'])
  })
})
