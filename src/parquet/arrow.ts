import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  Map_,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow'
import type { ColumnBuffers } from '../columns/column-buffers.ts'
import type { RowField, RowType, StructType } from '../columns/row-type.ts'
import { assert, assertNever } from '../shared/assert.ts'

/**
 * RowType and ColumnBuffers as apache-arrow sees them. Nothing is copied: the arrow batch looks at the same memory.
 * Every field carries `PARQUET:field_id`, from which the Parquet writer takes the id of the schema element.
 */
export function arrowSchema(rowType: StructType): Schema {
  return new Schema(rowType.fields.map(arrowField))
}

/** `columns` in the order of the schema's fields; all of the same length. */
export function arrowBatch(schema: Schema, columns: readonly ColumnBuffers[], rowCount: number): RecordBatch {
  assert(columns.length === schema.fields.length, 'columns that are not those of the row type')
  for (const column of columns) assert(column.length === rowCount, 'columns that differ in length')
  const type = new Struct(schema.fields)
  return new RecordBatch(schema, makeData({ type, length: rowCount, nullCount: 0, children: childrenData(type, columns) }))
}

function arrowField({ name, type, isNullable, fieldId }: RowField): Field {
  return new Field(name, arrowType(type), isNullable, new Map([['PARQUET:field_id', String(fieldId)]]))
}

function arrowType(type: RowType): DataType {
  switch (type.kind) {
    case 'boolean':
      return new Bool()
    case 'int':
      return new Int32()
    case 'long':
      return new Int64()
    case 'float':
      return new Float32()
    case 'double':
      return new Float64()
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128)
    case 'string':
    case 'json':
      return new Utf8()
    case 'binary':
      return new Binary()
    case 'date':
      return new DateDay()
    case 'timestamp':
      return new TimestampMicrosecond(type.isUtc ? 'UTC' : null)
    case 'struct':
      return new Struct(type.fields.map(arrowField))
    case 'list':
      return new List(arrowField({ ...type.element, name: 'element' }))
    case 'map':
      return mapType(arrowField(type.key), arrowField(type.value))
    default:
      return assertNever(type)
  }
}

/**
 * A map whose entries are called `key_value`, as the Parquet format wants them. apache-arrow's constructor names them
 * `entries`, and that name has broken readers (delta-kernel-rs #299, delta-rs #2182), so it is set once more.
 */
function mapType(key: Field, value: Field): DataType {
  const type = new Map_(entriesField(key, value))
  type.children[0] = entriesField(key, value)
  return type
}

function entriesField(key: Field, value: Field): Field<Struct<{ key: DataType; value: DataType }>> {
  return new Field('key_value', new Struct([key, value]), false)
}

function arrowData(type: DataType, column: ColumnBuffers): Data {
  const { length, nullCount, validity: nullBitmap, offsets: valueOffsets, values, children } = column
  const common = { type, length, nullCount, nullBitmap }
  if (values !== null) return dataOf(valueOffsets === null ? { ...common, data: values } : { ...common, data: values, valueOffsets })
  if (valueOffsets === null) return dataOf({ ...common, children: childrenData(type, children) })
  const [item] = children
  assert(item, 'a list or a map without items')
  return dataOf({
    ...common,
    valueOffsets,
    child: children.length === 1 ? arrowData(childType(type, 0), item) : entriesData(type, children),
  })
}

/** Keys and values of a map side by side, as the struct that Arrow has between them and the map. */
function entriesData(map: DataType, children: readonly ColumnBuffers[]): Data {
  const type = childType(map, 0)
  return dataOf({ type, length: children[0]?.length ?? 0, nullCount: 0, children: childrenData(type, children) })
}

function childrenData(type: DataType, children: readonly ColumnBuffers[]): Data[] {
  return children.map((child, index) => arrowData(childType(type, index), child))
}

function childType(type: DataType, index: number): DataType {
  const field = type.children[index]
  assert(field, 'a column with more children than its type')
  return field.type as DataType
}

/** makeData is typed for one type at a time; here the type is known only when the code runs. */
function dataOf(props: { type: DataType; [name: string]: unknown }): Data {
  return makeData(props as never)
}
