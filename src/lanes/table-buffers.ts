import { Int32Column, Int64Column } from '../columns/fixed-width-columns.ts'
import type { StructColumn } from '../columns/nested-columns.ts'
import { rowBuilder } from '../columns/row-builder.ts'
import { byteLengthOf } from '../columns/column-buffers.ts'
import { walkFields } from '../columns/row-type.ts'
import { assert } from '../shared/assert.ts'
import { limits } from '../shared/limits.ts'
import type { RowRange } from './judged-rows.ts'
import type { Chunk, TimePartition } from './lane.ts'
import type { TableShape } from './table-shape.ts'
import { partitionValueOf } from './time-partition.ts'

/** What the log decided about a batch. */
export interface BatchPlace {
  readonly baseOffset: bigint
  /** Replaces the producer's times when set. */
  readonly logAppendTimeMs: bigint | null
}

/** The open buffers of a table, one per partition value: rows flow in as their offsets become known, chunks flow out. */
export class TableBuffers {
  readonly #shape: TableShape
  readonly #partitionBy: TimePartition
  #emptyBytes = 0
  #buffers = new Map<number | null, StructColumn>()
  /** The fullest buffer of the last cut, empty now: it has the capacity that the next one will want. */
  #spare: StructColumn | undefined

  constructor(shape: TableShape, partitionBy: TimePartition) {
    this.#shape = shape
    this.#partitionBy = partitionBy
    walkFields(shape.rowType, () => (this.#emptyBytes += EMPTY_COLUMN_BYTES))
  }

  get rowCount(): number {
    let rows = 0
    for (const buffer of this.#buffers.values()) rows += buffer.length
    return rows
  }

  /** With what an open buffer takes however few rows it has, so that thousands of them are noticed. */
  get byteLength(): number {
    let bytes = this.#buffers.size * this.#emptyBytes
    for (const buffer of this.#buffers.values()) bytes += buffer.byteLength
    return bytes
  }

  get partitionCount(): number {
    return this.#buffers.size
  }

  /** The first row with which a batch would be spread over too many partition values. */
  rowBeyondSpread(range: RowRange): number | undefined {
    const valueMin = partitionValueOf(this.#partitionBy, range.timestampMsMin)
    const valueMax = partitionValueOf(this.#partitionBy, range.timestampMsMax)
    if (valueMin === null || valueMax === null || valueMax - valueMin < limits.batchPartitionsMax) return undefined
    const values = new Set<number | null>()
    for (let row = range.start; row < range.end; row++) {
      values.add(this.#partitionValueAt(range, row))
      if (values.size > limits.batchPartitionsMax) return row
    }
    return undefined
  }

  /** Copies a batch's rows behind those that are here, each to its partition value. */
  append(range: RowRange, place: BatchPlace): void {
    const { logAppendTimeMs } = place
    const isOneTime = logAppendTimeMs !== null
    const first = partitionValueOf(this.#partitionBy, isOneTime ? Number(logAppendTimeMs) : range.timestampMsMin)
    // Rows of one batch nearly always share a partition value.
    if (isOneTime || first === partitionValueOf(this.#partitionBy, range.timestampMsMax)) this.#appendRun(first, range, place)
    else this.#appendRuns(range, place)
  }

  /** Everything so far; the buffers are empty afterwards. */
  cut(): Chunk[] {
    const buffers = this.#buffers
    this.#buffers = new Map()
    this.#spare = fullest([...buffers.values()])
    return [...buffers].map(([partitionValue, buffer]) => {
      const rowCount = buffer.length
      const columns = buffer.finish().children
      return { partitionValue, rowCount, byteLength: byteLengthOf(columns), columns }
    })
  }

  /** Rows next to each other that share a partition value move together. */
  #appendRuns(range: RowRange, place: BatchPlace): void {
    let start = range.start
    let value = this.#partitionValueAt(range, start)
    for (let row = start + 1; row < range.end; row++) {
      const next = this.#partitionValueAt(range, row)
      if (next === value) continue
      this.#appendRun(value, { ...range, start, end: row }, place)
      start = row
      value = next
    }
    this.#appendRun(value, { ...range, start }, place)
  }

  #partitionValueAt(range: RowRange, row: number): number | null {
    return partitionValueOf(this.#partitionBy, range.rows.timestampMsAt(row))
  }

  #appendRun(partitionValue: number | null, { rows, start, end }: RowRange, { baseOffset, logAppendTimeMs }: BatchPlace): void {
    const buffer = this.#bufferOf(partitionValue)
    const from = buffer.length
    buffer.appendRange(rows.columns, start, end)
    int64Column(buffer, this.#shape.offset).addToRows(from, buffer.length, baseOffset)
    if (logAppendTimeMs !== null) this.#setLogAppendTime(buffer, from, logAppendTimeMs)
  }

  #setLogAppendTime(buffer: StructColumn, from: number, logAppendTimeMs: bigint): void {
    int64Column(buffer, this.#shape.timestamp).fillRows(from, buffer.length, logAppendTimeMs * 1_000n)
    if (this.#shape.timestampType === undefined) return
    const types = buffer.fields[this.#shape.timestampType]
    assert(types instanceof Int32Column, 'a timestamp type that is not an int')
    types.truncate(from)
    while (types.length < buffer.length) types.append(1)
  }

  #bufferOf(partitionValue: number | null): StructColumn {
    const known = this.#buffers.get(partitionValue)
    if (known) return known
    const buffer = this.#spare ?? rowBuilder(this.#shape.rowType)
    this.#spare = undefined
    this.#buffers.set(partitionValue, buffer)
    return buffer
  }
}

/** About what the builder of one column takes when it is new. */
const EMPTY_COLUMN_BYTES = 1_024

function fullest(buffers: readonly StructColumn[]): StructColumn | undefined {
  return buffers.reduce<StructColumn | undefined>((most, buffer) => (most && most.length >= buffer.length ? most : buffer), undefined)
}

function int64Column(buffer: StructColumn, index: number): Int64Column {
  const column = buffer.fields[index]
  assert(column instanceof Int64Column, 'a metadata column that is not a long')
  return column
}
