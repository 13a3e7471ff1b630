import { describe, expect, test } from 'vitest'
import { FaultyPointer, type PointerFault } from '../../../src/catalogs/faults.ts'
import { FaultyObjectStore, type Fault } from '../../../src/objects/faults.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { AssertionError } from '../../../src/shared/assert.ts'
import { limits } from '../../../src/shared/limits.ts'
import { listSnapshots } from '../../../src/tables/iceberg/loaded-table.ts'
import { currentSnapshot } from '../../../src/tables/iceberg/metadata.ts'
import { liveFiles, manifestsOf } from '../../../src/tables/iceberg/snapshot-files.ts'
import type { IcebergTable } from '../../../src/tables/iceberg/iceberg-table.ts'
import type { TableAppend } from '../../../src/tables/table-commit.ts'
import { CountingStore } from './counting-store.ts'
import { edit, foreignAppend, foreignCompaction } from './foreign-writer.ts'
import { newTable, openTestTable, paperAppend, paperFile, quickClock, testWorld, type TestWorld } from './test-table.ts'

async function liveKeys(table: IcebergTable): Promise<string[]> {
  const keys: string[] = []
  for await (const { key } of liveFiles(await table.load())) keys.push(key ?? 'elsewhere')
  return keys.sort()
}

const keysOf = (...appends: TableAppend[]): string[] => appends.flatMap(({ files }) => files.map(({ key }) => key)).sort()

function withFaults(world: TestWorld, faults: PointerFault[]): FaultyPointer {
  return new FaultyPointer(world.catalog.pointer(newTable()), () => faults.shift() ?? 'none')
}

describe('an append', () => {
  test('makes its files visible and moves the progress of the partitions it names', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const one = paperAppend(world, { partition: 0, to: 5n })
    const two = paperAppend(world, { partition: 7, to: 2n })
    expect((await table.append(one)).kind).toBe('committed')
    expect((await table.append(two)).kind).toBe('committed')
    expect(await table.progress()).toEqual({
      nextOffsets: new Map([
        [0, 5n],
        [7, 2n],
      ]),
    })
    expect(await liveKeys(table)).toEqual(keysOf(one, two))
  })

  test('answers with the snapshot that holds it, which main and the tag name', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const outcome = await table.append(paperAppend(world, { to: 3n }))
    const [snapshot] = listSnapshots(await table.load())
    expect(outcome).toEqual({ kind: 'committed', version: snapshot?.snapshotId })
    expect(snapshot).toMatchObject({ isCurrent: true, refs: ['main', 'headgate'], sequenceNumber: 1n })
    expect(snapshot?.summary).toMatchObject({ operation: 'append', 'total-records': '3', 'total-data-files': '1', 'added-records': '3' })
  })

  test('without files moves offsets alone: every record of the range was aborted', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append({ ...paperAppend(world, { to: 4n }), files: [] })
    expect(await table.progress()).toEqual({ nextOffsets: new Map([[0, 4n]]) })
    expect(await liveKeys(table)).toEqual([])
  })

  test('on other offsets than the table has is stale, and says where the table is', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append(paperAppend(world, { to: 5n }))
    const progress = { nextOffsets: new Map([[0, 5n]]) }
    expect(await table.append(paperAppend(world, { from: 0n, to: 5n }))).toEqual({ kind: 'stale', progress })
    expect(await table.append(paperAppend(world, { from: 6n, to: 7n }))).toEqual({ kind: 'stale', progress })
    expect(await table.append(paperAppend(world, { partition: 1, from: 5n, to: 7n }))).toEqual({ kind: 'stale', progress })
  })

  test('that is in the table already is answered with its snapshot, also in another process', async () => {
    const world = await testWorld()
    const append = paperAppend(world, { to: 5n })
    const first = await (await openTestTable(world)).append(append)
    const other = await openTestTable(world)
    await other.append(paperAppend(world, { from: 5n, to: 6n }))
    expect(await other.append(structuredClone(append))).toEqual(first)
  })

  test('of the same offsets in other files is stale, so that the other writer drops its files', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append(paperAppend(world, { to: 5n }))
    expect((await table.append(paperAppend(world, { to: 5n }))).kind).toBe('stale')
  })

  test('keeps all of its 64 bits of offset', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const far = 2n ** 63n - 2n
    const append = { ...paperAppend(world, { to: 1n }), ranges: [{ partition: 0, offsetFirst: 0n, nextOffset: far, highTimestampMs: far }] }
    await table.append(append)
    expect((await (await openTestTable(world)).progress()).nextOffsets.get(0)).toBe(far)
  })
})

