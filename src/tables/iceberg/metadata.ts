import { HeadgateError } from '../../shared/errors.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import type { PartitionSpec } from './partition-spec.ts'
import type { IcebergSchema } from './schema.ts'

/**
 * Table metadata of format version 2 as its JSON file has it (spec, Table Metadata Fields). Fields that Headgate does
 * not know survive a commit, as every change is a copy with some fields replaced. Never mutated: catalogs cache it.
 */
export type TableMetadata = {
  'format-version': number
  'table-uuid': string
  location: string
  'last-sequence-number': JsonId
  'last-updated-ms': number
  'last-column-id': number
  schemas: IcebergSchema[]
  'current-schema-id': number
  'partition-specs': PartitionSpec[]
  'default-spec-id': number
  'last-partition-id': number
  'sort-orders': JsonObject[]
  'default-sort-order-id': number
  properties?: { [name: string]: string }
  'current-snapshot-id'?: JsonId
  snapshots?: Snapshot[]
  'snapshot-log'?: SnapshotLogEntry[]
  'metadata-log'?: MetadataLogEntry[]
  refs?: { [name: string]: SnapshotRef }
  [other: string]: JsonValue | undefined
}

/** Ids and sequence numbers are 64-bit: a number while it is safe, else a bigint. Compare them by `idOf`. */
export type JsonId = number | bigint

export type Snapshot = {
  'snapshot-id': JsonId
  'parent-snapshot-id'?: JsonId
  'sequence-number': JsonId
  'timestamp-ms': number
  'manifest-list': string
  /** Optional before format version 2, so a table's oldest may lack it. */
  summary?: { [key: string]: string }
  'schema-id'?: number
}

export type SnapshotLogEntry = { 'timestamp-ms': number; 'snapshot-id': JsonId }
export type MetadataLogEntry = { 'timestamp-ms': number; 'metadata-file': string }
export type SnapshotRef = { 'snapshot-id': JsonId; type: 'branch' | 'tag'; [other: string]: JsonValue | undefined }

export const MAIN_BRANCH = 'main'

/** Checks on the far side of the disk: what Headgate reads must be there, in a format version it may write. */
export function asTableMetadata(json: JsonObject, location: string): TableMetadata {
  const version = json['format-version']
  if (version !== 2)
    throw new HeadgateError(
      'unsupported',
      `${location} has Iceberg format version ${String(version as JsonId)}; Headgate writes version 2 only`,
      {
        facts: { location },
      },
    )
  const missing = REQUIRED.find(([name, isRight]) => !isRight(json[name]))
  if (missing !== undefined)
    throw new HeadgateError('store-corrupt', `${location} is no Iceberg table metadata: ${missing[0]} is missing or wrong`, {
      facts: { location, field: missing[0] },
    })
  return json as TableMetadata
}

const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'
const isString = (value: unknown): boolean => typeof value === 'string'
const REQUIRED: readonly (readonly [string, (value: unknown) => boolean])[] = [
  ['table-uuid', isString],
  ['location', isString],
  ['last-sequence-number', isNumber],
  ['last-updated-ms', isNumber],
  ['last-column-id', isNumber],
  ['schemas', Array.isArray],
  ['current-schema-id', isNumber],
  ['partition-specs', Array.isArray],
  ['default-spec-id', isNumber],
]

export function idOf(id: JsonId): bigint {
  return BigInt(id)
}

export function snapshotsOf(metadata: TableMetadata): readonly Snapshot[] {
  return metadata.snapshots ?? []
}

export function snapshotById(metadata: TableMetadata, snapshotId: bigint): Snapshot | undefined {
  return snapshotsOf(metadata).find((snapshot) => idOf(snapshot['snapshot-id']) === snapshotId)
}

/** The state of `main`; undefined for a table that nothing was committed to. */
export function currentSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const currentId = metadata['current-snapshot-id']
  // Java writes -1 for "no snapshot"; the spec asks readers to treat it as absent.
  if (currentId === undefined || currentId === null || idOf(currentId) === -1n) return undefined
  const current = snapshotById(metadata, idOf(currentId))
  if (current === undefined)
    throw new HeadgateError('store-corrupt', `the current snapshot ${currentId} of ${metadata.location} is not among its snapshots`)
  return current
}

/** A snapshot and its ancestors, newest first, as far back as the table remembers. */
export function* lineageOf(metadata: TableMetadata, newest: Snapshot | undefined): Generator<Snapshot> {
  const byId = new Map(snapshotsOf(metadata).map((snapshot) => [idOf(snapshot['snapshot-id']), snapshot]))
  let next = newest
  // Bounded by the number of snapshots, in case somebody's parents form a ring.
  for (let steps = 0; next !== undefined && steps <= byId.size; steps++) {
    yield next
    const parentId = parentIdOf(next)
    next = parentId === undefined ? undefined : byId.get(parentId)
  }
}

export function parentIdOf(snapshot: Snapshot): bigint | undefined {
  const parentId = snapshot['parent-snapshot-id']
  return parentId === undefined || parentId === null || idOf(parentId) === -1n ? undefined : idOf(parentId)
}

export function currentSchema(metadata: TableMetadata): IcebergSchema {
  const schema = metadata.schemas.find((candidate) => candidate['schema-id'] === metadata['current-schema-id'])
  if (schema === undefined)
    throw new HeadgateError(
      'store-corrupt',
      `the current schema ${metadata['current-schema-id']} of ${metadata.location} is not among its schemas`,
    )
  return schema
}
