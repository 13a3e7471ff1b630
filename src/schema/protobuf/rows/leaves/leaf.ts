import { BytesColumn } from '../../../../columns/bytes-column.ts'
import type { ColumnBuilder } from '../../../../columns/column-builder.ts'
import { BooleanColumn, DecimalColumn, Int32Column, Int64Column } from '../../../../columns/fixed-width-columns.ts'
import { assert } from '../../../../shared/assert.ts'
import { skipMessage } from '../../wire/wire.ts'
import type { LeafPlan } from '../leaf-plan.ts'
import { appendDate, appendTimeOfDay } from './calendar.ts'
import { appendDecimal, appendDecimalText } from './decimal.ts'
import { appendFieldMask } from './field-mask.ts'
import { appendJson } from './json.ts'
import { appendDuration, appendTimestamp } from './time.ts'

/** Appends the value of the message `bytes[start, end)` to one column; a message of no bytes is one of defaults. */
export type AppendLeaf = (bytes: Uint8Array, start: number, end: number) => void

/** `path` is for the errors. */
export function leafAppender(leaf: LeafPlan, column: ColumnBuilder, path: string): AppendLeaf {
  switch (leaf.kind) {
    case 'timestamp':
      return withColumn(column, Int64Column, appendTimestamp, path)
    case 'duration':
      return withColumn(column, Int64Column, appendDuration, path)
    case 'json': {
      const { root } = leaf
      return withColumn(column, BytesColumn, (...parts) => appendJson(root, ...parts), path)
    }
    case 'empty':
      return withColumn(column, BooleanColumn, appendEmpty, path)
    case 'empty-struct':
      return withColumn(column, BytesColumn, appendEmptyStruct, path)
    case 'field-mask':
      return withColumn(column, BytesColumn, appendFieldMask, path)
    case 'date':
      return withColumn(column, Int32Column, appendDate, path)
    case 'time-of-day':
      return withColumn(column, BytesColumn, appendTimeOfDay, path)
    case 'decimal': {
      const { type } = leaf
      return type
        ? withColumn(column, DecimalColumn, (...parts) => appendDecimal(leaf.form, type, ...parts), path)
        : withColumn(column, BytesColumn, (...parts) => appendDecimalText(leaf.form, ...parts), path)
    }
  }
}

export type Append<Column> = (column: Column, bytes: Uint8Array, start: number, end: number, path: string) => void

function withColumn<Column extends ColumnBuilder>(
  column: ColumnBuilder,
  expected: new (...parameters: never[]) => Column,
  append: Append<Column>,
  path: string,
): AppendLeaf {
  assert(column instanceof expected, `the column of ${path} is not the one of its row type`)
  return (bytes, start, end) => append(column, bytes, start, end, path)
}

function appendEmpty(column: BooleanColumn, bytes: Uint8Array, start: number, end: number): void {
  skipMessage(bytes, start, end)
  column.append(true)
}

function appendEmptyStruct(column: BytesColumn, bytes: Uint8Array, start: number, end: number): void {
  skipMessage(bytes, start, end)
  column.append(EMPTY_OBJECT, 0, EMPTY_OBJECT.length)
}

const EMPTY_OBJECT = Buffer.from('{}')
