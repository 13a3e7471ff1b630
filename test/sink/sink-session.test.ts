import { afterEach, describe, expect, test } from 'vitest'
import type { Fault, FaultPlan } from '../../src/objects/faults.ts'
import { OneTopic, placesTo, type GivenTopics } from './support/one-topic.ts'

/** What one life of a sink owes to the next, and what it owes to those who wait: each once went wrong in the simulation. */
let given: OneTopic

afterEach(() => given.stop())

async function start(topics: GivenTopics = {}): Promise<void> {
  given = await OneTopic.start(topics)
}

/** Deals out faults to reads of the log, in turn; the others go well. */
function readsMeet(...faults: readonly Fault[]): FaultPlan {
  const left = [...faults]
  return ({ operation }) => (operation === 'getRange' ? (left.shift() ?? { kind: 'none' }) : { kind: 'none' })
}

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

describe('a session that has ended leaves the lanes to the next one', () => {
  test('when the log answers it late', async () => {
    await start({ logFaults: readsMeet({ kind: 'late-answer', delayMs: MINUTE_MS }) })
    await given.close()
    await given.send(3)
    // The first session reads the log, and is closed before the answer comes.
    given.open()
    await given.pass(1_000)
    await given.scheduler.until(given.broker.reopen(given.topic()))
    await given.flush()
    expect(await given.places()).toEqual(placesTo(3))
    await given.pass(2 * MINUTE_MS)
    await given.send(2)
    await given.flush()
    expect(await given.places()).toEqual(placesTo(5))
  })

  test('when a lane answers it late, and its buffers were full', async () => {
    const isLate = { adopt: true }
    const answerMs = ({ kind }: { readonly kind: string }): number => {
      if (kind !== 'adopt' || !isLate.adopt) return 0
      isLate.adopt = false
      return MINUTE_MS
    }
    await start({ bounds: { chunkBytes: 1 }, answerMs })
    await given.flush()
    await given.send(3)
    await given.scheduler.until(given.broker.reopen(given.topic()))
    await given.pass(2 * MINUTE_MS)
    await given.flush()
    expect(isLate.adopt).toBe(false)
    expect(await given.places()).toEqual(placesTo(3))
  })
})

test('rows that were judged before a lane died are never taken for those judged after it', async () => {
  const slow: Fault = { kind: 'late-answer', delayMs: MINUTE_MS }
  const writes: Fault[] = [slow, slow]
  await start({ logFaults: ({ operation }) => (operation === 'put' ? writes.shift() : undefined) ?? { kind: 'none' } })
  await given.flush()
  const first = given.produce(given.batch(2))
  await given.pass(1_000)
  given.broker.killLanes()
  await given.scheduler.until(given.broker.reopen(given.topic()))
  await given.pass(1_000)
  const second = given.produce(given.batch(2))
  await given.scheduler.until(first)
  await given.flush()
  expect(await given.ids()).toEqual([1, 2])
  await given.scheduler.until(second)
  await given.flush()
  expect(await given.ids()).toEqual([1, 2, 3, 4])
})

describe('a batch whose append lost the answer of the state store', () => {
  /** Sends it into a network that goes down, and sends it again when the network is back. */
  async function sendTwice(): Promise<void> {
    const bytes = given.batch(2, { baseSequence: 0 })
    given.world.isCalm = false
    given.world.stateNetwork = 'losing-answers'
    const first = given.produce(bytes)
    while ((await given.world.state.partitionOffsets(given.topic().topicId, 0))?.nextOffset !== 2n) await given.scheduler.turn()
    given.world.stateNetwork = 'down'
    expect(await given.scheduler.until(first)).toMatchObject({ kind: 'outcome-unknown' })
    given.world.isCalm = true
    expect(await given.scheduler.until(given.produce(bytes))).toMatchObject({ kind: 'duplicate' })
  }

  test('is in the table after a flush, though nobody told the sink of it', async () => {
    await start()
    await given.flush()
    await sendTwice()
    const startedMs = given.scheduler.now()
    await given.flush()
    expect(given.scheduler.now() - startedMs).toBeLessThan(HOUR_MS)
    expect(await given.places()).toEqual(placesTo(2))
  })

  test('does not leave a gap before the next one', async () => {
    await start()
    await given.flush()
    await sendTwice()
    await given.send(3)
    await given.flush()
    expect(await given.places()).toEqual(placesTo(5))
  })
})

