import type { ColumnBuffers } from '../columns/column-buffers.ts'
import { childFields, type RowField, type RowType, type StructType } from '../columns/row-type.ts'
import { assert } from '../shared/assert.ts'

/** Counts of one leaf column, over all columns added so far. */
export interface LeafTally {
  readonly fieldId: number
  readonly type: RowType
  /** Below a list or a map. */
  readonly isRepeated: boolean
  /** Rows, or items for a repeated leaf; nulls and NaNs included. */
  valueCount: number
  /** Includes rows whose parent struct is null. */
  nullCount: number
  nanCount: number
}

/**
 * Counts what a Parquet footer does not say: NaNs, and items below lists (the footer counts levels, so an empty list
 * looks like an item). Leaves are in the depth-first order of Parquet's columns.
 */
export class ColumnTally {
  readonly leaves: readonly LeafTally[]
  readonly #fields: readonly RowField[]

  constructor(rowType: StructType) {
    this.#fields = rowType.fields
    this.leaves = rowType.fields.flatMap((field) => leavesOf(field, false))
  }

  add(columns: readonly ColumnBuffers[]): void {
    const next = this.leaves[Symbol.iterator]()
    this.#fields.forEach((field, index) => count(field, columns[index], next))
  }
}

function leavesOf({ type, fieldId }: RowField, isRepeated: boolean): LeafTally[] {
  const children = childFields(type)
  if (children.length === 0) return [{ fieldId, type, isRepeated, valueCount: 0, nullCount: 0, nanCount: 0 }]
  return children.flatMap((child) => leavesOf(child, isRepeated || type.kind !== 'struct'))
}

function count({ type }: RowField, column: ColumnBuffers | undefined, leaves: Iterator<LeafTally>): void {
  assert(column, 'fewer columns than fields')
  const children = childFields(type)
  if (children.length > 0) return children.forEach((child, index) => count(child, column.children[index], leaves))
  const leaf = leaves.next().value as LeafTally
  leaf.valueCount += column.length
  // A struct's null is a null in each of its fields: the builders append it so.
  leaf.nullCount += column.nullCount
  if (type.kind === 'float' || type.kind === 'double') leaf.nanCount += nanCount(type.kind, column)
}

function nanCount(kind: 'float' | 'double', { values, length }: ColumnBuffers): number {
  assert(values, 'a leaf column without values')
  const numbers = new (kind === 'float' ? Float32Array : Float64Array)(values.buffer, values.byteOffset, length)
  let nans = 0
  for (let row = 0; row < length; row++) if (Number.isNaN(numbers[row])) nans++
  return nans
}
