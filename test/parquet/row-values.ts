import { BytesColumn } from '../../src/columns/bytes-column.ts'
import type { ColumnBuilder } from '../../src/columns/column-builder.ts'
import { BooleanColumn, DecimalColumn, FloatColumn, Int32Column, Int64Column } from '../../src/columns/fixed-width-columns.ts'
import { ListColumn, MapColumn, StructColumn } from '../../src/columns/nested-columns.ts'
import { rowBuilder } from '../../src/columns/row-builder.ts'
import type { ColumnBuffers } from '../../src/columns/column-buffers.ts'
import type { RowType, StructType } from '../../src/columns/row-type.ts'

/**
 * Rows as tests write them: string for string and json, bigint for long, timestamp (micros) and decimal (unscaled),
 * Uint8Array for binary, array for list, array of pairs for map, object for struct.
 */
export type RowValue = null | boolean | number | bigint | string | Uint8Array | readonly RowValue[] | { readonly [name: string]: RowValue }

export function columnsOf(rowType: StructType, rows: readonly RowValue[]): readonly ColumnBuffers[] {
  const builder = rowBuilder(rowType)
  for (const row of rows) appendValue(builder, rowType, row)
  return builder.finish().children
}

export function appendValue(builder: ColumnBuilder, type: RowType, value: RowValue): void {
  if (value === null) builder.appendNull()
  else if (builder instanceof BooleanColumn) builder.append(value as boolean)
  else if (builder instanceof Int32Column || builder instanceof FloatColumn) builder.append(value as number)
  else if (builder instanceof Int64Column) builder.appendBigint(value as bigint)
  else if (builder instanceof DecimalColumn) builder.append(value as bigint)
  else if (builder instanceof BytesColumn) appendBytes(builder, value as string | Uint8Array)
  else if (builder instanceof StructColumn && type.kind === 'struct') {
    type.fields.forEach((field, index) => {
      appendValue(builder.fields[index] as ColumnBuilder, field.type, (value as Record<string, RowValue>)[field.name] ?? null)
    })
    builder.appendPresent()
  } else if (builder instanceof ListColumn && type.kind === 'list') {
    for (const item of value as readonly RowValue[]) appendValue(builder.element, type.element.type, item)
    builder.appendPresent()
  } else if (builder instanceof MapColumn && type.kind === 'map') {
    for (const [key, item] of value as readonly (readonly [RowValue, RowValue])[]) {
      appendValue(builder.key, type.key.type, key)
      appendValue(builder.value, type.value.type, item)
    }
    builder.appendPresent()
  } else throw new Error(`no builder for ${type.kind}`)
}

function appendBytes(builder: BytesColumn, value: string | Uint8Array): void {
  if (typeof value === 'string') builder.appendText(value)
  else builder.append(value, 0, value.length)
}
