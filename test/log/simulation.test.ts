import { describe, expect, test } from 'vitest'
import type { AppendedBatch } from '../../src/log/log.ts'
import { openLog, type OpenedLog } from '../../src/log/open.ts'
import { SegmentPieces } from '../../src/log/segment-pieces.ts'
import { assert } from '../../src/shared/assert.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { randomInt, seededRandom, type Random } from '../../src/shared/random.ts'
import { withStateFaults } from '../../src/state/faults.ts'
import { memoryState } from '../../src/state/memory.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { topicId } from './support/batches.ts'
import { Scheduler } from './support/scheduler.ts'
import { SimulatedFiles, type FileFaults } from './support/simulated-files.ts'
import { SimulatedProducer } from './support/simulated-producer.ts'
import { valueOf } from './support/value-of.ts'

/** Seeds that once found a fault stay here. */
const seedsThatFailed: readonly number[] = []
/** More with HEADGATE_SEEDS=1000-2000. */
const [firstSeed = 1, lastSeed = 120] = process.env['HEADGATE_SEEDS']?.split('-').map(Number) ?? []
const seeds = [...seedsThatFailed, ...Array.from({ length: lastSeed - firstSeed + 1 }, (_, index) => firstSeed + index)]

const partitionCount = 2
const turnsMax = 600

describe('over failing stores, with crashes at random points', () => {
  test('every acknowledged batch is readable exactly once at its offset, offsets are dense, and nothing refused is there', async () => {
    for (const seed of seeds) {
      try {
        await simulate(seed)
      } catch (error) {
        throw new Error(`seed ${seed} (run it alone with HEADGATE_SEEDS=${seed}-${seed})`, { cause: error })
      }
    }
  })
})

async function simulate(seed: number): Promise<void> {
  const world = new World(seed)
  await world.start()
  for (let turn = 0; turn < turnsMax; turn++) {
    world.act({ isFinishing: false })
    await world.scheduler.turn()
    if (world.random.next() < 0.004) await world.crash()
  }
  world.calm()
  for (let turn = 0; world.producers.some(({ hasUnanswered }) => hasUnanswered); turn++) {
    assert(turn < 10_000, 'the log does not come to rest')
    world.act({ isFinishing: true })
    await world.scheduler.turn()
  }
  await world.check()
}

