import { BytesColumn } from '../../columns/bytes-column.ts'
import type { ColumnBuilder } from '../../columns/column-builder.ts'
import { BooleanColumn, DecimalColumn, FloatColumn, Int32Column, Int64Column } from '../../columns/fixed-width-columns.ts'
import { ListColumn, MapColumn, StructColumn } from '../../columns/nested-columns.ts'
import type { RowField, RowType, StructType } from '../../columns/row-type.ts'
import { assert } from '../../shared/assert.ts'
import { limits } from '../../shared/limits.ts'
import { RecordError } from '../language.ts'
import { isJsonArray, isJsonObject, memberReader } from './json-value.ts'
import { itemPath, memberPath } from './quote.ts'
import type { RowMapping } from './row-type.ts'
import {
  binaryWriter,
  dateTimeWriter,
  dateWriter,
  decimalWriter,
  doubleWriter,
  jsonTextWriter,
  longWriter,
  stringWriter,
  booleanWriter,
} from './scalar-writers.ts'
import { wrongType, type PathOf, type WriterState, type WriteValue } from './write-value.ts'

/**
 * Writes parsed JSON values into columns: one closure per field, bound once, nothing allocated per value but what
 * encoding a string needs. The value was judged before; what a column cannot hold although the schema lets it pass (an
 * integer beyond 64 bits, a value of another type where the schema names none) is a RecordError.
 * This one writes a whole row: a value into the columns of its fields.
 */
export function rowWriter({ rowType, isSingleColumn }: RowMapping, columns: readonly ColumnBuilder[], state: WriterState): WriteValue {
  if (!isSingleColumn) return fieldsWriter(rowType, columns, () => '$', state)
  const [field] = rowType.fields
  const [column] = columns
  assert(field !== undefined && column !== undefined, 'a row without a column')
  return valueWriter(field.type, column, () => '$', state)
}

function valueWriter(type: RowType, column: ColumnBuilder, path: PathOf, state: WriterState): WriteValue {
  const write = presentWriter(type, column, path, state)
  return (value) => {
    if (value === undefined || value === null) column.appendNull()
    else write(value)
  }
}

/** The builders' classes follow from the row type. */
function presentWriter(type: RowType, column: ColumnBuilder, path: PathOf, state: WriterState): WriteValue {
  if (column instanceof BooleanColumn) return booleanWriter(column, path)
  if (column instanceof Int64Column) return type.kind === 'timestamp' ? dateTimeWriter(column, path) : longWriter(column, path, state)
  if (column instanceof FloatColumn) return doubleWriter(column, path)
  if (column instanceof DecimalColumn) return decimalWriter(column, path, state)
  if (column instanceof Int32Column) return dateWriter(column, path)
  if (column instanceof BytesColumn && type.kind === 'json') return jsonTextWriter(column)
  if (column instanceof BytesColumn) return type.kind === 'binary' ? binaryWriter(column, path) : stringWriter(column, path)
  if (column instanceof StructColumn && type.kind === 'struct') return structWriter(type, column, path, state)
  if (column instanceof ListColumn && type.kind === 'list') return listWriter(type.element, column, path, state)
  assert(column instanceof MapColumn && type.kind === 'map', 'a column that does not fit its row type')
  return mapWriter(type.value, column, path, state)
}

function structWriter(type: StructType, column: StructColumn, path: PathOf, state: WriterState): WriteValue {
  const write = fieldsWriter(type, column.fields, path, state)
  return (value) => {
    write(value)
    column.appendPresent()
  }
}

function fieldsWriter({ fields }: StructType, columns: readonly ColumnBuilder[], path: PathOf, state: WriterState): WriteValue {
  const members = fields.map((field, index) => {
    const column = columns[index]
    assert(column !== undefined, 'fewer columns than fields')
    return { read: memberReader(field.source), write: valueWriter(field.type, column, () => memberPath(path(), field.source), state) }
  })
  return (value) => {
    if (!isJsonObject(value)) throw wrongType(path, 'object', value)
    for (const { read, write } of members) write(read(value))
  }
}

function listWriter(element: RowField, column: ListColumn, path: PathOf, state: WriterState): WriteValue {
  let index = 0
  const write = valueWriter(element.type, column.element, () => itemPath(path(), index), state)
  const cellsPerItem = cellsOf(element.type)
  return (value) => {
    if (!isJsonArray(value)) throw wrongType(path, 'array', value)
    countCells(state, value.length * cellsPerItem, path)
    for (index = 0; index < value.length; index++) write(value[index])
    column.appendPresent()
  }
}

function mapWriter(field: RowField, column: MapColumn, path: PathOf, state: WriterState): WriteValue {
  let name = ''
  const memberPathOf = (): string => memberPath(path(), name)
  assert(column.key instanceof BytesColumn, 'a map whose keys are not strings')
  const writeKey = stringWriter(column.key, memberPathOf)
  const write = valueWriter(field.type, column.value, memberPathOf, state)
  const cellsPerItem = 1 + cellsOf(field.type)
  return (value) => {
    if (!isJsonObject(value)) throw wrongType(path, 'object', value)
    const names = Object.keys(value)
    countCells(state, names.length * cellsPerItem, path)
    for (name of names) {
      writeKey(name)
      write(value[name])
    }
    column.appendPresent()
  }
}

/** Columns below a list's or map's item, itself included. */
function cellsOf(type: RowType): number {
  return type.kind === 'struct' ? type.fields.reduce((sum, field) => sum + cellsOf(field.type), 1) : 1
}

function countCells(state: WriterState, cells: number, path: PathOf): void {
  state.cells += cells
  if (state.cells > limits.valueCellsMax)
    throw new RecordError(path(), `too large: its items take more than ${limits.valueCellsMax} column values`)
}
