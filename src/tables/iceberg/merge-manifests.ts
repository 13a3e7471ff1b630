import { uriOf } from '../../objects/lake-root.ts'
import { limits } from '../../shared/limits.ts'
import type { Random } from '../../shared/random.ts'
import { assert } from '../../shared/assert.ts'
import type { AvroRecord } from './avro-schema.ts'
import type { LoadedTable } from './loaded-table.ts'
import { encodeManifest, entryField, entryStatus, fileField } from './manifest.ts'
import { countOf, listField, manifestPath, type ManifestFile } from './manifest-list.ts'
import { partitionSummaries } from './partition-summary.ts'
import type { PartitionSpec } from './partition-spec.ts'
import { putNew } from './put-new.ts'
import type { IcebergSchema } from './schema.ts'
import { addedSnapshotId, entriesOf } from './snapshot-files.ts'

/**
 * Small manifests are merged when there are many, as every reader opens each of them (Iceberg's merge append). Merging
 * goes by tiers of file count, so that a file's entry is rewritten once per tier and not at every merge: the cost of a
 * commit stays flat, and a table of any size has a few hundred manifests at most.
 */
export interface ManifestMerge {
  readonly inputPaths: ReadonlySet<string>
  /** The merged manifest, complete but for the sequence number of the commit that brings it. */
  readonly output: ManifestFile
}

/** The manifests to merge now; empty when no tier is full. */
export function pickMerge(manifests: readonly ManifestFile[], spec: PartitionSpec): ManifestFile[] {
  const mergeable = manifests.filter(
    (manifest) => manifest[listField.specId] === spec['spec-id'] && countOf(manifest, listField.content) === 0 && tierOf(manifest) >= 0,
  )
  for (const tier of TIERS.keys()) {
    const members = mergeable.filter((manifest) => tierOf(manifest) === tier)
    if (members.length >= limits.manifestsBeforeMerge) return fittingOne(members)
  }
  return []
}

export interface MergeContext {
  readonly snapshotId: bigint
  readonly key: string
  readonly spec: PartitionSpec
  readonly schema: IcebergSchema
  readonly random: Random
}

export async function mergeManifests(table: LoadedTable, inputs: readonly ManifestFile[], context: MergeContext): Promise<ManifestMerge> {
  const { snapshotId, key, spec, schema, random } = context
  const entries = (await Promise.all(inputs.map(async (manifest) => existingEntries(manifest, await entriesOf(table, manifest))))).flat()
  const bytes = await encodeManifest({ schema, spec, entries }, random)
  await putNew(table.root, key, bytes)
  const output = {
    [listField.path]: uriOf(table.root, key),
    [listField.lengthBytes]: bytes.byteLength,
    [listField.specId]: spec['spec-id'],
    [listField.content]: 0,
    [listField.minSequenceNumber]: Math.min(...inputs.map((manifest) => countOf(manifest, listField.minSequenceNumber))),
    [listField.addedSnapshotId]: snapshotId,
    [listField.addedFiles]: 0,
    [listField.existingFiles]: entries.length,
    [listField.deletedFiles]: 0,
    [listField.addedRows]: 0,
    [listField.existingRows]: entries.reduce((rows, entry) => rows + rowCountOf(entry), 0),
    [listField.deletedRows]: 0,
    [listField.partitions]: partitionSummaries(spec, entries),
  }
  return { inputPaths: new Set(inputs.map(manifestPath)), output }
}

/** Entries carried into another manifest say explicitly what they inherited from theirs (spec, Sequence Number Inheritance). */
function existingEntries(manifest: ManifestFile, entries: readonly AvroRecord[]): AvroRecord[] {
  return entries
    .filter((entry) => entry[entryField.status] !== entryStatus.deleted)
    .map((entry) => ({
      ...entry,
      [entryField.status]: entryStatus.existing,
      [entryField.snapshotId]: entry[entryField.snapshotId] ?? addedSnapshotId(manifest),
      [entryField.sequenceNumber]: entry[entryField.sequenceNumber] ?? manifest[listField.sequenceNumber] ?? 0,
      [entryField.fileSequenceNumber]: entry[entryField.fileSequenceNumber] ?? manifest[listField.sequenceNumber] ?? 0,
    }))
}

/** File counts below which a manifest belongs to a tier; what is larger, also in bytes, is left as it is. */
const TIERS = [limits.manifestsBeforeMerge, limits.manifestsBeforeMerge ** 2]

function tierOf(manifest: ManifestFile): number {
  if (countOf(manifest, listField.lengthBytes) > limits.manifestTargetBytes / 2) return -1
  const files = countOf(manifest, listField.addedFiles) + countOf(manifest, listField.existingFiles)
  return TIERS.findIndex((filesBelow) => files < filesBelow)
}

/** The oldest of them, up to the size that one manifest should have. */
function fittingOne(members: readonly ManifestFile[]): ManifestFile[] {
  const oldestFirst = [...members].sort((a, b) => countOf(a, listField.sequenceNumber) - countOf(b, listField.sequenceNumber))
  const picked: ManifestFile[] = []
  let sizeBytes = 0
  for (const manifest of oldestFirst.slice(0, limits.manifestsBeforeMerge)) {
    sizeBytes += countOf(manifest, listField.lengthBytes)
    if (sizeBytes > limits.manifestTargetBytes) break
    picked.push(manifest)
  }
  assert(picked.length > 1, 'a merge needs two manifests')
  return picked
}

function rowCountOf(entry: AvroRecord): number {
  return Number((entry[entryField.dataFile] as AvroRecord)[fileField.recordCount])
}
