import { expect, test } from 'vitest'
import { FaultyObjectStore, seededFaults } from '../../../src/objects/faults.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { randomInt, seededRandom, type Random } from '../../../src/shared/random.ts'
import { deltaLogOf, type DeltaTable } from '../../../src/tables/delta/delta-table.ts'
import { readTable } from '../../../src/tables/delta/read-table.ts'
import { appendOf, newTable, openOn } from './table-fixture.ts'

/** Seeds that once failed stay here. */
const seeds = [1, 2, 3, 4, 5, 20_261_124]

for (const seed of seeds)
  test(`every offset is in exactly one file across racing writers, lost answers and restarts (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const truth = new MemoryObjectStore()
    await openOn(truth)
    const stores: FaultyObjectStore[] = []
    const faulty = (): FaultyObjectStore => {
      const store = new FaultyObjectStore(truth, {
        plan: seededFaults(random, { refused: 0.1, lostAnswer: 0.1, lateWork: 0.05 }),
        clock: Object.assign(new ManualClock(), { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }),
      })
      stores.push(store)
      return store
    }
    await Promise.all(Array.from({ length: 3 }, (_, writer) => writeUntil(faulty, { random, offsetEnd: 200n, name: `w${writer}` })))
    await Promise.all(stores.map((store) => store.settled()))
    const { state, files } = await readTable(deltaLogOf({ uri: 'memory://lake', store: truth }, newTable))
    const held = files.flatMap(({ path }) => offsetsOf(path))
    expect(held.toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: Number(state.txns.get(`headgate/${newTable.topicId}/0`)?.version) }, (_, offset) => offset),
    )
    expect(held.length).toBeGreaterThanOrEqual(200)
  })

/** Commits from wherever the table is, starting over after every failure, as a sink does. */
async function writeUntil(
  store: () => FaultyObjectStore,
  { random, offsetEnd, name }: { random: Random; offsetEnd: bigint; name: string },
): Promise<void> {
  let table: DeltaTable | undefined
  for (let round = 0; round < 2_000; round++) {
    try {
      table ??= await openOn(store(), { seed: randomInt(random, 1_000_000) })
      const first = (await table.progress()).nextOffsets.get(0) ?? 0n
      if (first >= offsetEnd) return
      const next = first + BigInt(1 + randomInt(random, 20))
      const outcome = await table.append(appendOf(`${name}-${round}_${first}_${next}`, [[0, Number(first), Number(next)]]))
      if (outcome.kind !== 'committed') table = undefined
    } catch (error) {
      if (!isErrorOfKind(error, 'store-unavailable') && !isErrorOfKind(error, 'store-outcome-unknown')) throw error
      table = undefined
    }
  }
  throw new Error('the table never reached its end')
}

function offsetsOf(path: string): number[] {
  const [, first, next] = /_(\d+)_(\d+)\.parquet$/.exec(path) ?? []
  return Array.from({ length: Number(next) - Number(first) }, (_, index) => Number(first) + index)
}
