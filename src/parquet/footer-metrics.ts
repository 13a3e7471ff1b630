import { isFloating, type RowType } from '../columns/row-type.ts'
import { assert, AssertionError } from '../shared/assert.ts'
import { copyOf, viewOf } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import type { LeafTally } from './column-tally.ts'
import type { BoundValue, ColumnMetrics, FileMetrics } from './file-metrics.ts'
import { type FooterColumn, type FooterRowGroup, readFooter } from './footer.ts'

/**
 * What a table format wants to know of a file that was just written: sizes, split offsets and bounds from its footer,
 * counts from the columns that went in. The footer's row count is checked against theirs, so that a file that lost rows on
 * its way is never committed.
 */
export function fileMetrics(pieces: readonly Uint8Array[], leaves: readonly LeafTally[], rowsWritten: number): FileMetrics {
  const footer = readFooter(pieces)
  assert(footer.rowCount === rowsWritten, `a Parquet file of ${footer.rowCount} rows where ${rowsWritten} were written`)
  leaves.forEach((leaf, index) => assert(footer.leafFieldIds[index] === leaf.fieldId, 'a Parquet file with other field ids'))
  return {
    rowCount: footer.rowCount,
    sizeBytes: pieces.reduce((sum, { byteLength }) => sum + byteLength, 0),
    splitOffsets: footer.rowGroups.map(({ startOffset }) => startOffset),
    columns: leaves.map((leaf, index) => columnMetrics(leaf, chunksOf(footer.rowGroups, index))),
  }
}

function chunksOf(rowGroups: readonly FooterRowGroup[], index: number): FooterColumn[] {
  return rowGroups.map(({ columns }) => {
    const column = columns[index]
    assert(column, 'a row group with fewer columns than the schema')
    return column
  })
}

function columnMetrics(leaf: LeafTally, chunks: readonly FooterColumn[]): ColumnMetrics {
  const { fieldId, type, valueCount, nullCount, nanCount } = leaf
  return {
    fieldId,
    compressedBytes: chunks.reduce((sum, { compressedBytes }) => sum + compressedBytes, 0),
    valueCount,
    nullCount,
    ...(isFloating(type) && { nanCount }),
    ...bounds(leaf, chunks),
  }
}

/** Bounds over all row groups; none below lists and maps, where Iceberg's Java writer gives none either. */
function bounds({ type, isRepeated }: LeafTally, chunks: readonly FooterColumn[]): { lower?: BoundValue; upper?: BoundValue } {
  if (isRepeated) return {}
  const informative = chunks.filter((chunk) => !hasNothingToCompare(type, chunk))
  let lower: BoundValue | undefined
  let upper: BoundValue | undefined
  for (const { min, max } of informative) {
    // One row group of unknown values makes the whole file's bounds unknown.
    if (min === undefined || max === undefined) return {}
    const groupLower = boundValue(type, min)
    const groupUpper = boundValue(type, max)
    if (lower === undefined || compareBounds(groupLower, lower) < 0) lower = groupLower
    if (upper === undefined || compareBounds(groupUpper, upper) > 0) upper = groupUpper
  }
  if (lower === undefined || upper === undefined) return {}
  return isOverlong(upper) ? { lower } : { lower, upper }
}

/** The writer shortens what it can; of bytes without a successor it keeps all. */
function isOverlong(bound: BoundValue): boolean {
  return bound instanceof Uint8Array && bound.byteLength > limits.boundBytesMax
}

/** All null; or floating point without statistics, which then is all NaN. */
function hasNothingToCompare(type: RowType, { nullCount, valueCount, min }: FooterColumn): boolean {
  return nullCount === valueCount || (isFloating(type) && min === undefined)
}

/** A statistic in PLAIN encoding as the value it stands for. */
function boundValue(type: RowType, bytes: Uint8Array): BoundValue {
  const view = viewOf(bytes)
  switch (type.kind) {
    case 'boolean':
      return bytes[0] === 1
    case 'int':
    case 'date':
      return view.getInt32(0, true)
    case 'long':
    case 'timestamp':
      return view.getBigInt64(0, true)
    case 'float':
      return view.getFloat32(0, true)
    case 'double':
      return view.getFloat64(0, true)
    case 'decimal':
      return decimalBound(type.precision, view)
    case 'string':
    case 'json':
    case 'binary':
      return copyOf(bytes)
    case 'struct':
    case 'list':
    case 'map':
      throw new AssertionError('only leaves have statistics')
  }
}

/** INT32 up to 9 digits, INT64 up to 18, else big-endian two's complement of the fewest bytes. */
function decimalBound(precision: number, view: DataView): bigint {
  if (precision <= 9) return BigInt(view.getInt32(0, true))
  if (precision <= 18) return view.getBigInt64(0, true)
  let unscaled = BigInt(view.getInt8(0))
  for (let index = 1; index < view.byteLength; index++) unscaled = (unscaled << 8n) | BigInt(view.getUint8(index))
  return unscaled
}

function compareBounds(a: BoundValue, b: BoundValue): number {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  return a < b ? -1 : Number(a > b)
}
