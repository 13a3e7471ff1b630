import { beforeEach, describe, expect, test } from 'vitest'
import { FaultyPointer, type PointerFault } from '../../src/catalogs/faults.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { Committer } from '../../src/sink/committer.ts'
import { deltaLogOf, openDeltaTable } from '../../src/tables/delta/delta-table.ts'
import { readTable } from '../../src/tables/delta/read-table.ts'
import type { OffsetRange, TableAppend } from '../../src/tables/table-commit.ts'
import { newTable, openTestTable, paperFile, testWorld, type TestWorld } from '../tables/iceberg/test-table.ts'

/** Both formats over one memory lake: what was committed to which, and how a committer brings them together. */
let world: TestWorld

beforeEach(async () => {
  world = await testWorld()
})

const signal = new AbortController().signal
const shared = newTable({ isShared: true })
const openDelta = () => openDeltaTable({ ...world, table: shared, engineInfo: 'headgate/test', logger: silentLogger })
const openIceberg = () => openTestTable(world, { isShared: true })
const context = () => ({ ...world, logger: silentLogger })

const onIceberg = async () => new Committer({ leader: await openIceberg() }, context())
const onDelta = async () => new Committer({ leader: await openDelta() }, context())
const onBoth = async () => new Committer({ leader: await openIceberg(), follower: await openDelta() }, context())

/** One file with the rows of these ranges, as `[partition, first, next]`. */
function appendOf(...ranges: readonly (readonly [partition: number, first: number, next: number])[]): TableAppend {
  const rows = ranges.reduce((sum, [, first, next]) => sum + next - first, 0)
  const offsetRanges: OffsetRange[] = ranges.map(([partition, first, next]) => ({
    partition,
    offsetFirst: BigInt(first),
    nextOffset: BigInt(next),
    highTimestampMs: 1n,
  }))
  return { files: [paperFile(world, { rows, table: 'default/orders' })], ranges: offsetRanges, schemaIds: [1] }
}

/** Where each format is, and how many files it has. */
async function reached(): Promise<{ iceberg: unknown; delta: unknown; deltaFiles: number }> {
  const [iceberg, delta] = [await openIceberg(), await openDelta()]
  const plain = (offsets: ReadonlyMap<number, bigint>) => Object.fromEntries(offsets)
  return {
    iceberg: plain((await iceberg.progress()).nextOffsets),
    delta: plain((await delta.progress()).nextOffsets),
    deltaFiles: (await readTable(deltaLogOf(world.root, shared))).files.length,
  }
}

describe('a commit', () => {
  test('is visible in both formats, with the same files, and says where they are', async () => {
    const committer = await onBoth()
    expect(await committer.open(signal)).toEqual({ nextOffsets: new Map() })
    expect(committer.versions).toEqual({})
    const versions = await committer.commit(appendOf([0, 0, 5], [2, 0, 1]), signal)
    expect(versions).toEqual({ icebergSnapshotId: expect.any(BigInt) as bigint, deltaVersion: 1n })
    expect(committer.versions).toEqual(versions)
    expect(await reached()).toEqual({ iceberg: { 0: 5n, 2: 1n }, delta: { 0: 5n, 2: 1n }, deltaFiles: 1 })
  })

  test('of Delta alone names no Iceberg snapshot', async () => {
    expect(await (await onDelta()).commit(appendOf([0, 0, 5]), signal)).toEqual({ deltaVersion: 1n })
  })

  test('that is unresolved is tried until it is not, once', async () => {
    const faults: PointerFault[] = Array.from({ length: 50 }, () => 'conflict')
    const pointer = new FaultyPointer(world.catalog.pointer(shared), () => faults.pop() ?? 'none')
    await openIceberg()
    const committer = new Committer(
      { leader: await openTestTable(world, { isShared: true }, pointer), follower: await openDelta() },
      context(),
    )
    await committer.open(signal)
    await committer.commit(appendOf([0, 0, 5]), signal)
    expect(faults).toEqual([])
    expect(await reached()).toEqual({ iceberg: { 0: 5n }, delta: { 0: 5n }, deltaFiles: 1 })
  })

  test('that is given up on while it is unresolved ends with the reason', async () => {
    const pointer = new FaultyPointer(world.catalog.pointer(shared), () => 'conflict')
    await openIceberg()
    const stop = new AbortController()
    const clock = { ...world.clock, sleep: async () => stop.signal.throwIfAborted() }
    const leader = await openTestTable({ ...world, clock: world.clock }, { isShared: true }, pointer)
    const committer = new Committer({ leader }, { ...context(), clock })
    const committing = committer.commit(appendOf([0, 0, 5]), stop.signal)
    stop.abort(new Error('the session ended'))
    await expect(committing).rejects.toThrow('the session ended')
  })

  for (const [what, other, own] of [
    ['the same offsets', [0, 0, 5], [0, 0, 5]],
    ['fewer offsets', [0, 0, 3], [0, 0, 5]],
    ['more offsets', [0, 0, 9], [0, 0, 5]],
  ] as const)
    test(`is fenced where another writer committed ${what}`, async () => {
      const [committer, rival] = [await onIceberg(), await onIceberg()]
      await committer.open(signal)
      await rival.commit(appendOf(other), signal)
      await expect(committer.commit(appendOf(own), signal)).rejects.toMatchObject({ kind: 'fenced' })
    })

  test('whose follower was moved by another writer is fenced, and the next start mends it', async () => {
    const committer = await onBoth()
    await committer.open(signal)
    // Another writer begins the follower with less than this one is about to commit.
    await (await onIceberg()).commit(appendOf([1, 0, 2]), signal)
    await (await onBoth()).open(signal)
    await (await onIceberg()).commit(appendOf([0, 0, 3]), signal)
    await expect(committer.commit(appendOf([0, 0, 5]), signal)).rejects.toMatchObject({ kind: 'fenced' })
    await (await onBoth()).open(signal)
    expect(await reached()).toMatchObject({ iceberg: { 0: 3n, 1: 2n }, delta: { 0: 3n, 1: 2n } })
  })
})

