import { describe, expect, test } from 'vitest'
import { FaultyPointer, type PointerFault } from '../../../src/catalogs/faults.ts'
import { FaultyObjectStore, seededFaults } from '../../../src/objects/faults.ts'
import { uriOf } from '../../../src/objects/lake-root.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { randomInt, seededRandom, type Random } from '../../../src/shared/random.ts'
import type { IcebergTable } from '../../../src/tables/iceberg/iceberg-table.ts'
import { loadTable } from '../../../src/tables/iceberg/loaded-table.ts'
import { appendIdOf } from '../../../src/tables/iceberg/prepare-append.ts'
import { ownLineage } from '../../../src/tables/iceberg/progress.ts'
import { liveFiles } from '../../../src/tables/iceberg/snapshot-files.ts'
import type { PreparedFile, TableAppend } from '../../../src/tables/table-commit.ts'
import { foreignAppend, foreignCompaction } from './foreign-writer.ts'
import { newTable, openTestTable, paperFile, quickClock, testWorld, topicId, type TestWorld } from './test-table.ts'

/**
 * Two brokers that both believe they own the topic, and a stranger who inserts and compacts, on a store and a catalog
 * that refuse, lose answers and deliver late. Every offset must end up in exactly one live file. Seeds that failed once
 * stay in the list.
 */
const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
const partitions = 3
const steps = 40

describe('every offset is in exactly one live file, in order, whatever happens to commits', () => {
  for (const seed of seeds)
    test(`seed ${seed}`, async () => {
      const simulation = await Simulation.start(seed)
      await Promise.all([simulation.broker('a'), simulation.broker('b'), simulation.stranger()])
      await simulation.settle()
      await simulation.check()
    })
})

class Simulation {
  readonly #world: TestWorld
  readonly #random: Random
  readonly #pointer: FaultyPointer
  /** The offsets in each file ever written, as `partition:offset`. A stranger's own rows are not offsets. */
  readonly #rows = new Map<string, readonly string[]>()
  /** What each append was told, by its id. */
  readonly #told = new Map<string, 'committed' | 'stale'>()

  static async start(seed: number): Promise<Simulation> {
    const random = seededRandom(seed)
    const rates = { refused: 0.02, lostAnswer: 0.02, lateAnswer: 0.1 }
    const store = new FaultyObjectStore(new MemoryObjectStore(), { plan: seededFaults(random, rates), clock: quickClock() })
    const world = await testWorld({ seed, store })
    const simulation = new Simulation(world, random)
    await untilDone(() => openTestTable(world))
    return simulation
  }

  constructor(world: TestWorld, random: Random) {
    this.#world = world
    this.#random = random
    this.#pointer = new FaultyPointer(world.catalog.pointer(newTable()), () => this.#fault())
  }

  #fault(): PointerFault {
    const share = this.#random.next()
    if (share < 0.1) return 'lost-answer'
    if (share < 0.2) return 'lost-request'
    if (share < 0.3) return 'late'
    return share < 0.4 ? 'conflict' : 'none'
  }

  /** Reads the table's progress, appends what follows, tries again or dies and comes back. */
  async broker(_name: string): Promise<void> {
    let table = await untilDone(() => openTestTable(this.#world, {}, this.#pointer))
    for (let step = 0; step < steps; step++) {
      await this.#pause()
      const append = await untilDone(() => this.#nextAppend(table))
      const outcome = await this.#tryAppend(table, append)
      if (outcome === 'died') table = await untilDone(() => openTestTable(this.#world, {}, this.#pointer))
      else this.#told.set(appendIdOf(append), outcome)
      if (this.#random.next() < 0.2) await untilDone(() => this.#pointer.settle())
    }
  }

  async #tryAppend(table: IcebergTable, append: TableAppend): Promise<'committed' | 'stale' | 'died'> {
    while (this.#random.next() < 0.9) {
      try {
        const outcome = await table.append(append)
        if (outcome.kind !== 'unresolved') return outcome.kind
      } catch (error) {
        if (!(error instanceof HeadgateError) || error.kind !== 'store-unavailable') throw error
      }
    }
    return 'died'
  }

  async #nextAppend(table: IcebergTable): Promise<TableAppend> {
    const { nextOffsets } = await table.progress()
    const touched = Array.from({ length: partitions }, (_, partition) => partition).filter(() => this.#random.next() < 0.6)
    const ranges = (touched.length === 0 ? [0] : touched).map((partition) => {
      const offsetFirst = nextOffsets.get(partition) ?? 0n
      return { partition, offsetFirst, nextOffset: offsetFirst + BigInt(1 + randomInt(this.#random, 4)), highTimestampMs: 1n }
    })
    const rows = ranges.flatMap(({ partition, offsetFirst, nextOffset }) =>
      Array.from({ length: Number(nextOffset - offsetFirst) }, (_, index) => `${partition}:${offsetFirst + BigInt(index)}`),
    )
    return { files: [this.#fileOf(rows)], ranges, schemaIds: [1] }
  }

  #fileOf(rows: readonly string[]): PreparedFile {
    const file = paperFile(this.#world, { rows: Math.max(1, rows.length) })
    this.#rows.set(uriOf(this.#world.root, file.key), rows)
    return file
  }

  async stranger(): Promise<void> {
    for (let step = 0; step < steps / 4; step++) {
      await this.#pause()
      const compact = (uris: readonly string[]): PreparedFile => this.#fileOf(uris.flatMap((uri) => this.#rows.get(uri) ?? []))
      await untilDone(() =>
        this.#random.next() < 0.5
          ? foreignAppend(this.#world, this.#pointer, this.#fileOf([]))
          : foreignCompaction(this.#world, this.#pointer, compact),
      )
    }
  }

  async settle(): Promise<void> {
    await untilDone(() => this.#pointer.settle())
  }

  async check(): Promise<void> {
    const table = await untilDone(() => loadTable(this.#pointer, this.#world.root))
    if (table === undefined) throw new Error('the table is gone')
    const lineage = [...ownLineage(table.metadata, topicId)].toReversed()
    const reached = new Map<number, bigint>()
    for (const { ranges, nextOffsets } of lineage) {
      for (const { partition, offsetFirst, nextOffset } of ranges) {
        expect(offsetFirst).toBe(reached.get(partition) ?? 0n)
        reached.set(partition, nextOffset)
      }
      expect(nextOffsets).toEqual(reached)
    }
    const landed = lineage.map(({ appendId }) => appendId)
    expect(new Set(landed).size).toBe(landed.length)
    for (const [appendId, told] of this.#told) expect(landed.includes(appendId), told).toBe(told === 'committed')
    const rows = await untilDone(async () => {
      const found: string[] = []
      for await (const { uri } of liveFiles(table)) found.push(...(this.#rows.get(uri) ?? ['unknown file']))
      return found
    })
    const expected = [...reached].flatMap(([partition, nextOffset]) =>
      Array.from({ length: Number(nextOffset) }, (_, offset) => `${partition}:${offset}`),
    )
    expect(rows.sort()).toEqual(expected.sort())
    // A simulation in which nothing happened would prove nothing.
    expect(lineage.length).toBeGreaterThan(steps / 2)
  }

  async #pause(): Promise<void> {
    for (let turns = randomInt(this.#random, 20); turns > 0; turns--) await Promise.resolve()
  }
}

/** Tries again while the store refuses; anything else is a failure of the test. */
async function untilDone<T>(run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run()
    } catch (error) {
      if (!(error instanceof HeadgateError) || error.kind !== 'store-unavailable') throw error
    }
  }
}
