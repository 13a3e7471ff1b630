import type { ColumnBuffers } from './column-buffers.ts'
import { grownBytes, INITIAL_ROWS, isWorthKeeping, packBits } from './growth.ts'

/**
 * A growable column that decoders append to, one concrete class per physical layout so that generated code calls
 * monomorphic methods. Nothing here allocates per value. A failed record is undone with `truncate`.
 */
export abstract class ColumnBuilder {
  length = 0
  nullCount = 0
  /** One byte per row while building (1 = present); packed into bits by `finish`. */
  protected validity: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ROWS)

  /** Appends a null; its children, if any, get the filler that Arrow's layout wants. */
  abstract appendNull(): void
  /** Forgets every row from `length` on, at every level below. Children may be ahead of their parent. */
  abstract truncate(length: number): void
  /** Appends rows `[start, end)` of a builder of the same shape. */
  abstract appendRange(source: this, start: number, end: number): void
  /** The rows so far in Arrow's layout. The memory is the caller's; the builder is empty afterwards. */
  abstract finish(): ColumnBuffers
  /** Bytes that the rows so far take, without spare capacity. */
  abstract get byteLength(): number

  isNullAt(row: number): boolean {
    return this.validity[row] === 0
  }

  protected pushValid(): void {
    if (this.length === this.validity.length) this.validity = grownBytes(this.validity, this.length + 1)
    this.validity[this.length++] = 1
  }

  protected pushNull(): void {
    if (this.length === this.validity.length) this.validity = grownBytes(this.validity, this.length + 1)
    this.validity[this.length++] = 0
    this.nullCount++
  }

  /** The validity half of `appendRange`. */
  protected appendValidity(source: ColumnBuilder, start: number, end: number): void {
    const count = end - start
    if (this.length + count > this.validity.length) this.validity = grownBytes(this.validity, this.length + count)
    this.validity.set(source.validity.subarray(start, end), this.length)
    if (source.nullCount > 0) for (let row = start; row < end; row++) if (source.validity[row] === 0) this.nullCount++
    this.length += count
  }

  /** The validity half of `truncate`. */
  protected truncateValidity(length: number): void {
    if (this.nullCount > 0) for (let row = length; row < this.length; row++) if (this.validity[row] === 0) this.nullCount--
    this.length = Math.min(this.length, length)
  }

  /** The validity half of `finish`: packs and resets. */
  protected takeValidity(): { length: number; nullCount: number; validity: Uint8Array<ArrayBuffer> | null } {
    const { length, nullCount } = this
    const validity = nullCount === 0 ? null : packBits(this.validity, length)
    if (!isWorthKeeping(this.validity, length)) this.validity = new Uint8Array(INITIAL_ROWS)
    this.length = 0
    this.nullCount = 0
    return { length, nullCount, validity }
  }
}
