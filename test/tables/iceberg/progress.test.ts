import { describe, expect, test } from 'vitest'
import type { IcebergTable } from '../../../src/tables/iceberg/iceberg-table.ts'
import { idOf, type TableMetadata } from '../../../src/tables/iceberg/metadata.ts'
import type { CommittedAppend } from '../../../src/tables/iceberg/replay.ts'
import type { TableProgress } from '../../../src/tables/table-commit.ts'
import { edit, foreignAppend, foreignCompaction, foreignRollback } from './foreign-writer.ts'
import { newTable, openTestTable, paperAppend, paperFile, testWorld, type TestWorld } from './test-table.ts'

/** A table with two appends of ours, then one of a stranger. */
async function tableWithHistory(): Promise<{ world: TestWorld; table: IcebergTable; versions: bigint[] }> {
  const world = await testWorld()
  const table = await openTestTable(world)
  const versions: bigint[] = []
  for (const [from, to] of [
    [0n, 3n],
    [3n, 5n],
  ] as const) {
    const outcome = await table.append(paperAppend(world, { from, to }))
    if (outcome.kind === 'committed') versions.push(outcome.version)
  }
  await foreignAppend(world, world.catalog.pointer(newTable()), paperFile(world))
  return { world, table, versions }
}

const pointerOf = (world: TestWorld) => world.catalog.pointer(newTable())
const atFive = { nextOffsets: new Map([[0, 5n]]) }

function onlyMain(refs: TableMetadata['refs']): NonNullable<TableMetadata['refs']> {
  return refs?.['main'] ? { main: refs['main'] } : {}
}

/** What expiry does: drops snapshots, and the log before them. */
function without(metadata: TableMetadata, isDropped: (snapshotId: bigint) => boolean): TableMetadata {
  return { ...metadata, snapshots: (metadata.snapshots ?? []).filter((snapshot) => !isDropped(idOf(snapshot['snapshot-id']))) }
}

describe('progress is found', () => {
  test('behind snapshots of others', async () => {
    const { world, table } = await tableWithHistory()
    await foreignCompaction(world, pointerOf(world), () => paperFile(world))
    expect(await table.progress()).toEqual(atFive)
  })

  test('after others expired everything that no branch or tag names', async () => {
    const { world, table, versions } = await tableWithHistory()
    await foreignAppend(world, pointerOf(world), paperFile(world))
    const { metadata } = await table.load()
    const kept = new Set([versions[1], idOf(metadata['current-snapshot-id'] ?? 0)])
    await edit(world, pointerOf(world), (current) => without(current, (snapshotId) => !kept.has(snapshotId)))
    expect(await table.progress()).toEqual(atFive)
    expect((await table.append(paperAppend(world, { from: 5n, to: 6n }))).kind).toBe('committed')
  })

  test('without the tag, while the history is whole', async () => {
    const { world, table } = await tableWithHistory()
    await edit(world, pointerOf(world), ({ refs, ...rest }) => ({ ...rest, refs: onlyMain(refs) }))
    expect(await table.progress()).toEqual(atFive)
  })

  test('to be nothing in a table that only others wrote', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await foreignAppend(world, pointerOf(world), paperFile(world))
    expect(await table.progress()).toEqual({ nextOffsets: new Map() })
  })

  test('where Java writes -1 for no snapshot', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await edit(world, pointerOf(world), (metadata) => ({ ...metadata, 'current-snapshot-id': -1 }))
    expect((await table.append(paperAppend(world, { to: 1n }))).kind).toBe('committed')
  })
})

