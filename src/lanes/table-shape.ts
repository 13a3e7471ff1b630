import type { RowKind, StructType } from '../columns/row-type.ts'
import { HeadgateError } from '../shared/errors.ts'
import { metadataNames, schemalessNames } from './metadata-columns.ts'

/** Where a table's metadata columns are among its columns: a table keeps the order that it was created with. */
export interface TableShape {
  readonly rowType: StructType
  readonly partition: number
  readonly offset: number
  readonly timestamp: number
  readonly timestampType: number | undefined
  /** Of the record's key: `_kafka_key`, or `key` in a table without a schema. */
  readonly key: number | undefined
  readonly headers: number | undefined
  readonly schemaId: number | undefined
  /** Of the record's value as it came, in a table without a schema. */
  readonly rawValue: number | undefined
  /** All others: what a value is decoded into. */
  readonly values: readonly number[]
}

/** Throws HeadgateError `invalid-schema` when the columns that say where a row came from are missing or of another type. */
export function tableShape(rowType: StructType): TableShape {
  const find = (name: string, kind: RowKind): number | undefined => {
    const index = rowType.fields.findIndex((field) => field.name === name)
    if (index >= 0 && rowType.fields[index]?.type.kind !== kind) throw misshapen(name, kind)
    return index < 0 ? undefined : index
  }
  const require = (name: string, kind: RowKind): number => {
    const index = find(name, kind)
    if (index === undefined) throw misshapen(name, kind)
    return index
  }
  const isSchemaless = !rowType.fields.some(({ name }) => name === metadataNames.key)
  const others: readonly string[] = [...Object.values(metadataNames), ...(isSchemaless ? Object.values(schemalessNames) : [])]
  return {
    rowType,
    partition: require(metadataNames.partition, 'int'),
    offset: require(metadataNames.offset, 'long'),
    timestamp: require(metadataNames.timestamp, 'timestamp'),
    timestampType: find(metadataNames.timestampType, 'int'),
    key: isSchemaless ? find(schemalessNames.key, 'binary') : find(metadataNames.key, 'binary'),
    headers: find(metadataNames.headers, 'list'),
    schemaId: find(metadataNames.schemaId, 'int'),
    rawValue: isSchemaless ? find(schemalessNames.value, 'binary') : undefined,
    values: rowType.fields.flatMap(({ name }, index) => (others.includes(name) ? [] : [index])),
  }
}

function misshapen(name: string, kind: RowKind): HeadgateError {
  return new HeadgateError('invalid-schema', `the table has no column ${name} of type ${kind}; rows without it cannot be told apart`)
}
