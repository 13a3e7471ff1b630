import { serializeBound } from './bounds.ts'
import type { AvroRecord } from './avro-schema.ts'
import { entryField, fileField } from './manifest.ts'
import { partitionSummaryField } from './manifest-list.ts'
import type { PartitionSpec } from './partition-spec.ts'

/** What a manifest list says of each partition column of a manifest, so that readers can skip the manifest whole. */
export function partitionSummaries(spec: PartitionSpec, entries: readonly AvroRecord[]): AvroRecord[] {
  return spec.fields.map((field) => {
    const values = entries.map((entry) => partitionOf(entry)[field['field-id']] ?? null)
    const known = values.filter((value) => typeof value === 'number')
    const summary = { [partitionSummaryField.containsNull]: known.length < values.length, [partitionSummaryField.containsNan]: false }
    if (known.length === 0) return summary
    return {
      ...summary,
      [partitionSummaryField.lowerBound]: serializeBound({ kind: 'int' }, least(known)),
      [partitionSummaryField.upperBound]: serializeBound({ kind: 'int' }, greatest(known)),
    }
  })
}

/** The number of distinct partitions among some entries. */
export function partitionCount(spec: PartitionSpec, entries: readonly AvroRecord[]): number {
  return new Set(
    entries.map((entry) => spec.fields.map((field) => String(partitionOf(entry)[field['field-id']] as number | null)).join('/')),
  ).size
}

function partitionOf(entry: AvroRecord): AvroRecord {
  return ((entry[entryField.dataFile] as AvroRecord)[fileField.partition] ?? {}) as AvroRecord
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b))
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b))
}
