/** What a table format wants to know of a data file: from its footer, and NaN counts from its columns. */
export interface FileMetrics {
  readonly rowCount: number
  readonly sizeBytes: number
  /** Byte positions where row groups start, ascending. */
  readonly splitOffsets: readonly number[]
  /** One entry per leaf column, by field id. */
  readonly columns: readonly ColumnMetrics[]
}

export interface ColumnMetrics {
  readonly fieldId: number
  readonly compressedBytes: number
  /** Nulls and NaNs included; for leaves below a list or map, the items. */
  readonly valueCount: number
  /** Rows whose parent is null included. */
  readonly nullCount: number
  /** float and double only. */
  readonly nanCount?: number
  /** Undefined where there is none: all null, all NaN, below a list or map, or an inexact footer statistic. */
  readonly lower?: BoundValue
  readonly upper?: BoundValue
}

/**
 * By row type: boolean; number for int, date, float, double; bigint for long, timestamp (micros) and decimal
 * (unscaled); Uint8Array for string (UTF-8), json and binary. Never NaN. Strings may be truncated by the footer:
 * `lower` is then a prefix, `upper` at or above the maximum.
 */
export type BoundValue = boolean | number | bigint | Uint8Array
