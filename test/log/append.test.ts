import { describe, expect, test } from 'vitest'
import type { AppendedBatch, AppendOutcome } from '../../src/log/log.ts'
import type { LogPieces } from '../../src/log/log-pieces.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { batchOf, sequenced, topicId } from './support/batches.ts'
import { Gate, idle, isSettled, openTestLog, type TestLog } from './support/test-log.ts'

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

describe('when the bytes cannot be written', () => {
  test('the whole group is unavailable, nothing is stored, and the next group goes to a new piece', async () => {
    const { log, files } = await failingOnce()
    const outcomes = await Promise.all([log.append(batchOf({})), log.append(batchOf({ partition: 1 }))])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['unavailable', 'unavailable'])
    expect(await log.append(batchOf({}))).toMatchObject({ kind: 'appended', baseOffset: 0n })
    expect(files.files.size).toBe(2)
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

function afterAppend(pieces: LogPieces, wait: () => Promise<void>): LogPieces {
  const append: LogPieces['append'] = async (chunks) => {
    const at = await pieces.append(chunks)
    await wait()
    return at
  }
  return withAppend(pieces, append)
}

function counting(pieces: LogPieces, writes: number[]): LogPieces {
  return withAppend(pieces, (chunks) => {
    writes.push(chunks.length)
    return pieces.append(chunks)
  })
}

function withAppend(pieces: LogPieces, append: LogPieces['append']): LogPieces {
  return {
    append,
    read: (piece, range) => pieces.read(piece, range),
    listFinished: () => pieces.listFinished(),
    delete: (piece) => pieces.delete(piece),
    close: () => pieces.close(),
  }
}

function beforeCommit(store: StateStore, wait: () => Promise<void>): StateStore {
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      await wait()
      return store.appendBatches(scope, decide)
    },
  }
}

function afterCommit(store: StateStore, wait: () => Promise<void>): StateStore {
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      const result = await store.appendBatches(scope, decide)
      await wait()
      return result
    },
  }
}

interface CommitFailure {
  readonly times: number
  readonly kind: 'store-unavailable' | 'store-outcome-unknown' | 'store-corrupt'
  /** Whether the transaction was done before its answer was lost. */
  readonly isCommitted?: boolean
}

/** Fails the first commits. Like a real store it decides first, whatever becomes of it then. */
function failingCommits(store: StateStore, { times, kind, isCommitted = false }: CommitFailure): StateStore {
  let left = times
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      if (left-- <= 0) return store.appendBatches(scope, decide)
      if (isCommitted) await store.appendBatches(scope, decide)
      else await store.appendBatches(scope, (loaded) => ({ ...decide(loaded), batches: [], nextOffsets: [], producers: [] }))
      throw new HeadgateError(kind, 'a fault on purpose')
    },
  }
}

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

function offsetOf(outcome: AppendOutcome): bigint | string {
  return outcome.kind === 'appended' ? outcome.baseOffset : outcome.kind
}
