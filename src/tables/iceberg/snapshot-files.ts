import { keyOf } from '../../objects/lake-root.ts'
import type { FileMetrics } from '../../parquet/file-metrics.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { AvroRecord } from './avro-schema.ts'
import { fileMetricsOf } from './data-file.ts'
import { rowTypeOfTable, readLakeFile, type LoadedTable } from './loaded-table.ts'
import { decodeManifest, entryField, entryStatus, fileContent, fileField } from './manifest.ts'
import { countOf, decodeManifestList, listField, manifestPath, type ManifestFile } from './manifest-list.ts'
import { currentSnapshot, idOf, snapshotById, type Snapshot } from './metadata.ts'
import { partitionPath } from './partition-spec.ts'
import { leavesOf, type Leaf } from './schema.ts'

/** Reads back which files a snapshot holds, whoever wrote them. One manifest is in memory at a time. */
export interface TableFile {
  readonly uri: string
  /** Relative to the lake root; undefined for a file that somebody placed elsewhere. */
  readonly key: string | undefined
  readonly content: 'data' | 'position-deletes' | 'equality-deletes'
  /** `PARQUET`, or `ORC` or `AVRO` from other writers. */
  readonly format: string
  readonly specId: number
  /** The value of a spec's only field where that is a whole number, as all of Headgate's are; else null. */
  readonly partitionValue: number | null
  /** `_kafka_timestamp_day=2024-02-29`; empty when unpartitioned. */
  readonly partitionPath: string
  readonly metrics: FileMetrics
  /** The snapshot that brought the file. */
  readonly snapshotId: bigint
}

/** Live files of a snapshot, the current one unless named; delete files included, as they change what data files mean. */
export async function* liveFiles(table: LoadedTable, snapshotId?: bigint): AsyncGenerator<TableFile> {
  const snapshot = snapshotId === undefined ? currentSnapshot(table.metadata) : requiredSnapshot(table, snapshotId)
  if (snapshot === undefined) return
  const leaves = leavesOf(rowTypeOfTable(table))
  for (const manifest of await manifestsOf(table, snapshot))
    for (const entry of await entriesOf(table, manifest))
      if (entry[entryField.status] !== entryStatus.deleted) yield tableFile(table, manifest, entry, leaves)
}

/** The files that one snapshot added, in the order they were committed. */
export async function filesAddedBy(table: LoadedTable, snapshotId: bigint): Promise<TableFile[]> {
  const leaves = leavesOf(rowTypeOfTable(table))
  const files: TableFile[] = []
  for (const manifest of await manifestsOf(table, requiredSnapshot(table, snapshotId))) {
    if (addedSnapshotId(manifest) !== snapshotId || countOf(manifest, listField.addedFiles) === 0) continue
    for (const entry of await entriesOf(table, manifest))
      if (entry[entryField.status] === entryStatus.added) files.push(tableFile(table, manifest, entry, leaves))
  }
  return files.filter((file) => file.snapshotId === snapshotId)
}

export async function manifestsOf(table: LoadedTable, snapshot: Snapshot): Promise<readonly ManifestFile[]> {
  return decodeManifestList(await readLakeFile(table.root, snapshot['manifest-list']))
}

export async function entriesOf(table: LoadedTable, manifest: ManifestFile): Promise<readonly AvroRecord[]> {
  return decodeManifest(await readLakeFile(table.root, manifestPath(manifest)))
}

export function addedSnapshotId(manifest: ManifestFile): bigint {
  return BigInt(manifest[listField.addedSnapshotId] as number | bigint)
}

function requiredSnapshot({ metadata }: LoadedTable, snapshotId: bigint): Snapshot {
  const snapshot = snapshotById(metadata, snapshotId)
  if (snapshot === undefined)
    throw new HeadgateError('not-found', `${metadata.location} has no snapshot ${snapshotId}; it may have been expired`, {
      facts: { snapshotId },
    })
  return snapshot
}

function tableFile(table: LoadedTable, manifest: ManifestFile, entry: AvroRecord, leaves: ReadonlyMap<number, Leaf>): TableFile {
  const dataFile = entry[entryField.dataFile] as AvroRecord
  const uri = dataFile[fileField.path] as string
  const partition = (dataFile[fileField.partition] ?? {}) as AvroRecord
  const specId = Number(manifest[listField.specId])
  const spec = table.metadata['partition-specs'].find((candidate) => candidate['spec-id'] === specId)
  const onlyValue = spec?.fields.length === 1 && spec.fields[0] ? partition[spec.fields[0]['field-id']] : null
  return {
    uri,
    key: keyOf(table.root, uri),
    content: CONTENT_NAMES.get(Number(dataFile[fileField.content] ?? 0)) ?? 'data',
    format: dataFile[fileField.format] as string,
    specId,
    partitionValue: typeof onlyValue === 'number' ? onlyValue : null,
    partitionPath: partitionPath(spec, partition),
    metrics: fileMetricsOf(dataFile, leaves),
    // Null is inherited: the file came with the manifest (spec, Sequence Number Inheritance).
    snapshotId: idOf((entry[entryField.snapshotId] as number | bigint | null | undefined) ?? addedSnapshotId(manifest)),
  }
}

const CONTENT_NAMES = new Map<number, TableFile['content']>([
  [fileContent.data, 'data'],
  [fileContent.positionDeletes, 'position-deletes'],
  [fileContent.equalityDeletes, 'equality-deletes'],
])
