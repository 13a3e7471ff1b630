import { describe, expect, test } from 'vitest'
import { isSequenceAfter, judgeSequence, sequencePlus, stateAfter } from '../../src/log/producer-rules.ts'
import { limits } from '../../src/shared/limits.ts'
import type { ProducerBatch, ProducerState } from '../../src/state/state-store.ts'

const nowMs = 1_700_000_000_000
const last = 2_147_483_647

/** Sequences 0-4 at offset 100 and 5-9 at offset 200, of epoch 3. */
const state: ProducerState = {
  producerId: 1000n,
  producerEpoch: 3,
  recentBatches: [stored(0, 4, 100n), stored(5, 9, 200n)],
  lastTimestampMs: nowMs - 1,
}
const wrapping: ProducerState = { ...state, recentBatches: [stored(last - 4, last, 300n)] }
const straddling: ProducerState = { ...state, recentBatches: [stored(last - 1, 2, 400n)] }
const expired: ProducerState = { ...state, lastTimestampMs: nowMs - limits.producerIdExpiryMs }

describe("Kafka's rules for a producer's next batch", () => {
  const first = { kind: 'first' }
  const next = { kind: 'next' }
  const duplicate = (original: ProducerBatch) => ({ kind: 'duplicate', original })
  const outOfOrder = (expected: number) => ({ kind: 'out-of-order', expected })
  const stale = { kind: 'stale-epoch', currentEpoch: 3 }
  for (const [rule, before, epoch, baseSequence, recordCount, verdict] of [
    ['no state: sequence 0 is accepted', undefined, 0, 0, 1, first],
    ['no state: any sequence is accepted, the state may have expired', undefined, 3, 77, 1, first],
    ['state of 24 hours ago is no state: any sequence', expired, 3, 77, 1, first],
    ['state of 24 hours ago is no state: an older epoch', expired, 1, 0, 1, first],
    ['the next sequence is accepted', state, 3, 10, 5, next],
    ['the latest batch again is a duplicate', state, 3, 5, 5, duplicate(stored(5, 9, 200n))],
    ['an earlier batch again is a duplicate', state, 3, 0, 5, duplicate(stored(0, 4, 100n))],
    ['a known start with another end is out of order', state, 3, 5, 4, outOfOrder(10)],
    ['a known end with another start is out of order', state, 3, 6, 4, outOfOrder(10)],
    ['a gap is out of order', state, 3, 11, 1, outOfOrder(10)],
    ['one that went back is out of order', state, 3, 9, 1, outOfOrder(10)],
    ['sequence 0 again in the same epoch is out of order', state, 3, 0, 1, outOfOrder(10)],
    ['an older epoch is stale', state, 2, 10, 1, stale],
    ['an older epoch is stale even as a duplicate', state, 2, 5, 5, stale],
    ['the next epoch starts at 0', state, 4, 0, 1, first],
    ['a local bump of several epochs starts at 0', state, 9, 0, 1, first],
    ['a newer epoch that goes on is out of order', state, 4, 10, 1, outOfOrder(0)],
    ['sequence 0 follows 2147483647', wrapping, 3, 0, 1, next],
    ['nothing else follows 2147483647', wrapping, 3, 1, 1, outOfOrder(0)],
    ['a batch that ends at 2147483647 is found again', wrapping, 3, last - 4, 5, duplicate(stored(last - 4, last, 300n))],
    ['a batch across the wrap is found again', straddling, 3, last - 1, 5, duplicate(stored(last - 1, 2, 400n))],
    ['the one after a batch across the wrap is accepted', straddling, 3, 3, 1, next],
  ] as const)
    test(rule, () => {
      expect(judgeSequence(before, { producerId: 1000n, producerEpoch: epoch, baseSequence, recordCount }, nowMs)).toEqual(verdict)
    })
})

describe('what is remembered of a producer', () => {
  const batch = (baseSequence: number, producerEpoch = 3) => ({ producerId: 1000n, producerEpoch, baseSequence, recordCount: 5 })
  const at = { baseOffset: 300n, logAppendTimeMs: null, nowMs }

  test('a batch is added behind the others, with the time of the broker', () => {
    expect(stateAfter(state, batch(10), at)).toEqual({
      ...state,
      lastTimestampMs: nowMs,
      recentBatches: [...state.recentBatches, stored(10, 14, 300n)],
    })
  })

  test('a new epoch and expired state start over', () => {
    expect(stateAfter(state, batch(0, 4), at)).toMatchObject({ producerEpoch: 4, recentBatches: [stored(0, 4, 300n)] })
    expect(stateAfter(expired, batch(10), at)).toMatchObject({ producerEpoch: 3, recentBatches: [stored(10, 14, 300n)] })
    expect(stateAfter(undefined, batch(7), at)).toMatchObject({ recentBatches: [stored(7, 11, 300n)] })
  })

  test('the latest 16 batches are kept, and a retry of the oldest of them is still a duplicate', () => {
    let grown: ProducerState | undefined
    for (let index = 0; index < 20; index++) grown = stateAfter(grown, batch(index * 5), { ...at, baseOffset: BigInt(index * 5) })
    expect(grown?.recentBatches).toHaveLength(16)
    expect(judgeSequence(grown, batch(20), nowMs)).toMatchObject({ kind: 'duplicate', original: { baseOffset: 20n } })
    expect(judgeSequence(grown, batch(15), nowMs)).toEqual({ kind: 'out-of-order', expected: 100 })
  })
})

describe('sequences wrap after 2147483647', () => {
  for (const [sequence, count, sum] of [
    [0, 1, 1],
    [last - 1, 1, last],
    [last, 1, 0],
    [last, 5, 4],
  ] as const)
    test(`${sequence} + ${count} = ${sum}`, () => expect(sequencePlus(sequence, count)).toBe(sum))

  for (const [sequence, other, isAfter] of [
    [1, 0, true],
    [0, 1, false],
    [5, 5, false],
    [0, last, true],
    [last, 0, false],
  ] as const)
    test(`${sequence} is ${isAfter ? '' : 'not '}after ${other}`, () => expect(isSequenceAfter(sequence, other)).toBe(isAfter))
})

function stored(sequenceFirst: number, sequenceLast: number, baseOffset: bigint): ProducerBatch {
  return { sequenceFirst, sequenceLast, baseOffset, logAppendTimeMs: null }
}
