import type { StructType } from '../../columns/row-type.ts'
import type { TimePartition } from '../../lanes/lane.ts'
import { assert } from '../../shared/assert.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { AvroField, AvroValue } from './avro-schema.ts'
import { optionalField } from './avro-schema.ts'
import { isTimeTransform, timePartitionSchema, timePartitionText } from './transforms.ts'

/** Partition specs: how a table's files are split. Ours have one field, or none. */
export type PartitionSpec = { 'spec-id': number; fields: PartitionField[] }
export type PartitionField = { 'source-id': number; 'field-id': number; name: string; transform: string }

/** Field ids of partition columns start here; 999 says that none was given yet. */
export const FIRST_PARTITION_FIELD_ID = 1000

export const PARTITION_SOURCE = '_kafka_timestamp'

export function partitionSpecOf(partitionBy: TimePartition, rowType: StructType): PartitionSpec {
  if (partitionBy === 'none') return { 'spec-id': 0, fields: [] }
  const source = rowType.fields.find(({ name }) => name === PARTITION_SOURCE)
  assert(source !== undefined, `a table partitioned by ${partitionBy} needs a column ${PARTITION_SOURCE}`)
  return {
    'spec-id': 0,
    fields: [
      {
        'source-id': source.fieldId,
        'field-id': FIRST_PARTITION_FIELD_ID,
        name: `${PARTITION_SOURCE}_${partitionBy}`,
        transform: partitionBy,
      },
    ],
  }
}

/** The spec that Headgate writes with, and what it means: the default one, or the newest it can serve. */
export interface ChosenSpec {
  readonly spec: PartitionSpec
  readonly partitionBy: TimePartition
}

/** Other writers may have given the table a new default spec; files of an older spec stay welcome (spec, Partition Evolution). */
export function chooseSpec(specs: readonly PartitionSpec[], defaultSpecId: number, rowType: StructType): ChosenSpec {
  const newestFirst = [...specs].sort((a, b) => b['spec-id'] - a['spec-id'])
  const ordered = [...newestFirst.filter((spec) => spec['spec-id'] === defaultSpecId), ...newestFirst]
  for (const spec of ordered) {
    const partitionBy = timePartitionBySpec(spec, rowType)
    if (partitionBy !== undefined) return { spec, partitionBy }
  }
  throw new HeadgateError(
    'unsupported',
    `none of the table's partition specs is a time transform of ${PARTITION_SOURCE} or unpartitioned; add one that is`,
  )
}

function timePartitionBySpec(spec: PartitionSpec, rowType: StructType): TimePartition | undefined {
  // Fields that were dropped from a spec stay as `void` in old format versions; they hold nulls.
  const fields = spec.fields.filter(({ transform }) => transform !== 'void')
  const [field] = fields
  if (field === undefined) return 'none'
  const source = rowType.fields.find(({ fieldId }) => fieldId === field['source-id'])
  const isOurs = fields.length === 1 && source?.name === PARTITION_SOURCE
  return isOurs && isTimeTransform(field.transform) ? field.transform : undefined
}

/** The columns of a manifest's `partition` record (spec, Data File Fields, field 102). */
export function partitionAvroFields(spec: PartitionSpec): AvroField[] {
  return spec.fields.map((field) =>
    optionalField(field['field-id'], field.name, isTimeTransform(field.transform) ? timePartitionSchema(field.transform) : 'int'),
  )
}

/** `_kafka_timestamp_day=2024-02-29`, levels joined by `/`, empty for an unpartitioned file. */
export function partitionPath(spec: PartitionSpec | undefined, values: { readonly [fieldId: number]: AvroValue }): string {
  return (spec?.fields ?? []).map((field) => `${field.name}=${partitionText(field, values[field['field-id']])}`).join('/')
}

function partitionText({ transform }: PartitionField, value: AvroValue | undefined): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' && isTimeTransform(transform)) return timePartitionText(transform, value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value as string | number | bigint | boolean)
}