describe('what happens between here and the catalog never loses or doubles an append', () => {
  const cases: readonly (readonly [string, PointerFault[]])[] = [
    ['lost races', ['conflict', 'conflict', 'conflict']],
    ['a commit whose answer was lost', ['lost-answer']],
    ['a request that was lost', ['lost-request', 'lost-request']],
    ['a commit that arrives after its caller gave up', ['late']],
    ['all of it', ['conflict', 'late', 'lost-request', 'conflict', 'lost-answer']],
  ]
  for (const [name, faults] of cases)
    test(name, async () => {
      const world = await testWorld()
      const pointer = withFaults(world, [...faults])
      const table = await openTestTable(world, {}, pointer)
      const append = paperAppend(world, { to: 5n })
      expect((await table.append(append)).kind).toBe('committed')
      await pointer.settle()
      expect(await liveKeys(table)).toEqual(keysOf(append))
      expect(listSnapshots(await table.load()).length).toBe(1)
    })

  test('contention without end is unresolved after a bounded number of attempts, and the same append may be tried again', async () => {
    const world = await testWorld()
    const faults: PointerFault[] = Array.from({ length: limits.commitAttemptsMax }, () => 'conflict')
    const table = await openTestTable(world, {}, withFaults(world, faults))
    const append = paperAppend(world, { to: 5n })
    expect(await table.append(append)).toMatchObject({ kind: 'unresolved', reason: expect.stringContaining('other writers') })
    expect(faults).toEqual([])
    expect((await table.append(append)).kind).toBe('committed')
    expect(await liveKeys(table)).toEqual(keysOf(append))
  })

  test('an answer lost at the very last attempt is looked for once more', async () => {
    const world = await testWorld()
    const faults: PointerFault[] = Array.from({ length: limits.commitAttemptsMax - 1 }, () => 'conflict')
    const table = await openTestTable(world, {}, withFaults(world, [...faults, 'lost-answer']))
    expect((await table.append(paperAppend(world, { to: 5n }))).kind).toBe('committed')
  })

  test('attempts that lost leave nothing behind but what the winner needs', async () => {
    const world = await testWorld()
    const table = await openTestTable(world, {}, withFaults(world, ['conflict', 'conflict']))
    await table.append(paperAppend(world, { to: 5n }))
    const names = (await world.store.list('default/orders/metadata/')).map(({ key }) => key.split('/').at(-1))
    expect(names.filter((name) => name?.startsWith('snap-')).length).toBe(1)
    expect(names.filter((name) => name?.includes('-m0')).length).toBe(1)
  })

  test('a store that loses answers is looked at before anything is written again', async () => {
    const plan = ({ key }: { key: string }): Fault => (key.endsWith('.avro') ? { kind: 'lost-answer' } : { kind: 'none' })
    // Reads of what was written are what settles it, so they must work.
    const store = new FaultyObjectStore(new MemoryObjectStore(), {
      plan: (call) => (call.operation === 'putIfAbsent' ? plan(call) : { kind: 'none' }),
      clock: quickClock(),
    })
    const world = await testWorld({ store })
    const table = await openTestTable(world)
    expect((await table.append(paperAppend(world, { to: 5n }))).kind).toBe('committed')
  })

  test('a store that refuses is an error, and nothing was done', async () => {
    let isDown = false
    const store = new FaultyObjectStore(new MemoryObjectStore(), {
      plan: () => ({ kind: isDown ? 'refused' : 'none' }),
      clock: quickClock(),
    })
    const world = await testWorld({ store })
    const table = await openTestTable(world)
    const append = paperAppend(world, { to: 5n })
    isDown = true
    await expect(table.append(append)).rejects.toMatchObject({ kind: 'store-unavailable' })
    isDown = false
    expect((await table.append(append)).kind).toBe('committed')
    expect(await liveKeys(table)).toEqual(keysOf(append))
  })
})

