import type { Random } from '../../shared/random.ts'
import { arrayOf, optionalField, requiredField, type AvroRecord, type AvroRecordSchema } from './avro-schema.ts'
import { readAvroFile } from './avro-reader.ts'
import { writeAvroFile } from './avro-writer.ts'

/**
 * Manifest lists: one Avro file per snapshot that names its manifests (spec, Manifest Lists). Entries are AvroRecords
 * keyed by the ids below; a commit carries those of its parent over as they are.
 */
export const listField = {
  path: 500,
  lengthBytes: 501,
  specId: 502,
  content: 517,
  sequenceNumber: 515,
  minSequenceNumber: 516,
  addedSnapshotId: 503,
  addedFiles: 504,
  existingFiles: 505,
  deletedFiles: 506,
  addedRows: 512,
  existingRows: 513,
  deletedRows: 514,
  partitions: 507,
  keyMetadata: 519,
} as const

/** Ids inside the summary of one partition column. */
export const partitionSummaryField = { containsNull: 509, containsNan: 518, lowerBound: 510, upperBound: 511 } as const

/** `manifest_file` of format version 2. Strict readers insist that everything up to the row counts is no union. */
export const manifestListSchema: AvroRecordSchema = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    requiredField(listField.path, 'manifest_path', 'string'),
    requiredField(listField.lengthBytes, 'manifest_length', 'long'),
    requiredField(listField.specId, 'partition_spec_id', 'int'),
    requiredField(listField.content, 'content', 'int'),
    requiredField(listField.sequenceNumber, 'sequence_number', 'long'),
    requiredField(listField.minSequenceNumber, 'min_sequence_number', 'long'),
    requiredField(listField.addedSnapshotId, 'added_snapshot_id', 'long'),
    requiredField(listField.addedFiles, 'added_files_count', 'int'),
    requiredField(listField.existingFiles, 'existing_files_count', 'int'),
    requiredField(listField.deletedFiles, 'deleted_files_count', 'int'),
    requiredField(listField.addedRows, 'added_rows_count', 'long'),
    requiredField(listField.existingRows, 'existing_rows_count', 'long'),
    requiredField(listField.deletedRows, 'deleted_rows_count', 'long'),
    optionalField(
      listField.partitions,
      'partitions',
      arrayOf(508, {
        type: 'record',
        name: 'r508',
        fields: [
          requiredField(partitionSummaryField.containsNull, 'contains_null', 'boolean'),
          optionalField(partitionSummaryField.containsNan, 'contains_nan', 'boolean'),
          optionalField(partitionSummaryField.lowerBound, 'lower_bound', 'bytes'),
          optionalField(partitionSummaryField.upperBound, 'upper_bound', 'bytes'),
        ],
      }),
    ),
    optionalField(listField.keyMetadata, 'key_metadata', 'bytes'),
  ],
}

/** One entry. Manifests of format version 1, in tables that were upgraded, lack the later fields: they count as 0. */
export type ManifestFile = AvroRecord

export interface ManifestListToWrite {
  readonly snapshotId: bigint
  readonly parentSnapshotId: bigint | undefined
  readonly sequenceNumber: bigint
  readonly manifests: readonly ManifestFile[]
}

export function encodeManifestList(list: ManifestListToWrite, random: Random): Promise<Uint8Array<ArrayBuffer>> {
  return writeAvroFile({
    schema: manifestListSchema,
    properties: {
      'snapshot-id': String(list.snapshotId),
      'parent-snapshot-id': String(list.parentSnapshotId ?? null),
      'sequence-number': String(list.sequenceNumber),
      'format-version': '2',
    },
    records: list.manifests,
    sync: random.bytes(16),
  })
}

export function decodeManifestList(bytes: Uint8Array): readonly ManifestFile[] {
  return readAvroFile(bytes, manifestListSchema).records.map((manifest) => ({ ...VERSION_1_DEFAULTS, ...withoutNulls(manifest) }))
}

/** Optional in format version 1; 0 stands for what it did not count. */
const VERSION_1_DEFAULTS: ManifestFile = {
  [listField.content]: 0,
  [listField.sequenceNumber]: 0,
  [listField.minSequenceNumber]: 0,
  [listField.addedFiles]: 0,
  [listField.existingFiles]: 0,
  [listField.deletedFiles]: 0,
  [listField.addedRows]: 0,
  [listField.existingRows]: 0,
  [listField.deletedRows]: 0,
}

function withoutNulls(record: AvroRecord): AvroRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) as AvroRecord
}

/** A number of a manifest list entry, 0 where an old writer left it out. */
export function countOf(manifest: ManifestFile, field: number): number {
  const value = manifest[field]
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0
}

export function manifestPath(manifest: ManifestFile): string {
  return manifest[listField.path] as string
}
