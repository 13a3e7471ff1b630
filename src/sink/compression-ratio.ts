/**
 * How many bytes of columns become one byte of a file: what a topic's files have shown so far. Counters and states shrink
 * tenfold, random bytes hardly at all, and a file is to end near its target before its last row group is encoded.
 */
export class CompressionRatio {
  #value = UNKNOWN_RATIO

  get value(): number {
    return this.#value
  }

  /** What some columns have become. Few bytes say nothing: a footer is larger than they are. */
  note({ columnBytes, fileBytes }: { readonly columnBytes: number; readonly fileBytes: number }): void {
    if (columnBytes >= TELLING_BYTES && fileBytes > 0) this.#value = Math.max(1, columnBytes / fileBytes)
  }
}

/** Of rows that nobody has seen a file of. */
const UNKNOWN_RATIO = 4

const TELLING_BYTES = 1024 * 1024