describe('beside foreign writers', () => {
  test('their inserts and compactions stay, and Headgate goes on from its own progress', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const pointer = world.catalog.pointer(newTable())
    await table.append(paperAppend(world, { to: 5n }))
    const inserted = paperFile(world)
    await foreignAppend(world, pointer, inserted)
    const compacted = paperFile(world)
    await foreignCompaction(world, pointer, () => compacted)
    const next = paperAppend(world, { from: 5n, to: 6n })
    expect((await table.append(next)).kind).toBe('committed')
    expect(await liveKeys(table)).toEqual([compacted.key, ...keysOf(next)].sort())
    expect(await table.progress()).toEqual({ nextOffsets: new Map([[0, 6n]]) })
  })

  test('totals that a foreign snapshot does not state are not invented', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await foreignAppend(world, world.catalog.pointer(newTable()), paperFile(world))
    await table.append(paperAppend(world, { to: 1n }))
    expect(listSnapshots(await table.load()).at(-1)?.summary['total-records']).toBeUndefined()
  })

  test('a table created anew under the same name is not written', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await world.catalog.drop(newTable())
    await expect(table.append(paperAppend(world, {}))).rejects.toMatchObject({ kind: 'not-found' })
    await openTestTable(world)
    await expect(table.append(paperAppend(world, {}))).rejects.toMatchObject({ kind: 'fenced' })
  })

  test('a table upgraded to format version 3 is refused by name', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await edit(world, world.catalog.pointer(newTable()), (metadata) => ({ ...metadata, 'format-version': 3 })).catch(() => undefined)
    await expect(table.append(paperAppend(world, {}))).rejects.toThrow('format version 3; Headgate writes version 2 only')
  })

  test('fields of the metadata that Headgate does not know survive a commit', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await edit(world, world.catalog.pointer(newTable()), (metadata) => ({ ...metadata, statistics: [{ 'snapshot-id': 2n ** 62n }] }))
    await table.append(paperAppend(world, { to: 1n }))
    expect((await table.load()).metadata['statistics']).toEqual([{ 'snapshot-id': 2n ** 62n }])
  })
})

describe('the cost of a commit does not grow with the history of the table', () => {
  test('no file is read back between merges, and metadata stays small', async () => {
    const store = new CountingStore()
    const world = await testWorld({ store })
    const table = await openTestTable(world)
    const costs: { gets: number; putBytes: number }[] = []
    for (let offset = 0n; offset < 350n; offset++) {
      const before = { gets: store.gets, putBytes: store.putBytes }
      await table.append(paperAppend(world, { from: offset }))
      costs.push({ gets: store.gets - before.gets, putBytes: store.putBytes - before.putBytes })
    }
    const merges = costs.filter(({ gets }) => gets > 0)
    expect(merges.map(({ gets }) => gets)).toEqual([100, 100, 100])
    const settled = costs.slice(150).map(({ putBytes }) => putBytes)
    expect(Math.max(...settled)).toBeLessThan(Math.min(...settled) * 1.3)
    const loaded = await table.load()
    const snapshot = currentSnapshot(loaded.metadata)
    expect((snapshot && (await manifestsOf(loaded, snapshot)))?.length).toBeLessThan(110)
    expect((await liveKeys(table)).length).toBe(350)
    expect(listSnapshots(loaded).at(-1)?.summary['total-data-files']).toBe('350')
  })

  test('old metadata files go when the log no longer names them', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    for (let offset = 0n; offset < BigInt(limits.previousMetadataFilesMax + 10); offset++)
      await table.append(paperAppend(world, { from: offset }))
    const files = (await world.store.list('default/orders/metadata/')).filter(({ key }) => key.endsWith('.metadata.json'))
    expect(files.length).toBe(limits.previousMetadataFilesMax + 1)
    expect((await table.load()).metadata['metadata-log']?.length).toBe(limits.previousMetadataFilesMax)
  })
})

describe('a programmer who hands in nonsense is told', () => {
  const world = testWorld()
  const cases: readonly (readonly [string, (append: TableAppend) => TableAppend])[] = [
    ['no ranges', (append) => ({ ...append, ranges: [] })],
    ['an empty range', (append) => ({ ...append, ranges: append.ranges.map((range) => ({ ...range, nextOffset: range.offsetFirst })) })],
    ['a partition twice', (append) => ({ ...append, ranges: [...append.ranges, ...append.ranges] })],
    [
      'a partition value for an unpartitioned table',
      (append) => ({ ...append, files: append.files.map((file) => ({ ...file, partitionValue: 3 })) }),
    ],
  ]
  for (const [name, change] of cases)
    test(name, async () => {
      const table = await openTestTable(await world)
      await expect(table.append(change(paperAppend(await world, {})))).rejects.toThrow(AssertionError)
    })

  test('a file whose rows lie outside its partition', async () => {
    const table = await openTestTable(await world, { table: 'daily', partitionBy: 'day' })
    const append = paperAppend(await world, {})
    const bounds = { fieldId: 4, compressedBytes: 1, valueCount: 1, nullCount: 0, lower: 86_400_000_000n, upper: 86_400_000_000n }
    const filedUnder = (partitionValue: number): TableAppend => ({
      ...append,
      files: append.files.map((file) => ({ ...file, partitionValue, metrics: { ...file.metrics, columns: [bounds] } })),
    })
    await expect(table.append(filedUnder(2))).rejects.toThrow('do not belong to the day 2')
    expect((await table.append(filedUnder(1))).kind).toBe('committed')
  })
})
