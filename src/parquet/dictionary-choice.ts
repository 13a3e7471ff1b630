import type { ColumnBuffers } from '../columns/column-buffers.ts'
import { childFields, type RowField, type RowType, type StructType } from '../columns/row-type.ts'
import { assert } from '../shared/assert.ts'
import { asBuffer } from '../shared/bytes.ts'

/**
 * Which columns are worth a dictionary. On values that hardly repeat it only costs: hashing each of them took four times
 * as long as writing them plainly, for a larger file. A few rows, spread over the file's first chunk, tell.
 */
export interface DictionaryChoice {
  /** Of each top-level column that is a leaf, by name. */
  readonly columns: ReadonlyMap<string, boolean>
  /** Of all others together: the writer can name only top-level columns. */
  readonly nested: boolean
}

export function chooseDictionaries(rowType: StructType, columns: readonly ColumnBuffers[]): DictionaryChoice {
  const choices = new Map<string, boolean>()
  let nestedBytesFor = 0
  let nestedBytesAgainst = 0
  rowType.fields.forEach((field, index) => {
    for (const { type, column } of leavesOf(field, columns[index])) {
      // Booleans are one bit each as they are.
      const isRepetitive = type.kind !== 'boolean' && repeats(column)
      if (column === columns[index]) choices.set(field.name, isRepetitive)
      else if (isRepetitive) nestedBytesFor += bytesOf(column)
      else nestedBytesAgainst += bytesOf(column)
    }
  })
  return { columns: choices, nested: nestedBytesFor >= nestedBytesAgainst }
}

/** Rows looked at. */
const SAMPLE_ROWS = 2_048
/**
 * With more than this share of distinct values in the sample, a column has some ten thousand distinct values or more: from
 * there on a dictionary saves nothing.
 */
const DISTINCT_SHARE_MAX = 0.9
/** Bytes of a value that tell it from others. */
const PREFIX_BYTES = 64

interface Leaf {
  readonly type: RowType
  readonly column: ColumnBuffers
}

function leavesOf({ type }: RowField, column: ColumnBuffers | undefined): Leaf[] {
  assert(column, 'fewer columns than fields')
  const children = childFields(type)
  return children.length === 0 ? [{ type, column }] : children.flatMap((child, index) => leavesOf(child, column.children[index]))
}

/** A single value is left to the compressor, which makes as little of it for less. */
function repeats(column: ColumnBuffers): boolean {
  const { length, validity } = column
  const step = Math.max(1, Math.floor(length / SAMPLE_ROWS))
  const seen = new Set<string>()
  let sampled = 0
  for (let index = 0; index * step < length; index++) {
    // Not at the same place of every step: values may come in turns.
    const row = Math.min(length - 1, index * step + ((index * 7_919) % step))
    if (validity !== null && (((validity[row >> 3] as number) >> (row & 7)) & 1) === 0) continue
    seen.add(valueKey(column, row))
    sampled++
  }
  return seen.size > 1 && seen.size <= sampled * DISTINCT_SHARE_MAX
}

function valueKey({ length, offsets, values }: ColumnBuffers, row: number): string {
  assert(values, 'a leaf column without values')
  const width = values.byteLength / length
  const start = offsets === null ? row * width : (offsets[row] as number)
  const end = offsets === null ? start + width : (offsets[row + 1] as number)
  return `${end - start}:${asBuffer(values).toString('latin1', start, Math.min(end, start + PREFIX_BYTES))}`
}

function bytesOf({ offsets, values }: ColumnBuffers): number {
  return (offsets?.byteLength ?? 0) + (values?.byteLength ?? 0)
}
