import { uriOf } from '../../../src/objects/lake-root.ts'
import { randomUuid } from '../../../src/shared/random.ts'
import type { AvroRecord } from '../../../src/tables/iceberg/avro-schema.ts'
import { loadedTable, loadTable, type LoadedTable } from '../../../src/tables/iceberg/loaded-table.ts'
import { encodeManifest, entryField, entryStatus, fileField } from '../../../src/tables/iceberg/manifest.ts'
import { encodeManifestList, listField, type ManifestFile } from '../../../src/tables/iceberg/manifest-list.ts'
import { currentSchema, currentSnapshot, type TableMetadata } from '../../../src/tables/iceberg/metadata.ts'
import { planSnapshot, type AppendPlan } from '../../../src/tables/iceberg/plan-append.ts'
import { putNew } from '../../../src/tables/iceberg/put-new.ts'
import { entriesOf, manifestsOf } from '../../../src/tables/iceberg/snapshot-files.ts'
import type { SwapOutcome, TablePointer } from '../../../src/tables/iceberg/table-pointer.ts'
import type { PreparedFile } from '../../../src/tables/table-commit.ts'
import type { TestWorld } from './test-table.ts'

/** What other engines do to our tables: they know nothing of our summaries and leave our tag where it is. */
export async function foreignAppend(world: TestWorld, pointer: TablePointer, file: PreparedFile): Promise<SwapOutcome> {
  return foreignCommit(world, pointer, 'append', async (table, plan) => {
    const inherited = await currentManifests(table)
    return [await writeManifest(world, table, plan, [entryOf(world, file, plan.snapshotId)]), ...inherited]
  })
}

/** Rewrites every live file of the table into one. */
export async function foreignCompaction(
  world: TestWorld,
  pointer: TablePointer,
  compact: (uris: readonly string[]) => PreparedFile,
): Promise<SwapOutcome> {
  return foreignCommit(world, pointer, 'replace', async (table, plan) => {
    const manifests = await currentManifests(table)
    const live = (await Promise.all(manifests.map(async (manifest) => carriedOver(manifest, await entriesOf(table, manifest))))).flat()
    const removed = live.map((entry) => ({ ...entry, [entryField.status]: entryStatus.deleted, [entryField.snapshotId]: plan.snapshotId }))
    const file = compact(live.map((entry) => (entry[entryField.dataFile] as AvroRecord)[fileField.path] as string))
    return [await writeManifest(world, table, plan, [entryOf(world, file, plan.snapshotId), ...removed])]
  })
}

/** Moves `main` to an older snapshot, as `rollback_to_snapshot` does. */
export async function foreignRollback(world: TestWorld, pointer: TablePointer, snapshotId: bigint | undefined): Promise<void> {
  await edit(world, pointer, ({ 'current-snapshot-id': _current, refs, ...rest }) => {
    const { main: _main, ...otherRefs } = refs ?? {}
    if (snapshotId === undefined) return { ...rest, refs: otherRefs }
    return { ...rest, 'current-snapshot-id': snapshotId, refs: { ...otherRefs, main: { 'snapshot-id': snapshotId, type: 'branch' } } }
  })
}

/** Any change to the metadata, committed. */
export async function edit(
  world: TestWorld,
  pointer: TablePointer,
  change: (metadata: TableMetadata) => TableMetadata,
): Promise<LoadedTable> {
  const table = await required(world, pointer)
  const outcome = await pointer.swap(table.current, change(table.metadata))
  if (outcome.kind !== 'committed') throw new Error(`the edit met a ${outcome.kind}`)
  return loadedTable(world.root, outcome.current)
}

