import { describe, expect, test } from 'vitest'
import { limits } from '../../../src/shared/limits.ts'
import type { AvroRecord } from '../../../src/tables/iceberg/avro-schema.ts'
import { decodeManifest, entryField, entryStatus } from '../../../src/tables/iceberg/manifest.ts'
import { countOf, listField, manifestPath, type ManifestFile } from '../../../src/tables/iceberg/manifest-list.ts'
import { pickMerge } from '../../../src/tables/iceberg/merge-manifests.ts'
import { currentSnapshot, type Snapshot } from '../../../src/tables/iceberg/metadata.ts'
import { entriesOf, liveFiles, manifestsOf } from '../../../src/tables/iceberg/snapshot-files.ts'
import type { IcebergTable } from '../../../src/tables/iceberg/iceberg-table.ts'
import type { SwapOutcome, TablePointer } from '../../../src/tables/iceberg/table-pointer.ts'
import { foreignAppend, foreignCompaction } from './foreign-writer.ts'
import { newTable, openTestTable, paperAppend, paperFile, testWorld, type TestWorld } from './test-table.ts'

const spec = { 'spec-id': 0, fields: [] }

function manifests(count: number, changes: ManifestFile = {}): ManifestFile[] {
  return Array.from({ length: count }, (_, index) => ({
    [listField.path]: `m${index}`,
    [listField.lengthBytes]: 5_000,
    [listField.specId]: 0,
    [listField.content]: 0,
    [listField.sequenceNumber]: count - index,
    [listField.addedFiles]: 1,
    [listField.existingFiles]: 0,
    ...changes,
  }))
}

describe('manifests are merged', () => {
  const full = limits.manifestsBeforeMerge
  const cases: readonly (readonly [string, ManifestFile[], number])[] = [
    ['not while there are few', manifests(full - 1), 0],
    ['when there are many small ones', manifests(full), full],
    ['a bounded number at a time', manifests(3 * full), full],
    [
      'with their like: large ones are another tier',
      [...manifests(full - 1), ...manifests(full - 1, { [listField.existingFiles]: 500 })],
      0,
    ],
    ['in the larger tier as well', manifests(full, { [listField.existingFiles]: 500 }), full],
    ['never when they are large enough', manifests(full, { [listField.existingFiles]: full ** 2 }), 0],
    ['never when they are large in bytes', manifests(full, { [listField.lengthBytes]: limits.manifestTargetBytes }), 0],
    ['never across partition specs', manifests(full, { [listField.specId]: 1 }), 0],
    ['never when they hold deletes', manifests(full, { [listField.content]: 1 }), 0],
    ['up to the size that one should have', manifests(full, { [listField.lengthBytes]: limits.manifestTargetBytes / 10 }), 10],
  ]
  for (const [name, list, merged] of cases) test(name, () => expect(pickMerge(list, spec).length).toBe(merged))

  test('the oldest first', () => {
    const picked = pickMerge(manifests(2 * full), spec).map((manifest) => countOf(manifest, listField.sequenceNumber))
    expect(picked).toEqual(Array.from({ length: full }, (_, index) => index + 1))
  })
})

/** A table whose next commit merges. */
async function fullTable(
  pointerFor: (world: TestWorld, inner: TablePointer) => TablePointer,
): Promise<{ world: TestWorld; table: IcebergTable }> {
  const world = await testWorld()
  const filling = await openTestTable(world)
  for (let offset = 0n; offset < BigInt(limits.manifestsBeforeMerge); offset++) await filling.append(paperAppend(world, { from: offset }))
  return { world, table: await openTestTable(world, {}, pointerFor(world, world.catalog.pointer(newTable()))) }
}

/** A pointer before whose first swap somebody else commits. */
function interrupted(inner: TablePointer, others: () => Promise<SwapOutcome>): TablePointer {
  let isFirst = true
  return {
    load: (signal) => inner.load(signal),
    create: (metadata) => inner.create(metadata),
    async swap(base, metadata) {
      if (isFirst) expect((await others()).kind).toBe('committed')
      isFirst = false
      return inner.swap(base, metadata)
    },
  }
}

async function currentManifests(table: IcebergTable): Promise<readonly ManifestFile[]> {
  const loaded = await table.load()
  return manifestsOf(loaded, currentSnapshot(loaded.metadata) as Snapshot)
}

async function fileCount(table: IcebergTable): Promise<number> {
  const keys = new Set<string>()
  let files = 0
  for await (const { uri } of liveFiles(await table.load())) {
    keys.add(uri)
    files++
  }
  expect(keys.size).toBe(files)
  return files
}

const next = BigInt(limits.manifestsBeforeMerge)

describe('a commit that merges', () => {
  test('keeps every file once, with the sequence number it came with', async () => {
    const { world, table } = await fullTable((_, inner) => inner)
    await table.append(paperAppend(world, { from: next }))
    const list = await currentManifests(table)
    expect(list.map((manifest) => [countOf(manifest, listField.addedFiles), countOf(manifest, listField.existingFiles)])).toEqual([
      [1, 0],
      [0, limits.manifestsBeforeMerge],
    ])
    const merged = list[1] as ManifestFile
    expect(countOf(merged, listField.minSequenceNumber)).toBe(1)
    const entries = await entriesOf(await table.load(), merged)
    expect(entries.every((entry) => entry[entryField.status] === entryStatus.existing)).toBe(true)
    expect(entries.map((entry) => entry[entryField.sequenceNumber])).toEqual(entries.map((_, index) => index + 1))
    expect(await fileCount(table)).toBe(limits.manifestsBeforeMerge + 1)
  })

  test('uses the same merged manifest after a lost race', async () => {
    const { world, table } = await fullTable((world, inner) => interrupted(inner, () => foreignAppend(world, inner, paperFile(world))))
    await table.append(paperAppend(world, { from: next }))
    expect(await fileCount(table)).toBe(limits.manifestsBeforeMerge + 2)
    const written = (await world.store.list('default/orders/metadata/')).filter(({ key }) => key.endsWith('-m1.avro'))
    expect(written.length).toBe(1)
  })

  test('drops its merge when a compaction replaced what it merged', async () => {
    const { world, table } = await fullTable((world, inner) =>
      interrupted(inner, () => foreignCompaction(world, inner, () => paperFile(world))),
    )
    await table.append(paperAppend(world, { from: next }))
    expect(await fileCount(table)).toBe(2)
  })

  test('leaves out what a compaction deleted before', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append(paperAppend(world, { from: 0n }))
    await foreignCompaction(world, world.catalog.pointer(newTable()), () => paperFile(world))
    for (let offset = 1n; offset <= next; offset++) await table.append(paperAppend(world, { from: offset }))
    const merged = (await currentManifests(table)).find((manifest) => countOf(manifest, listField.existingFiles) > 1) as ManifestFile
    const bytes = await world.store.get(manifestPath(merged).replace(`${world.root.uri}/`, ''))
    const statuses = decodeManifest(bytes ?? new Uint8Array()).map((entry: AvroRecord) => entry[entryField.status])
    expect(new Set(statuses)).toEqual(new Set([entryStatus.existing]))
    expect(await fileCount(table)).toBe(limits.manifestsBeforeMerge + 1)
  })
})
