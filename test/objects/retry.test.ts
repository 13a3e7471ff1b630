import { describe, expect, test } from 'vitest'
import { type Fault, FaultyObjectStore, seededFaults } from '../../src/objects/faults.ts'
import { MemoryObjectStore } from '../../src/objects/memory.ts'
import type { ObjectStore } from '../../src/objects/object-store.ts'
import { RetryingObjectStore } from '../../src/objects/retry.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { type Clock, ManualClock } from '../../src/shared/clock.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { randomInt, seededRandom } from '../../src/shared/random.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'

/** Every sleep lasts one turn. */
const hurriedClock: Clock = { now: () => 0, sleep: () => turns() }

const refused: Fault = { kind: 'refused' }
const lostAnswer: Fault = { kind: 'lost-answer' }
const none: Fault = { kind: 'none' }

/** A memory store that meets the faults in turn and then works, behind the retrying one. */
function retrying(faults: Fault[], { clock = hurriedClock, attemptsMax = 5 }: { clock?: Clock; attemptsMax?: number } = {}) {
  const memory = new MemoryObjectStore()
  const calls: string[] = []
  const faulty = new FaultyObjectStore(memory, {
    clock,
    plan: ({ operation }) => {
      calls.push(operation)
      return faults.shift() ?? none
    },
  })
  const store = new RetryingObjectStore(faulty, { clock, random: seededRandom(7), attemptsMax, backoff: { firstMs: 1, maxMs: 4 } })
  return { memory, faulty, store, calls }
}

objectStoreConformance('the retrying store over refusals and lost answers', async () => {
  const clock = hurriedClock
  const plan = seededFaults(seededRandom(11), { refused: 0.15, lostAnswer: 0.1, lateAnswer: 0.05, delayMsMax: 20 })
  const faulty = new FaultyObjectStore(new MemoryObjectStore(), { plan, clock })
  const store = new RetryingObjectStore(faulty, { clock, random: seededRandom(12), attemptsMax: 30, backoff: { firstMs: 1, maxMs: 4 } })
  return { store, close: () => faulty.settled() }
})

describe('a refused call is made again', () => {
  const calls: [name: string, call: (store: ObjectStore) => Promise<unknown>][] = [
    ['get', (store) => store.get('key')],
    ['getRange', (store) => store.getRange('key', { start: 1, length: 2 })],
    ['head', (store) => store.head('key')],
    ['list', (store) => store.list('')],
    ['put', (store) => store.put('key', utf8Bytes('new'))],
    ['putIfAbsent', (store) => store.putIfAbsent('other', utf8Bytes('new'))],
    ['delete', (store) => store.delete('key')],
  ]
  for (const [name, call] of calls) {
    test(name, async () => {
      const { memory, store, calls } = retrying([refused, refused])
      const reference = new MemoryObjectStore()
      for (const each of [memory, reference]) await each.put('key', utf8Bytes('old'))
      expect(await call(store)).toEqual(await call(reference))
      expect(calls).toEqual([name, name, name])
      expect(await memory.list('')).toEqual(await reference.list(''))
    })

    test(`${name}, as often as allowed, and then the refusal is the answer`, async () => {
      const { memory, store, calls } = retrying(Array.from({ length: 10 }, () => refused))
      await memory.put('key', utf8Bytes('old'))
      await expect(call(store)).rejects.toMatchObject({ kind: 'store-unavailable' })
      expect(calls).toHaveLength(5)
      expect(await memory.list('')).toEqual([{ key: 'key', sizeBytes: 3 }])
    })
  }

  test('with the attempts of limits.ts when none are given', async () => {
    let attempts = 0
    const inner = new MemoryObjectStore()
    inner.get = async () => {
      attempts++
      throw new HeadgateError('store-unavailable', 'down')
    }
    const clock: Clock = { now: () => 0, async sleep() {} }
    await expect(new RetryingObjectStore(inner, { clock, random: seededRandom(1) }).get('key')).rejects.toThrow('down')
    expect(attempts).toBe(limits.objectStoreAttemptsMax)
  })

  test('but not one that can never succeed', async () => {
    const { store, calls } = retrying([])
    await expect(store.put('not a key', utf8Bytes('x'))).rejects.toMatchObject({ kind: 'invalid-argument' })
    expect(calls).toEqual(['put'])
  })
})

