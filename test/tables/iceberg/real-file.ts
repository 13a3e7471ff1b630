import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import type { RowField, RowType, StructType } from '../../../src/columns/row-type.ts'
import type { BoundValue, ColumnMetrics } from '../../../src/parquet/file-metrics.ts'
import { partitionValueOf } from '../../../src/lanes/time-partition.ts'
import type { TimePartition } from '../../../src/lanes/lane.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { randomUuid } from '../../../src/shared/random.ts'
import type { PreparedFile } from '../../../src/tables/table-commit.ts'
import type { TestWorld } from './test-table.ts'

/**
 * Parquet files that somebody else's writer made, for tests whose judge reads the rows. Values as hyparquet-writer takes
 * them: bigint for long, timestamp (micros) and decimal (unscaled), days for date, null for null.
 */
export type Row = Readonly<Record<string, unknown>>

export interface RealFileOptions {
  readonly rowType: StructType
  readonly rows: readonly Row[]
  readonly partitionBy?: TimePartition
  /** `<namespace>/<table>`. */
  readonly table?: string
}

/** Writes the rows into the lake. Rows of one partition only. */
export async function realFile(
  world: TestWorld,
  { rowType, rows, partitionBy = 'none', table = 'default/orders' }: RealFileOptions,
): Promise<PreparedFile> {
  const columnData = rowType.fields.map(({ name }) => ({ name, data: rows.map((row) => row[name] ?? null) }))
  const schema = [
    { name: 'root', num_children: rowType.fields.length, repetition_type: 'REQUIRED' as const },
    ...rowType.fields.flatMap(elementsOf),
  ]
  const bytes = new Uint8Array(parquetWriteBuffer({ schema, columnData }))
  const key = `${table}/data/${randomUuid(world.random)}.parquet`
  await world.store.put(key, bytes)
  const columns = rowType.fields.flatMap((field) => columnMetrics(field, rows))
  const partitionValue = partitionValueOf(partitionBy, Number((rows[0]?.['_kafka_timestamp'] as bigint) / 1000n))
  return { key, partitionValue, metrics: { rowCount: rows.length, sizeBytes: bytes.byteLength, splitOffsets: [4], columns } }
}

function elementsOf(field: RowField): SchemaElement[] {
  const { name, type, fieldId } = field
  const shared = { name, field_id: fieldId, repetition_type: field.isNullable ? ('OPTIONAL' as const) : ('REQUIRED' as const) }
  switch (type.kind) {
    case 'struct':
      return [{ ...shared, num_children: type.fields.length }, ...type.fields.flatMap(elementsOf)]
    case 'list':
      return [
        { ...shared, num_children: 1, converted_type: 'LIST' },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        ...elementsOf(type.element),
      ]
    case 'map':
      return [
        { ...shared, num_children: 1, converted_type: 'MAP' },
        { name: 'key_value', num_children: 2, repetition_type: 'REPEATED' },
        ...elementsOf(type.key),
        ...elementsOf(type.value),
      ]
    default:
      return [{ ...shared, ...scalarElement(type) }]
  }
}

function scalarElement(type: RowType): Partial<SchemaElement> {
  switch (type.kind) {
    case 'boolean':
      return { type: 'BOOLEAN' }
    case 'int':
      return { type: 'INT32' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE' }
    case 'long':
      return { type: 'INT64' }
    case 'timestamp':
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: type.isUtc, unit: 'MICROS' } }
    case 'float':
      return { type: 'FLOAT' }
    case 'double':
      return { type: 'DOUBLE' }
    case 'decimal':
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, converted_type: 'DECIMAL', precision: type.precision, scale: type.scale }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    default:
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' }
  }
}

/** Exact bounds of top-level scalars; nested columns have none here, which a manifest may say. */
function columnMetrics({ name, type, fieldId }: RowField, rows: readonly Row[]): ColumnMetrics[] {
  if (type.kind === 'struct' || type.kind === 'list' || type.kind === 'map') return []
  const values = rows.map((row) => row[name] ?? null)
  const present = values.filter((value) => value !== null && !Number.isNaN(value)).map(boundOf)
  const counts = { fieldId, compressedBytes: 10, valueCount: values.length, nullCount: values.filter((value) => value === null).length }
  const nans = type.kind === 'float' || type.kind === 'double' ? { nanCount: values.filter(Number.isNaN).length } : {}
  if (present.length === 0) return [{ ...counts, ...nans }]
  const sorted = present.sort(compareBounds)
  return [{ ...counts, ...nans, lower: sorted[0] as BoundValue, upper: sorted.at(-1) as BoundValue }]
}

function boundOf(value: unknown): BoundValue {
  return typeof value === 'string' ? utf8Bytes(value) : (value as BoundValue)
}

function compareBounds(a: BoundValue, b: BoundValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return a < b ? -1 : a > b ? 1 : 0
}
