/**
 * One column's values as plain memory, in Arrow's layout, without Arrow's objects: what crosses from a lane to an
 * encoder by transfer. The shape follows the RowType: a list has one child, a map two (key, value), a struct its fields.
 */
export interface ColumnBuffers {
  readonly length: number
  readonly nullCount: number
  /** One bit per row, least significant first, 1 = present; null when nothing is null. */
  readonly validity: Uint8Array<ArrayBuffer> | null
  /** List, map, string and binary: `length + 1` positions. */
  readonly offsets: Int32Array<ArrayBuffer> | null
  /** Fixed-width values or the bytes of strings; boolean is bit-packed like validity. Null for list, map, struct. */
  readonly values: Uint8Array<ArrayBuffer> | null
  readonly children: readonly ColumnBuffers[]
}

/** The distinct ArrayBuffers below a column, for a transfer list. */
export function transferList(columns: readonly ColumnBuffers[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  const collect = (column: ColumnBuffers): void => {
    for (const part of [column.validity, column.offsets, column.values]) if (part) buffers.add(part.buffer)
    column.children.forEach(collect)
  }
  columns.forEach(collect)
  return [...buffers]
}

/** Bytes of memory the columns hold. */
export function byteLengthOf(columns: readonly ColumnBuffers[]): number {
  return columns.reduce(
    (sum, column) =>
      sum +
      (column.validity?.byteLength ?? 0) +
      (column.offsets?.byteLength ?? 0) +
      (column.values?.byteLength ?? 0) +
      byteLengthOf(column.children),
    0,
  )
}