describe('putIfAbsent, whatever became of its answer, says created if and only if the object is its own', () => {
  const ours = utf8Bytes('ours')
  const rival = utf8Bytes('rival')

  test('a lost answer: it looks, finds its own bytes, and does not write again', async () => {
    const { store, calls } = retrying([lostAnswer])
    expect(await store.putIfAbsent('key', ours)).toBe('created')
    expect(calls).toEqual(['putIfAbsent', 'get'])
  })

  test('a lost answer of a lost race: it looks, and finds the rival’s', async () => {
    const { memory, store } = retrying([lostAnswer])
    await memory.put('key', rival)
    expect(await store.putIfAbsent('key', ours)).toBe('exists')
    expect(Buffer.from((await memory.get('key')) ?? []).toString()).toBe('rival')
  })

  test('a lost answer, and the look refused: it puts again, and knows its own', async () => {
    const { store, calls } = retrying([lostAnswer, refused])
    expect(await store.putIfAbsent('key', ours)).toBe('created')
    expect(calls).toEqual(['putIfAbsent', 'get', 'putIfAbsent', 'get'])
  })

  test('late work that lands between the look and the next attempt is known as its own', async () => {
    const clock = new ManualClock()
    const { store, faulty, calls } = retrying([{ kind: 'late-work', delayMs: 1 }, none], { clock })
    const outcome = store.putIfAbsent('key', ours)
    while (calls.length < 2) await Promise.resolve()
    await turns()
    await clock.advance(10)
    expect(await outcome).toBe('created')
    await faulty.settled()
    expect(calls).toEqual(['putIfAbsent', 'get', 'putIfAbsent', 'get'])
  })

  test('late work that lands when a rival has won changes nothing', async () => {
    const clock = new ManualClock()
    const { memory, store, faulty } = retrying([{ kind: 'late-work', delayMs: 1_000 }, none], { clock })
    const outcome = store.putIfAbsent('key', ours)
    await turns()
    await memory.put('key', rival)
    await clock.advance(100)
    expect(await outcome).toBe('exists')
    await clock.advance(1_000)
    await faulty.settled()
    expect(Buffer.from((await memory.get('key')) ?? []).toString()).toBe('rival')
  })

  test('a late answer is waited for', async () => {
    const clock = new ManualClock()
    const { memory, store } = retrying([{ kind: 'late-answer', delayMs: 500 }], { clock })
    let answered = false
    const outcome = store.putIfAbsent('key', ours).finally(() => (answered = true))
    await turns()
    expect(await memory.head('key')).toBeDefined()
    expect(answered).toBe(false)
    await clock.advance(500)
    expect(await outcome).toBe('created')
  })

  test('when the attempts are used up after a lost answer, the outcome is unknown, never "surely not done"', async () => {
    const { memory, store } = retrying([lostAnswer, refused, refused, refused, refused, refused])
    await expect(store.putIfAbsent('key', ours)).rejects.toMatchObject({ kind: 'store-outcome-unknown' })
    expect(await memory.head('key')).toBeDefined()
    const last = retrying([lostAnswer, refused], { attemptsMax: 1 })
    await expect(last.store.putIfAbsent('key', ours)).rejects.toMatchObject({ kind: 'store-outcome-unknown' })
  })

  test('the same for put and delete', async () => {
    for (const write of [(store: ObjectStore) => store.put('key', ours), (store: ObjectStore) => store.delete('key')]) {
      await expect(write(retrying([lostAnswer, refused, refused, refused, refused]).store)).rejects.toMatchObject({
        kind: 'store-outcome-unknown',
      })
      await write(retrying([lostAnswer, refused]).store)
    }
  })

  const seed = 20_260_802
  test(`racing writers over every fault agree on one winner (seeds from ${seed})`, async () => {
    for (let round = 0; round < 150; round++) {
      const random = seededRandom(seed + round)
      const clock = new ManualClock()
      const memory = new MemoryObjectStore()
      const faulty = new FaultyObjectStore(memory, {
        clock,
        plan: seededFaults(random, { refused: 0.2, lostAnswer: 0.2, lateAnswer: 0.1, lateWork: 0.2, delayMsMax: 60 }),
      })
      const store = new RetryingObjectStore(faulty, { clock, random, attemptsMax: 4, backoff: { firstMs: 10, maxMs: 40 } })
      const racing = Promise.all(
        Array.from({ length: 3 }, async (_, writer) => {
          await clock.sleep(randomInt(random, 30))
          return await store.putIfAbsent('key', utf8Bytes(`writer ${writer}`)).catch((error: HeadgateError) => error.kind)
        }),
      )
      const answers = await timePassing(clock, racing)
      await timePassing(clock, faulty.settled())
      const owner = Buffer.from((await memory.get('key')) ?? []).toString()
      for (const [writer, answer] of answers.entries()) {
        const isOwner = owner === `writer ${writer}`
        if (answer === 'created') expect({ seed: seed + round, writer, isOwner }).toEqual({ seed: seed + round, writer, isOwner: true })
        if (answer === 'exists' || answer === 'store-unavailable')
          expect({ seed: seed + round, writer, isOwner }).toEqual({ seed: seed + round, writer, isOwner: false })
        expect(['created', 'exists', 'store-unavailable', 'store-outcome-unknown']).toContain(answer)
      }
    }
  })
})

test('an abort ends the pause between attempts', async () => {
  const clock = new ManualClock()
  const { store, calls } = retrying([refused, refused], { clock })
  const controller = new AbortController()
  const answer = store.get('key', { signal: controller.signal })
  await turns()
  controller.abort(new Error('draining'))
  await expect(answer).rejects.toMatchObject({ name: 'HeadgateError', kind: 'shutting-down' })
  expect(calls).toEqual(['get'])
})

test('the same seed plans the same faults', () => {
  const plan = (seed: number) => {
    const faults = seededFaults(seededRandom(seed), { refused: 0.2, lostAnswer: 0.2, lateAnswer: 0.2, lateWork: 0.2 })
    return Array.from({ length: 200 }, () => faults({ operation: 'put', key: 'key' }))
  }
  expect(plan(5)).toEqual(plan(5))
  expect(plan(5)).not.toEqual(plan(6))
  expect(new Set(plan(5).map(({ kind }) => kind)).size).toBe(5)
})

/** Moves the clock on, a millisecond at a time, until the work is done. */
async function timePassing<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  const progress = { isDone: false }
  void work.finally(() => (progress.isDone = true))
  for (await turns(); !progress.isDone; await turns()) await clock.advance(1)
  return await work
}

/** Lets everything run that waits for nothing but its turn. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