describe('a flush', () => {
  test('waits for the log to be read, not for the commit interval', async () => {
    await start({ logFaults: readsMeet({ kind: 'late-answer', delayMs: MINUTE_MS }) })
    await given.close()
    await given.send(3)
    given.open()
    const startedMs = given.scheduler.now()
    await given.flush()
    expect(given.scheduler.now() - startedMs).toBeLessThan(HOUR_MS)
    expect(await given.places()).toEqual(placesTo(3))
  })

  test('gets room from a topic that is not due for long', async () => {
    await start({ topics: [{}, {}], bufferBytesMax: 1 })
    const [first, second] = [given.topic(0), given.topic(1)]
    await given.flush(first)
    await given.flush(second)
    await given.send(2, { topic: first })
    await given.pass(1_000)
    expect(given.broker.sinks.bufferedBytes).toBeGreaterThan(1)
    await given.send(2, { topic: second })
    const startedMs = given.scheduler.now()
    await given.flush(second)
    expect(given.scheduler.now() - startedMs).toBeLessThan(HOUR_MS)
    expect(await given.places(first), 'the other topic let go of its rows').toEqual(placesTo(2))
  })

  test('comes before the open row groups of a table hold much, however small they are expected to become', async () => {
    await start({ topics: [{ partitionBy: 'day' }], bounds: { chunkBytes: 1, openRowGroupsBytesMax: 1_000 } })
    for (let batch = 0; batch < 10; batch++) await given.send(5)
    await given.pass(MINUTE_MS)
    expect((await given.places()).length, 'rows that were committed before anything was due').toBeGreaterThan(0)
  })

  test('of many topics at once has few files open in the encoder', async () => {
    const openFiles = new Set<string>()
    let openMax = 0
    await start({
      topics: Array.from({ length: 6 }, () => ({})),
      bounds: { flushesAtOnce: 2 },
      answerMs: ({ kind, ...call }) => {
        const { fileKey = '' } = call as { fileKey?: string }
        if (kind === 'write') openFiles.add(fileKey)
        if (kind === 'finish') openFiles.delete(fileKey)
        openMax = Math.max(openMax, openFiles.size)
        return 1
      },
    })
    const { sinks } = given.broker
    const topics = Array.from({ length: 6 }, (_, index) => given.topic(index))
    for (const topic of topics) await given.send(2, { topic })
    await given.scheduler.until(Promise.all(topics.map(({ topicId }) => sinks.flush(topicId, new AbortController().signal))))
    for (const topic of topics) expect(await given.places(topic)).toEqual(placesTo(2))
    expect(openMax).toBe(2)
  })

  test('holds what was acknowledged before it, in every partition, and nothing is buffered afterwards', async () => {
    await start({ topics: [{ partitionCount: 3, formats: ['iceberg', 'delta'] }] })
    for (const partition of [0, 1, 2, 1, 0]) await given.send(2, { partition })
    const versions = await given.flush()
    expect(await given.places()).toEqual([...placesTo(4, 0), ...placesTo(4, 1), ...placesTo(2, 2)])
    expect(versions).toEqual({ icebergSnapshotId: expect.any(BigInt) as bigint, deltaVersion: expect.any(BigInt) as bigint })
    expect(given.broker.sinks.bufferedBytes).toBe(0)
  })

  test('rides over a lane that dies under it', async () => {
    await start()
    await given.send(3)
    const flushed = given.broker.sinks.flush(given.topic().topicId, new AbortController().signal)
    await given.scheduler.turn()
    given.broker.killLanes()
    given.broker.killEncoder()
    await given.scheduler.until(flushed)
    expect(await given.places()).toEqual(placesTo(3))
  })
})
