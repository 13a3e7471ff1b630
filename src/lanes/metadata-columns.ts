import { listType, rowField, type RowField, structType, type StructType } from '../columns/row-type.ts'
import { HeadgateError } from '../shared/errors.ts'

/**
 * The columns that every table has beside the values: where a row came from. Their names are reserved, so that the
 * meaning of `_kafka_offset` does not depend on a schema's author.
 */
export const metadataNames = {
  partition: '_kafka_partition',
  offset: '_kafka_offset',
  timestamp: '_kafka_timestamp',
  timestampType: '_kafka_timestamp_type',
  key: '_kafka_key',
  headers: '_kafka_headers',
  schemaId: '_kafka_schema_id',
} as const

/** The columns of a topic without a schema, as its bytes came. */
export const schemalessNames = { key: 'key', value: 'value' } as const

const headerType = structType([
  rowField('key', { kind: 'string' }, { doc: 'Header key' }),
  rowField('value', { kind: 'binary' }, { doc: 'Header value' }),
])

const keyField = rowField(metadataNames.key, { kind: 'binary' }, { doc: 'Record key, as sent' })

const fieldsBeforeKey: readonly RowField[] = [
  rowField(metadataNames.partition, { kind: 'int' }, { isNullable: false, doc: 'Kafka partition' }),
  rowField(metadataNames.offset, { kind: 'long' }, { isNullable: false, doc: 'Offset in the partition' }),
  rowField(metadataNames.timestamp, { kind: 'timestamp', isUtc: true }, { isNullable: false, doc: 'Record timestamp' }),
  rowField(metadataNames.timestampType, { kind: 'int' }, { doc: '0 when the producer set the timestamp, 1 when the broker did' }),
]

const fieldsAfterKey: readonly RowField[] = [
  rowField(metadataNames.headers, listType(headerType), { doc: 'Record headers, in order; keys may repeat' }),
  rowField(metadataNames.schemaId, { kind: 'int' }, { doc: 'Id of the schema that the value was checked against' }),
]

/**
 * The columns of a table: the values, then the metadata, without field ids. Throws HeadgateError `invalid-schema` when a
 * value's name is reserved.
 */
export function tableRowType(valueFields: readonly RowField[]): StructType {
  for (const { name } of valueFields) {
    if (!name.toLowerCase().startsWith('_kafka_')) continue
    throw new HeadgateError(
      'invalid-schema',
      `field ${name}: names that start with _kafka_ are those of the table's metadata columns; rename the field`,
    )
  }
  return structType([...valueFields, ...fieldsBeforeKey, keyField, ...fieldsAfterKey])
}

/** The columns of a table whose topic has no schema: `key` takes the place of `_kafka_key`. */
export function schemalessRowType(): StructType {
  const bytes = Object.values(schemalessNames).map((name) => rowField(name, { kind: 'binary' }))
  return structType([...bytes, ...fieldsBeforeKey, ...fieldsAfterKey])
}