describe('Headgate stops and says so', () => {
  test('when the table was rolled back behind its last commit', async () => {
    const { world, table, versions } = await tableWithHistory()
    await foreignRollback(world, pointerOf(world), versions[0])
    await expect(table.progress()).rejects.toThrow(`rolled back behind Headgate's snapshot ${versions[1]}`)
    await expect(table.append(paperAppend(world, { from: 3n, to: 4n }))).rejects.toMatchObject({ kind: 'fenced' })
  })

  test('when it was rolled back to nothing', async () => {
    const { world, table } = await tableWithHistory()
    await foreignRollback(world, pointerOf(world), undefined)
    await expect(table.progress()).rejects.toMatchObject({ kind: 'fenced' })
  })

  test('when it was rolled back and others went on from there', async () => {
    const { world, table, versions } = await tableWithHistory()
    await foreignRollback(world, pointerOf(world), versions[0])
    await foreignAppend(world, pointerOf(world), paperFile(world))
    await expect(table.progress()).rejects.toMatchObject({ kind: 'fenced' })
  })

  test('when its snapshots were expired together with the tag', async () => {
    const { world, table, versions } = await tableWithHistory()
    await edit(world, pointerOf(world), ({ refs, ...rest }) =>
      without({ ...rest, refs: onlyMain(refs) }, (snapshotId) => versions.includes(snapshotId)),
    )
    await expect(table.progress()).rejects.toThrow('were expired together with their tag')
  })

  test('when the summary was edited', async () => {
    const { world, table } = await tableWithHistory()
    await edit(world, pointerOf(world), (metadata) => ({
      ...metadata,
      snapshots: (metadata.snapshots ?? []).map((snapshot) => ({
        ...snapshot,
        summary: { ...snapshot.summary, ...(snapshot.summary?.['headgate.offsets'] ? { 'headgate.offsets': '{' } : {}) },
      })),
    }))
    await expect(table.progress()).rejects.toMatchObject({ kind: 'store-corrupt' })
  })

  test('and goes on when main is set back to where it was', async () => {
    const { world, table, versions } = await tableWithHistory()
    await foreignRollback(world, pointerOf(world), versions[0])
    await foreignRollback(world, pointerOf(world), versions[1])
    expect(await table.progress()).toEqual(atFive)
  })
})

describe('another log of the same files catches up by replaying the appends it lacks', () => {
  async function replayed(table: IcebergTable, progress: TableProgress): Promise<CommittedAppend[]> {
    const appends: CommittedAppend[] = []
    for await (const append of table.appendsAfter(progress)) appends.push(append)
    return appends
  }

  test('from the start, from the middle, from the end', async () => {
    const { table, versions } = await tableWithHistory()
    const from = async (offset: bigint) =>
      (await replayed(table, { nextOffsets: new Map([[0, offset]]) })).map(({ snapshotId }) => snapshotId)
    expect(await from(0n)).toEqual(versions)
    expect(await from(3n)).toEqual(versions.slice(1))
    expect(await from(5n)).toEqual([])
  })

  test('each as it was handed in', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const append = {
      ...paperAppend(world, { to: 4n }),
      ranges: [
        { partition: 0, offsetFirst: 0n, nextOffset: 4n, highTimestampMs: 17n },
        { partition: 2, offsetFirst: 0n, nextOffset: 9n, highTimestampMs: 2n ** 60n },
      ],
      schemaIds: [3, 9],
    }
    await table.append(append)
    expect((await replayed(table, { nextOffsets: new Map() })).map((committed) => committed.append)).toEqual([append])
  })

  test('an append that has no files too', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append({ ...paperAppend(world, { to: 4n }), files: [] })
    const [committed] = await replayed(table, { nextOffsets: new Map() })
    expect(committed?.append).toMatchObject({ files: [], ranges: [{ partition: 0, offsetFirst: 0n, nextOffset: 4n }] })
  })

  test('or learns that the history no longer reaches back to it', async () => {
    const { world, table, versions } = await tableWithHistory()
    await edit(world, pointerOf(world), (metadata) => without(metadata, (snapshotId) => snapshotId === versions[0]))
    await expect(replayed(table, { nextOffsets: new Map() })).rejects.toMatchObject({ kind: 'not-found' })
    await expect(replayed(table, { nextOffsets: new Map([[0, 4n]]) })).rejects.toMatchObject({ kind: 'not-found' })
  })
})