describe('at its start', () => {
  test('a committer goes on where the table is', async () => {
    const committer = await onIceberg()
    await committer.commit(appendOf([0, 0, 5]), signal)
    expect(await (await onIceberg()).open(signal)).toEqual({ nextOffsets: new Map([[0, 5n]]) })
  })

  test('a format that is new begins with the whole table, in one commit', async () => {
    const committer = await onIceberg()
    for (const [first, next] of [
      [0, 5],
      [5, 6],
      [6, 9],
    ] as const)
      await committer.commit(appendOf([0, first, next]), signal)
    const both = await onBoth()
    await both.open(signal)
    expect(both.versions).toEqual({ deltaVersion: 1n })
    expect(await reached()).toEqual({ iceberg: { 0: 9n }, delta: { 0: 9n }, deltaFiles: 3 })
  })

  test('a format that is new in a table without commits begins with the first of them', async () => {
    await (await onBoth()).open(signal)
    expect(await reached()).toEqual({ iceberg: {}, delta: {}, deltaFiles: 0 })
  })

  test('a follower gets the commits that it lacks, one by one, and no other', async () => {
    const both = await onBoth()
    await both.commit(appendOf([0, 0, 5]), signal)
    const alone = await onIceberg()
    await alone.commit(appendOf([0, 5, 6], [1, 0, 3]), signal)
    await alone.commit(appendOf([1, 3, 4]), signal)
    const again = await onBoth()
    expect(await again.open(signal)).toEqual({
      nextOffsets: new Map([
        [0, 6n],
        [1, 4n],
      ]),
    })
    expect(again.versions).toEqual({ deltaVersion: 3n })
    expect(await reached()).toEqual({ iceberg: { 0: 6n, 1: 4n }, delta: { 0: 6n, 1: 4n }, deltaFiles: 3 })
    await again.open(signal)
    expect(await reached(), 'nothing is committed twice').toMatchObject({ deltaFiles: 3 })
  })

  test('a follower gets also what lies before a commit that it has: two writers, two partitions', async () => {
    const both = await onBoth()
    await both.commit(appendOf([0, 0, 5]), signal)
    // It never saw the other one's commit, which is of another partition.
    await (await onIceberg()).commit(appendOf([0, 5, 7]), signal)
    await both.commit(appendOf([1, 0, 3]), signal)
    expect(await reached()).toMatchObject({ iceberg: { 0: 7n, 1: 3n }, delta: { 0: 5n, 1: 3n } })
    const next = await onBoth()
    await next.open(signal)
    expect(await reached()).toEqual({ iceberg: { 0: 7n, 1: 3n }, delta: { 0: 7n, 1: 3n }, deltaFiles: 3 })
    await next.commit(appendOf([0, 7, 8]), signal)
    expect(await reached()).toMatchObject({ iceberg: { 0: 8n, 1: 3n }, delta: { 0: 8n, 1: 3n } })
  })

  test('a follower that is ahead is refused, with what to do, and nothing is committed', async () => {
    await (await onDelta()).commit(appendOf([0, 0, 5]), signal)
    await expect((await onBoth()).open(signal)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/Delta.*set lake\.formats.*or lake\.table/) as string,
    })
    expect(await reached()).toMatchObject({ iceberg: {}, delta: { 0: 5n } })
  })
})
