import { assert } from '../shared/assert.ts'

/**
 * The memory arithmetic under every column: how buffers grow, how rows are cut out of them, how flags become bits.
 */
export const INITIAL_ROWS = 64

/** Arrow's offsets are 32-bit: one column of one chunk holds at most this many bytes or items. */
const OFFSET_MAX = 0x7fff_ffff

/** Half as much again, in whole rows of `width` elements. */
export function grownLength(current: number, needed: number, width = 1): number {
  const target = Math.max(needed, current + (current >> 1) + INITIAL_ROWS)
  return Math.ceil(target / width) * width
}

export function grownBytes(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  assert(needed <= OFFSET_MAX, 'a column above 2 GiB: its chunk should have been cut')
  const grown = new Uint8Array(Math.min(grownLength(bytes.length, needed), OFFSET_MAX))
  grown.set(bytes)
  return grown
}

export function grownInts(ints: Int32Array<ArrayBuffer>, needed: number, width = 1): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(grownLength(ints.length, needed, width))
  grown.set(ints)
  return grown
}

/** Appends the ends of rows `[start, end)` behind row `length`, moved to where their items now are. */
export function appendShifted(
  target: Int32Array<ArrayBuffer>,
  length: number,
  source: Int32Array<ArrayBuffer>,
  { start, end }: { start: number; end: number },
): Int32Array<ArrayBuffer> {
  const needed = length + end - start + 1
  const offsets = needed > target.length ? grownInts(target, needed) : target
  const shift = (offsets[length] as number) - (source[start] as number)
  for (let row = start; row < end; row++) offsets[length + row - start + 1] = (source[row + 1] as number) + shift
  return offsets
}

/**
 * A buffer after its rows were taken: kept when it was used well, because the next chunk is as large as the last one,
 * and growing from nothing copies everything thrice; given up when it was not, so that a quiet table gets small.
 */
export function isWorthKeeping(values: { readonly length: number }, used: number): boolean {
  return used * KEPT_USE >= values.length
}

/** The least use of a kept buffer is one in this many. */
const KEPT_USE = 4

type FixedWidth = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** The first `count` elements as bytes: the same memory, which its column gives away. */
export function takenBytes(values: FixedWidth, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, 0, count * values.BYTES_PER_ELEMENT)
}

/**
 * How long the buffer is that comes after one that was given away: the next chunk is as large as the last one, and growing
 * to it from nothing copies everything thrice. With a little to spare, because chunks differ.
 */
export function nextLength(used: number, width = 1): number {
  return grownLength(0, used + (used >> SPARE_SHIFT), width)
}

const SPARE_SHIFT = 4

/** One bit per byte that is not 0, least significant first. */
export function packBits(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(length / 8))
  for (let row = 0; row < length; row++) if (bytes[row] !== 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
  return bits
}
