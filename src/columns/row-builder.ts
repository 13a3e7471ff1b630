import { assertNever } from '../shared/assert.ts'
import { BytesColumn } from './bytes-column.ts'
import type { ColumnBuilder } from './column-builder.ts'
import { BooleanColumn, DecimalColumn, FloatColumn, Int32Column, Int64Column } from './fixed-width-columns.ts'
import { ListColumn, MapColumn, StructColumn } from './nested-columns.ts'
import type { RowField, RowType, StructType } from './row-type.ts'

/** The builder of a whole row: the table's top-level columns. */
export function rowBuilder(type: StructType): StructColumn {
  return new StructColumn(type.fields.map(fieldBuilder))
}

function fieldBuilder({ type }: RowField): ColumnBuilder {
  return columnBuilder(type)
}

/** The builder of one column, with those of everything below it. */
export function columnBuilder(type: RowType): ColumnBuilder {
  switch (type.kind) {
    case 'boolean':
      return new BooleanColumn()
    case 'int':
    case 'date':
      return new Int32Column()
    case 'long':
    case 'timestamp':
      return new Int64Column()
    case 'float':
      return new FloatColumn(4)
    case 'double':
      return new FloatColumn(8)
    case 'decimal':
      return new DecimalColumn()
    case 'string':
    case 'json':
    case 'binary':
      return new BytesColumn()
    case 'struct':
      return rowBuilder(type)
    case 'list':
      return new ListColumn(fieldBuilder(type.element))
    case 'map':
      return new MapColumn(fieldBuilder(type.key), fieldBuilder(type.value))
    default:
      return assertNever(type)
  }
}