async function foreignCommit(
  world: TestWorld,
  pointer: TablePointer,
  operation: string,
  manifestsFor: (table: LoadedTable, plan: AppendPlan) => Promise<ManifestFile[]>,
): Promise<SwapOutcome> {
  const table = await required(world, pointer)
  const plan = planSnapshot(table.metadata, BigInt(`0x${randomUuid(world.random).replaceAll('-', '').slice(0, 15)}`), world.clock.now())
  const manifests = await manifestsFor(table, plan)
  const listKey = metadataKey(world, table, 'snap')
  await putNew(world.root, listKey, await encodeManifestList({ ...plan, manifests }, world.random))
  const snapshot = {
    'snapshot-id': plan.snapshotId,
    ...(plan.parentSnapshotId === undefined ? {} : { 'parent-snapshot-id': plan.parentSnapshotId }),
    'sequence-number': plan.sequenceNumber,
    'timestamp-ms': plan.timestampMs,
    'manifest-list': uriOf(world.root, listKey),
    summary: { operation },
  }
  return pointer.swap(table.current, {
    ...table.metadata,
    'last-sequence-number': plan.sequenceNumber,
    'last-updated-ms': plan.timestampMs,
    'current-snapshot-id': plan.snapshotId,
    snapshots: [...(table.metadata.snapshots ?? []), snapshot],
    refs: { ...table.metadata.refs, main: { 'snapshot-id': plan.snapshotId, type: 'branch' } },
  })
}

async function currentManifests(table: LoadedTable): Promise<readonly ManifestFile[]> {
  const current = currentSnapshot(table.metadata)
  return current === undefined ? [] : manifestsOf(table, current)
}

function carriedOver(manifest: ManifestFile, entries: readonly AvroRecord[]): AvroRecord[] {
  return entries
    .filter((entry) => entry[entryField.status] !== entryStatus.deleted)
    .map((entry) => ({
      ...entry,
      [entryField.sequenceNumber]: entry[entryField.sequenceNumber] ?? manifest[listField.sequenceNumber] ?? 0,
      [entryField.fileSequenceNumber]: entry[entryField.fileSequenceNumber] ?? manifest[listField.sequenceNumber] ?? 0,
    }))
}

function entryOf(world: TestWorld, { key, metrics }: PreparedFile, snapshotId: bigint): AvroRecord {
  const dataFile = {
    [fileField.content]: 0,
    [fileField.path]: uriOf(world.root, key),
    [fileField.format]: 'PARQUET',
    [fileField.partition]: {},
    [fileField.recordCount]: metrics.rowCount,
    [fileField.sizeBytes]: metrics.sizeBytes,
  }
  return { [entryField.status]: entryStatus.added, [entryField.snapshotId]: snapshotId, [entryField.dataFile]: dataFile }
}

async function writeManifest(
  world: TestWorld,
  table: LoadedTable,
  plan: AppendPlan,
  entries: readonly AvroRecord[],
): Promise<ManifestFile> {
  const key = metadataKey(world, table, 'foreign')
  const spec = table.metadata['partition-specs'][0] ?? { 'spec-id': 0, fields: [] }
  const bytes = await encodeManifest({ schema: currentSchema(table.metadata), spec, entries }, world.random)
  await putNew(world.root, key, bytes)
  const withStatus = (status: number): number => entries.filter((entry) => entry[entryField.status] === status).length
  return {
    [listField.path]: uriOf(world.root, key),
    [listField.lengthBytes]: bytes.byteLength,
    [listField.specId]: spec['spec-id'],
    [listField.content]: 0,
    [listField.sequenceNumber]: plan.sequenceNumber,
    [listField.minSequenceNumber]: plan.sequenceNumber,
    [listField.addedSnapshotId]: plan.snapshotId,
    [listField.addedFiles]: withStatus(entryStatus.added),
    [listField.existingFiles]: 0,
    [listField.deletedFiles]: withStatus(entryStatus.deleted),
    [listField.addedRows]: 0,
    [listField.existingRows]: 0,
    [listField.deletedRows]: 0,
    [listField.partitions]: [],
  }
}

function metadataKey(world: TestWorld, { metadata }: LoadedTable, prefix: string): string {
  return `${metadata.location.slice(world.root.uri.length + 1)}/metadata/${prefix}-${randomUuid(world.random)}.avro`
}

async function required(world: TestWorld, pointer: TablePointer): Promise<LoadedTable> {
  const table = await loadTable(pointer, world.root)
  if (table === undefined) throw new Error('no such table')
  return table
}