/** A broker with failing stores, its clients, and what they were told. */
class World {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly producers: SimulatedProducer[]
  readonly #files: SimulatedFiles
  readonly #durableState: StateStore
  readonly #fileFaults: { -readonly [Name in keyof FileFaults]: FileFaults[Name] }
  readonly #stateFaults = { refused: 0.03, lostAnswer: 0.03, decidedTwice: 0.1, delay: () => this.scheduler.step() }
  readonly #errors: unknown[] = []
  #log: OpenedLog | undefined
  #nextTold = new Map<number, bigint>()

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.scheduler = new Scheduler(this.random)
    this.#fileFaults = {
      random: this.random,
      failedWrite: 0.02,
      failedSync: 0.02,
      failedCreate: 0.02,
      failedRead: 0,
      step: () => this.scheduler.step(),
    }
    this.#files = new SimulatedFiles(this.#fileFaults)
    this.#durableState = memoryState({ clock: this.scheduler, random: this.random })
    this.producers = [1000n, 1001n, 1002n, -1n].map(
      (producerId, index) =>
        new SimulatedProducer({ name: `producer ${index}`, partition: index % partitionCount, producerId, random: this.random }),
    )
  }

  async start(): Promise<void> {
    await this.#durableState.createTopic({ topicId, name: 'orders', partitionCount, configs: {} })
    await this.#open()
  }

  /** Something that clients or the broker's owner do. */
  act(options: { readonly isFinishing: boolean }): void {
    const log = this.#log
    assert(log, 'no broker')
    const producer = this.producers[randomInt(this.random, this.producers.length)]
    producer?.send((batch) => this.#noting(log.append(batch)), options)
    if (this.random.next() < 0.02) void log.enforceRetention({ policyOf: () => undefined, keepFrom: () => 0n }).catch(() => undefined)
  }

  /** The process dies: what was not synced is lost, what was not done is not done, and a new process starts. */
  async crash(): Promise<void> {
    this.scheduler.crash()
    this.#files.crash(this.random)
    for (const producer of this.producers) producer.crash()
    await this.#open()
  }

  calm(): void {
    Object.assign(this.#fileFaults, { failedWrite: 0, failedSync: 0, failedCreate: 0 })
    Object.assign(this.#stateFaults, { refused: 0, lostAnswer: 0 })
  }

  async check(): Promise<void> {
    await this.crash()
    const found = new Map<string, { partition: number; baseOffset: bigint }[]>()
    for (let partition = 0; partition < partitionCount; partition++)
      for (const { value, baseOffset } of await this.#withTurns(this.#readAll(partition)))
        found.set(value, [...(found.get(value) ?? []), { partition, baseOffset }])
    for (const { acknowledged, refused, wronged } of this.producers) {
      expect(wronged).toEqual([])
      for (const { value, partition, baseOffset } of acknowledged) expect(found.get(value), value).toEqual([{ partition, baseOffset }])
      for (const value of refused) expect(found.get(value), `${value} was refused`).toBeUndefined()
    }
    for (const [value, places] of found) expect(places, value).toHaveLength(1)
    expect(this.#errors).toEqual([])
    expect(this.producers.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0)).toBeGreaterThan(20)
  }

  async #open(): Promise<void> {
    const { random, scheduler } = this
    const state = withStateFaults(this.#durableState, this.#stateFaults, random)
    const pieces = new SegmentPieces(this.#files, { clock: scheduler, random, segmentBytesMax: 1_000 })
    this.#log = await this.#withTurns(this.#openUntilItSucceeds(state, pieces))
    this.#nextTold = new Map()
    this.#log.onAppend((appended) => this.#onAppend(appended))
  }

  async #openUntilItSucceeds(state: StateStore, pieces: SegmentPieces): Promise<OpenedLog> {
    for (;;) {
      try {
        return await openLog({ state, pieces, clock: this.scheduler, random: this.random, logger: silentLogger })
      } catch {
        // The store refused; a broker would be started again.
      }
    }
  }

  #onAppend({ partition, baseOffset, nextOffset }: AppendedBatch): void {
    const told = this.#nextTold.get(partition) ?? 0n
    if (baseOffset < told) this.#errors.push(`partition ${partition} was told of ${baseOffset} after ${told}`)
    this.#nextTold.set(partition, nextOffset)
  }

  async #noting<T>(promise: Promise<T>): Promise<T> {
    try {
      return await promise
    } catch (error) {
      this.#errors.push(error)
      throw error
    }
  }

  /** Every batch of the partition, and that their offsets are dense. */
  async #readAll(partition: number): Promise<{ value: string; baseOffset: bigint }[]> {
    const found: { value: string; baseOffset: bigint }[] = []
    for (let offset = 0n; ;) {
      const read = await this.#log?.read({ topicId, partition, offset, bytesMax: 500 })
      assert(read?.kind === 'batches', 'not readable from its start to its end')
      for (const { bytes, baseOffset, nextOffset } of read.batches) {
        assert(baseOffset === offset, 'a gap in the offsets')
        found.push({ value: valueOf(bytes).replace(/\/0$/, ''), baseOffset })
        offset = nextOffset
      }
      if (read.batches.length === 0) return found
    }
  }

  async #withTurns<T>(promise: Promise<T>): Promise<T> {
    const settled = new AbortController()
    const note = (): void => settled.abort()
    promise.then(note, note)
    while (!settled.signal.aborted) await this.scheduler.turn()
    return promise
  }
}
