import { stringifyJson } from '../../shared/json.ts'
import type { Random } from '../../shared/random.ts'
import { arrayOf, intMap, optionalField, requiredField, type AvroRecord, type AvroRecordSchema } from './avro-schema.ts'
import { readAvroFile } from './avro-reader.ts'
import { writeAvroFile } from './avro-writer.ts'
import { partitionAvroFields, type PartitionSpec } from './partition-spec.ts'
import type { IcebergSchema } from './schema.ts'

/**
 * Manifests: Avro files of data file entries, all of one partition spec (spec, Manifests). An entry is an AvroRecord
 * keyed by the ids below, so that what is carried from one manifest to another is carried whole.
 */
export const entryField = { status: 0, snapshotId: 1, dataFile: 2, sequenceNumber: 3, fileSequenceNumber: 4 } as const

export const entryStatus = { existing: 0, added: 1, deleted: 2 } as const

export const fileField = {
  content: 134,
  path: 100,
  format: 101,
  partition: 102,
  recordCount: 103,
  sizeBytes: 104,
  columnSizes: 108,
  valueCounts: 109,
  nullCounts: 110,
  nanCounts: 137,
  lowerBounds: 125,
  upperBounds: 128,
  keyMetadata: 131,
  splitOffsets: 132,
  equalityIds: 135,
  sortOrderId: 140,
  referencedDataFile: 143,
} as const

/** Data, or one of the two kinds of delete file. */
export const fileContent = { data: 0, positionDeletes: 1, equalityDeletes: 2 } as const

/** Ids of the key and the value in each metrics map. */
export const metricsMap = {
  columnSizes: { key: 117, value: 118 },
  valueCounts: { key: 119, value: 120 },
  nullCounts: { key: 121, value: 122 },
  nanCounts: { key: 138, value: 139 },
  lowerBounds: { key: 126, value: 127 },
  upperBounds: { key: 129, value: 130 },
} as const

/** `manifest_entry` of format version 2, in the spec's order of fields. */
export function manifestEntrySchema(spec: PartitionSpec): AvroRecordSchema {
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      requiredField(entryField.status, 'status', 'int'),
      optionalField(entryField.snapshotId, 'snapshot_id', 'long'),
      optionalField(entryField.sequenceNumber, 'sequence_number', 'long'),
      optionalField(entryField.fileSequenceNumber, 'file_sequence_number', 'long'),
      requiredField(entryField.dataFile, 'data_file', dataFileSchema(spec)),
    ],
  }
}

function dataFileSchema(spec: PartitionSpec): AvroRecordSchema {
  const counts = ({ key, value }: { key: number; value: number }) => intMap(key, value, 'long')
  const bounds = ({ key, value }: { key: number; value: number }) => intMap(key, value, 'bytes')
  return {
    type: 'record',
    name: 'r2',
    fields: [
      requiredField(fileField.content, 'content', 'int'),
      requiredField(fileField.path, 'file_path', 'string'),
      requiredField(fileField.format, 'file_format', 'string'),
      requiredField(fileField.partition, 'partition', { type: 'record', name: 'r102', fields: partitionAvroFields(spec) }),
      requiredField(fileField.recordCount, 'record_count', 'long'),
      requiredField(fileField.sizeBytes, 'file_size_in_bytes', 'long'),
      optionalField(fileField.columnSizes, 'column_sizes', counts(metricsMap.columnSizes)),
      optionalField(fileField.valueCounts, 'value_counts', counts(metricsMap.valueCounts)),
      optionalField(fileField.nullCounts, 'null_value_counts', counts(metricsMap.nullCounts)),
      optionalField(fileField.nanCounts, 'nan_value_counts', counts(metricsMap.nanCounts)),
      optionalField(fileField.lowerBounds, 'lower_bounds', bounds(metricsMap.lowerBounds)),
      optionalField(fileField.upperBounds, 'upper_bounds', bounds(metricsMap.upperBounds)),
      optionalField(fileField.keyMetadata, 'key_metadata', 'bytes'),
      optionalField(fileField.splitOffsets, 'split_offsets', arrayOf(133, 'long')),
      optionalField(fileField.equalityIds, 'equality_ids', arrayOf(136, 'int')),
      optionalField(fileField.sortOrderId, 'sort_order_id', 'int'),
      optionalField(fileField.referencedDataFile, 'referenced_data_file', 'string'),
    ],
  }
}

export interface ManifestToWrite {
  readonly schema: IcebergSchema
  readonly spec: PartitionSpec
  readonly entries: readonly AvroRecord[]
}

/** All six properties are required in format version 2, and readers fail without them. */
export function encodeManifest({ schema, spec, entries }: ManifestToWrite, random: Random): Promise<Uint8Array<ArrayBuffer>> {
  return writeAvroFile({
    schema: manifestEntrySchema(spec),
    properties: {
      schema: stringifyJson(schema),
      'schema-id': String(schema['schema-id']),
      'partition-spec': stringifyJson(spec.fields),
      'partition-spec-id': String(spec['spec-id']),
      'format-version': '2',
      content: 'data',
    },
    records: entries,
    sync: random.bytes(16),
  })
}

/** Entries of any writer's manifest, data or deletes. */
export function decodeManifest(bytes: Uint8Array): readonly AvroRecord[] {
  return readAvroFile(bytes, ENTRY_SCHEMA).records
}

const ENTRY_SCHEMA = manifestEntrySchema({ 'spec-id': 0, fields: [] })
