import { describe, expect, test } from 'vitest'
import { HeadgateError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { batchOf, sequenced, topicId } from './support/batches.ts'
import { idle, isSettled, openTestLog, type TestLog } from './support/test-log.ts'
import { failingCommits, offsetOf } from './support/wrappers.ts'

describe('when the bytes cannot be written', () => {
  test('the whole group is unavailable and nothing is stored, and the next group is appended', async () => {
    const { log } = await failingOnce()
    const outcomes = await Promise.all([log.append(batchOf({})), log.append(batchOf({ partition: 1 }))])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended', baseOffset: 0n })
  })

  test('batches behind the failed one are unavailable, not out of order, until it came again', async () => {
    const { log } = await failingOnce()
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(2))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'appended', baseOffset: 0n })
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'appended', baseOffset: 1n })
    expect(await log.append(sequenced(3))).toEqual({ kind: 'out-of-order-sequence', expected: 2 })
  })

  test('a duplicate of what was stored before is answered, and the failed one is still awaited', async () => {
    const { log, files } = await openTestLog()
    await log.append(sequenced(0))
    files.failNext = 'sync'
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'duplicate' })
    expect(await log.append(sequenced(2))).toMatchObject({ kind: 'unavailable' })
  })

  test('they are stored with it when they come in one group', async () => {
    const { log } = await failingOnce()
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'unavailable' })
    const outcomes = await Promise.all([0, 1, 2].map((sequence) => log.append(sequenced(sequence))))
    expect(outcomes.map(offsetOf)).toEqual([0n, 1n, 2n])
  })

  test('a producer that raised its epoch instead is not held up', async () => {
    const { log } = await failingOnce()
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(0, { epoch: 1 }))).toMatchObject({ kind: 'appended' })
    expect(await log.append(sequenced(1, { epoch: 1 }))).toMatchObject({ kind: 'appended' })
  })

  test('the failed batch is not awaited for ever', async () => {
    const { log, clock } = await failingOnce()
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'unavailable' })
    await clock.advance(limits.retriableFailureKeptMs)
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'appended' })
  })
})

describe('when the state store fails', () => {
  test('a short outage is waited for', async () => {
    const { log, clock } = await openTestLog({ wrapState: (store) => failingCommits(store, { times: 3, kind: 'store-unavailable' }) })
    expect(await withTime(clock, log.append(batchOf({})))).toMatchObject({ kind: 'appended', baseOffset: 0n })
  })

  test('a long outage makes the group unavailable, and nothing was stored', async () => {
    const { log, state, clock } = await openTestLog({
      wrapState: (store) => failingCommits(store, { times: Infinity, kind: 'store-unavailable' }),
    })
    expect(await withTime(clock, log.append(batchOf({})))).toMatchObject({ kind: 'unavailable' })
    expect((await state.partitionOffsets(topicId, 0))?.nextOffset).toBe(0n)
  })

  test('a failure that no retry can mend is unavailable too, and the log goes on', async () => {
    const { log, clock } = await openTestLog({ wrapState: (store) => failingCommits(store, { times: 1, kind: 'store-corrupt' }) })
    expect(await withTime(clock, log.append(batchOf({})))).toMatchObject({ kind: 'unavailable' })
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended', baseOffset: 0n })
  })

  test('an answer lost after the commit is found out, and the append is answered truthfully', async () => {
    const { log, clock } = await openTestLog({
      wrapState: (store) => failingCommits(store, { times: 1, kind: 'store-outcome-unknown', isCommitted: true }),
    })
    expect(await withTime(clock, log.append(batchOf({})))).toMatchObject({ kind: 'appended', baseOffset: 0n })
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended', baseOffset: 1n })
  })

  test('an answer lost before the commit is found out, and the group is committed once', async () => {
    const { log, clock } = await openTestLog({ wrapState: (store) => failingCommits(store, { times: 1, kind: 'store-outcome-unknown' }) })
    expect(await withTime(clock, log.append(batchOf({})))).toMatchObject({ kind: 'appended', baseOffset: 0n })
    expect(log.offsets(topicId, 0)?.nextOffset).toBe(1n)
  })

  test('when looking fails as well the outcome is unknown; what was stored is readable after the next append', async () => {
    let isAway = true
    const { log, clock } = await openTestLog({
      wrapState: (store) => ({
        ...failingCommits(store, { times: 1, kind: 'store-outcome-unknown', isCommitted: true }),
        findBatches: async (query) => (isAway ? unavailable() : store.findBatches(query)),
      }),
    })
    expect(await withTime(clock, log.append(sequenced(0)))).toMatchObject({ kind: 'outcome-unknown' })
    expect(log.offsets(topicId, 0)?.nextOffset).toBe(0n)
    isAway = false
    await log.append(batchOf({ partition: 1 }))
    await idle()
    expect(log.offsets(topicId, 0)?.nextOffset).toBe(1n)
    expect(await log.append(sequenced(0))).toMatchObject({ kind: 'duplicate', baseOffset: 0n })
  })
})

function unavailable(): never {
  throw new HeadgateError('store-unavailable', 'a fault on purpose')
}

async function failingOnce(): Promise<TestLog> {
  const opened = await openTestLog()
  opened.files.failNext = 'sync'
  return opened
}

/** Moves time on until the promise is settled. */
async function withTime<T>(clock: TestLog['clock'], promise: Promise<T>): Promise<T> {
  while (!(await isSettled(promise))) await clock.advance(1_000)
  return promise
}

describe('a batch that failed before it came here', () => {
  test('is awaited by those behind it, whatever is still on its way before it', async () => {
    const { log } = await openTestLog()
    const before = log.append(sequenced(0))
    log.awaitRetry(sequenced(1))
    const behind = [log.append(sequenced(2)), log.append(sequenced(3))]
    expect(await before).toMatchObject({ kind: 'appended', baseOffset: 0n })
    for (const outcome of await Promise.all(behind)) expect(outcome).toMatchObject({ kind: 'unavailable' })
    const outcomes = await Promise.all([1, 2, 3].map((sequence) => log.append(sequenced(sequence))))
    expect(outcomes.map(offsetOf)).toEqual([1n, 2n, 3n])
  })

  test('holds up nobody who is not numbered, and no other partition', async () => {
    const { log } = await openTestLog()
    log.awaitRetry(batchOf({}))
    log.awaitRetry(sequenced(0))
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended' })
    expect(await log.append(sequenced(1, { partition: 1 }))).toMatchObject({ kind: 'appended' })
    expect(await log.append(sequenced(1))).toMatchObject({ kind: 'unavailable' })
  })
})
