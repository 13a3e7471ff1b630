import { afterEach, describe, expect, test } from 'vitest'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import type { AppendedBatch } from '../../src/log/log.ts'
import type { Clock } from '../../src/shared/clock.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { Metrics } from '../../src/shared/metrics.ts'
import { TopicSink } from '../../src/sink/topic-sink.ts'
import { LaneUnderTest } from '../lanes/lane-under-test.ts'
import { order } from '../lanes/orders.ts'
import { OneTopic, placesTo } from './support/one-topic.ts'

/** A topic whose tables cannot be opened: how its sink tries again, and what it says meanwhile. */
class FailingSink {
  readonly sleptMs: number[] = []
  readonly metrics = new Metrics()
  readonly sink: TopicSink
  readonly #causes: string[]
  #wake: (() => void)[] = []
  attempts = 0

  constructor(causes = ['the lake is down']) {
    this.#causes = causes
    this.sink = new TopicSink({
      topic: 'orders',
      random: { next: () => 0.999_999, bytes: (length) => new Uint8Array(length) },
      logger: silentLogger,
      clock: this.#clock(),
      metrics: this.metrics,
      prepare: async () => {
        this.attempts++
        throw new HeadgateError('store-unavailable', this.#causes[Math.min(this.attempts, this.#causes.length) - 1] ?? '')
      },
    })
  }

  /** Whoever sleeps goes on, and everything that follows from it happens. */
  async wake(times = 1): Promise<void> {
    for (let count = 0; count < times; count++) {
      for (const wake of this.#wake.splice(0)) wake()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #clock(): Clock {
    return {
      now: () => 0,
      sleep: (durationMs, signal) => {
        this.sleptMs.push(durationMs)
        return new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason as Error)
          signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
          this.#wake.push(resolve)
        })
      },
    }
  }
}

const signal = new AbortController().signal
const offsets = new Map([[0, 1n]])
const { firstMs, maxMs } = limits.sessionBackoff

describe('a sink whose session does not start', () => {
  test('pauses longer after each failure, up to a bound', async () => {
    const failing = new FailingSink()
    await failing.wake(13)
    const expected = Array.from({ length: 13 }, (_, index) => Math.min(maxMs, firstMs * 2 ** index))
    expect(failing.sleptMs).toEqual(expected)
    expect(failing.sleptMs.at(-1)).toBe(maxMs)
    expect(failing.metrics.read('headgate_sink_restarts_total')).toEqual([{ labelValues: ['orders'], value: 13 }])
    await failing.sink.close()
  })

  test('says why, with the latest reason', async () => {
    const failing = new FailingSink(['the lake is down', 'the table belongs to another topic'])
    expect(failing.sink.failure).toBeUndefined()
    await failing.wake()
    expect(failing.sink.failure).toBe('the lake is down')
    await failing.wake()
    expect(failing.sink.failure).toBe('the table belongs to another topic')
    await failing.sink.close()
  })

  test('has committed nothing, as far as it knows: retention keeps everything', () => {
    expect(new FailingSink().sink.committedOffset(0)).toBe(0n)
  })

  test('gives the rows of an appended batch back to the lane: the next session reads them from the log', async () => {
    const failing = new FailingSink()
    await failing.wake()
    const orders = new LaneUnderTest(inProcessLane())
    orders.openOrders('none')
    const ticket = await orders.ticketOf([order(1)])
    failing.sink.onAppended({ partition: 0, ticket: { lane: orders.lane, ticket } } as unknown as AppendedBatch)
    expect(await orders.adopt(ticket, 0n)).toEqual({ kind: 'gone' })
    await failing.sink.close()
  })

  test('is closed at once', async () => {
    const failing = new FailingSink()
    await failing.wake()
    await failing.sink.close()
    await failing.wake(3)
    expect(failing.attempts).toBe(1)
  })
})

describe('a flush of a sink whose session does not start', () => {
  test('waits for the next ones, and gives up when a person has to see to it', async () => {
    const failing = new FailingSink()
    let outcome: unknown
    failing.sink.flushTo(offsets, signal).catch((error: unknown) => (outcome = error))
    while (failing.attempts < limits.flushFailuresMax) {
      expect(outcome).toBeUndefined()
      await failing.wake()
    }
    await failing.wake(2)
    expect(outcome).toMatchObject({ kind: 'store-unavailable', message: 'topic orders does not get into its table: the lake is down' })
    await failing.sink.close()
  })

  test('ends with the patience of who asked', async () => {
    const failing = new FailingSink()
    const patience = new AbortController()
    const flushed = failing.sink.flushTo(offsets, patience.signal)
    patience.abort(new Error('asked for a minute'))
    await expect(flushed).rejects.toThrow('asked for a minute')
    await expect(failing.sink.flushTo(offsets, patience.signal)).rejects.toThrow('asked for a minute')
    await failing.sink.close()
  })

  test('ends when the sink is closed', async () => {
    const failing = new FailingSink()
    const flushed = failing.sink.flushTo(offsets, signal)
    const ended = expect(flushed).rejects.toMatchObject({ kind: 'shutting-down' })
    await failing.sink.close()
    await failing.wake()
    await ended
  })
})

describe('over restarts of its session', () => {
  let given: OneTopic | undefined

  afterEach(() => given?.stop())

  test('a flush goes on until everything is in the table', async () => {
    let refusals = 3
    const isRefused = (operation: string, key: string): boolean => operation === 'put' && key.endsWith('.parquet') && refusals-- > 0
    given = await OneTopic.start({ lakeFaults: ({ operation, key }) => ({ kind: isRefused(operation, key) ? 'refused' : 'none' }) })
    await given.send(3)
    await given.flush()
    expect(refusals).toBeLessThan(0)
    expect(await given.places()).toEqual(placesTo(3))
    expect(given.broker.sinks.failure(given.topic().topicId), 'a session that runs has got over it').toBeUndefined()
    expect(given.broker.sinks.committedOffset(given.topic().topicId, 0)).toBe(3n)
  })

  test('what stands in the way is told while sessions start and fail again, however long each one takes', async () => {
    let isDown = true
    given = await OneTopic.start({
      topics: [{ commitIntervalMs: 2 * maxMs }],
      lakeFaults: ({ operation }) => ({ kind: isDown && operation === 'put' ? 'refused' : 'none' }),
    })
    const { topicId } = given.topic()
    await given.send(3)
    expect(given.broker.sinks.failure(topicId)).toBeUndefined()
    await given.pass(3 * limits.flushFailuresMax * maxMs)
    expect(given.broker.sinks.failure(topicId)).toContain('put')
    await expect(given.flush()).rejects.toMatchObject({ kind: 'store-unavailable', message: expect.stringContaining('put') as string })
    isDown = false
    await given.flush()
    expect(given.broker.sinks.failure(topicId)).toBeUndefined()
  })

  test('a flush that is given up leaves its rows to the next one', async () => {
    let isDown = true
    given = await OneTopic.start({ lakeFaults: ({ operation }) => ({ kind: isDown && operation === 'put' ? 'refused' : 'none' }) })
    await given.send(3)
    const patience = new AbortController()
    const flushed = given.broker.sinks.flush(given.topic().topicId, patience.signal)
    const refused = expect(flushed).rejects.toThrow('no longer')
    for (let turn = 0; turn < 20; turn++) await given.scheduler.turn()
    patience.abort(new Error('no longer'))
    await refused
    isDown = false
    await given.flush()
    expect(await given.places()).toEqual(placesTo(3))
  })
})
