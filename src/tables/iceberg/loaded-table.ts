import type { StructType } from '../../columns/row-type.ts'
import { keyOf, type LakeRoot } from '../../objects/lake-root.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { CurrentMetadata, TablePointer } from './table-pointer.ts'
import { asTableMetadata, currentSchema, currentSnapshot, idOf, snapshotsOf, type TableMetadata } from './metadata.ts'
import { COLUMN_NOTES_PROPERTY, parseColumnNotes, structTypeOf } from './schema.ts'

/** A table as it was at one moment: plain data that the read functions of this room take. */
export interface LoadedTable {
  readonly root: LakeRoot
  readonly current: CurrentMetadata
  readonly metadata: TableMetadata
}

/** Undefined when the catalog has no such table. */
export async function loadTable(pointer: TablePointer, root: LakeRoot, signal?: AbortSignal): Promise<LoadedTable | undefined> {
  const current = await pointer.load(signal)
  return current && loadedTable(root, current)
}

export function loadedTable(root: LakeRoot, current: CurrentMetadata): LoadedTable {
  return { root, current, metadata: asTableMetadata(current.metadata, current.location) }
}

/** The table's columns as its current schema has them. */
export function rowTypeOfTable({ metadata }: LoadedTable): StructType {
  return structTypeOf(currentSchema(metadata), parseColumnNotes(metadata.properties?.[COLUMN_NOTES_PROPERTY]))
}

export interface SnapshotInfo {
  readonly snapshotId: bigint
  readonly parentSnapshotId: bigint | undefined
  readonly sequenceNumber: bigint
  readonly timestampMs: number
  readonly isCurrent: boolean
  /** Branches and tags that name it. */
  readonly refs: readonly string[]
  readonly summary: { readonly [key: string]: string }
}

/** Every snapshot the table remembers, oldest first. */
export function listSnapshots({ metadata }: LoadedTable): SnapshotInfo[] {
  const current = currentSnapshot(metadata)
  return snapshotsOf(metadata)
    .map((snapshot) => ({
      snapshotId: idOf(snapshot['snapshot-id']),
      parentSnapshotId: snapshot['parent-snapshot-id'] === undefined ? undefined : idOf(snapshot['parent-snapshot-id']),
      sequenceNumber: idOf(snapshot['sequence-number']),
      timestampMs: snapshot['timestamp-ms'],
      isCurrent: snapshot === current,
      refs: Object.entries(metadata.refs ?? {}).flatMap(([name, ref]) =>
        idOf(ref['snapshot-id']) === idOf(snapshot['snapshot-id']) ? [name] : [],
      ),
      summary: snapshot.summary ?? {},
    }))
    .sort((a, b) => Number(a.sequenceNumber - b.sequenceNumber))
}

/** The object key of a metadata or data file that the table names. */
export function keyInLake(root: LakeRoot, uri: string): string {
  const key = keyOf(root, uri)
  if (key === undefined)
    throw new HeadgateError('unsupported', `${uri} lies outside the lake ${root.uri}; Headgate reads only what is below it`, {
      facts: { uri },
    })
  return key
}

/** The bytes of a file that the table names, which must therefore exist. */
export async function readLakeFile(root: LakeRoot, uri: string): Promise<Uint8Array> {
  const bytes = await root.store.get(keyInLake(root, uri))
  if (bytes === undefined)
    throw new HeadgateError('store-corrupt', `${uri} is named by the table but is not there; was it deleted by hand?`, { facts: { uri } })
  return bytes
}
