import { ColumnBuilder } from './column-builder.ts'
import type { ColumnBuffers } from './column-buffers.ts'
import { grownBytes, grownInts, grownLength, INITIAL_ROWS, isWorthKeeping, nextLength, packBits, takenBytes } from './growth.ts'

/** Columns whose rows all have the same width: boolean, int and date, long and timestamp, float and double, decimal. */
export class BooleanColumn extends ColumnBuilder {
  #values: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ROWS)

  append(value: boolean): void {
    if (this.length === this.#values.length) this.#values = grownBytes(this.#values, this.length + 1)
    this.#values[this.length] = value ? 1 : 0
    this.pushValid()
  }

  appendNull(): void {
    if (this.length === this.#values.length) this.#values = grownBytes(this.#values, this.length + 1)
    this.#values[this.length] = 0
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    if (this.length + end - start > this.#values.length) this.#values = grownBytes(this.#values, this.length + end - start)
    this.#values.set(source.#values.subarray(start, end), this.length)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const values = packBits(this.#values, this.length)
    if (!isWorthKeeping(this.#values, this.length)) this.#values = new Uint8Array(INITIAL_ROWS)
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return Math.ceil(this.length / 4)
  }
}

/** int and date. */
export class Int32Column extends ColumnBuilder {
  #values: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS)

  append(value: number): void {
    if (this.length === this.#values.length) this.#values = grownInts(this.#values, this.length + 1)
    this.#values[this.length] = value
    this.pushValid()
  }

  appendNull(): void {
    if (this.length === this.#values.length) this.#values = grownInts(this.#values, this.length + 1)
    this.#values[this.length] = 0
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    if (this.length + end - start > this.#values.length) this.#values = grownInts(this.#values, this.length + end - start)
    this.#values.set(source.#values.subarray(start, end), this.length)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const values = takenBytes(this.#values, this.length)
    this.#values = new Int32Array(nextLength(this.length))
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 4
  }
}

/**
 * long and timestamp: 64-bit two's complement as pairs of 32-bit halves, low first, so that a varint loop needs no
 * BigInt. `appendNumber` takes a safe integer; `appendParts` takes the halves as they are.
 */
export class Int64Column extends ColumnBuilder {
  #halves: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS * 2)

  appendParts(low: number, high: number): void {
    if (this.length * 2 === this.#halves.length) this.#grow(1)
    this.#halves[this.length * 2] = low
    this.#halves[this.length * 2 + 1] = high
    this.pushValid()
  }

  /** A whole number within ±2^53. */
  appendNumber(value: number): void {
    this.appendParts(value | 0, Math.floor(value / 4_294_967_296))
  }

  appendBigint(value: bigint): void {
    this.appendParts(Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  /** Adds a 64-bit number to the rows `[start, end)`: how offsets become known after a batch was judged. */
  addToRows(start: number, end: number, addend: bigint): void {
    const addendLow = Number(BigInt.asUintN(32, addend))
    const addendHigh = Number(BigInt.asIntN(32, addend >> 32n))
    for (let row = start; row < end; row++) {
      const low = ((this.#halves[row * 2] as number) >>> 0) + addendLow
      this.#halves[row * 2] = low | 0
      this.#halves[row * 2 + 1] = ((this.#halves[row * 2 + 1] as number) + addendHigh + (low > 0xffffffff ? 1 : 0)) | 0
    }
  }

  /** Sets the rows `[start, end)` to one value. */
  fillRows(start: number, end: number, value: bigint): void {
    new BigInt64Array(this.#halves.buffer).fill(value, start, end)
  }

  valueAt(row: number): bigint {
    return (BigInt(this.#halves[row * 2 + 1] as number) << 32n) | BigInt((this.#halves[row * 2] as number) >>> 0)
  }

  appendNull(): void {
    if (this.length * 2 === this.#halves.length) this.#grow(1)
    this.#halves[this.length * 2] = 0
    this.#halves[this.length * 2 + 1] = 0
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    if ((this.length + end - start) * 2 > this.#halves.length) this.#grow(end - start)
    this.#halves.set(source.#halves.subarray(start * 2, end * 2), this.length * 2)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const values = takenBytes(this.#halves, this.length * 2)
    this.#halves = new Int32Array(nextLength(this.length * 2, 2))
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 8
  }

  #grow(rows: number): void {
    this.#halves = grownInts(this.#halves, (this.length + rows) * 2, 2)
  }
}

/** float (32-bit) and double. */
export class FloatColumn extends ColumnBuilder {
  readonly #width: 4 | 8
  #values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

  constructor(width: 4 | 8) {
    super()
    this.#width = width
    this.#values = this.#allocate(INITIAL_ROWS)
  }

  append(value: number): void {
    if (this.length === this.#values.length) this.#grow(1)
    this.#values[this.length] = value
    this.pushValid()
  }

  appendNull(): void {
    if (this.length === this.#values.length) this.#grow(1)
    this.#values[this.length] = 0
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    if (this.length + end - start > this.#values.length) this.#grow(end - start)
    this.#values.set(source.#values.subarray(start, end), this.length)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const values = takenBytes(this.#values, this.length)
    this.#values = this.#allocate(nextLength(this.length))
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * this.#width
  }

  #allocate(rows: number): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
    return this.#width === 4 ? new Float32Array(rows) : new Float64Array(rows)
  }

  #grow(rows: number): void {
    const grown = this.#allocate(grownLength(this.#values.length, this.length + rows))
    grown.set(this.#values)
    this.#values = grown
  }
}

/** decimal: unscaled values as 16 bytes, little endian, two's complement (Arrow Decimal128), kept as four 32-bit words. */
export class DecimalColumn extends ColumnBuilder {
  #words: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS * 4)

  append(unscaled: bigint): void {
    this.appendWords(wordOf(unscaled, 0n), wordOf(unscaled, 32n), wordOf(unscaled, 64n), wordOf(unscaled, 96n))
  }

  /** The unscaled value's 32-bit words, least significant first: what a decoder has without a BigInt. */
  appendWords(word0: number, word1: number, word2: number, word3: number): void {
    if (this.length * 4 === this.#words.length) this.#grow(1)
    const position = this.length * 4
    this.#words[position] = word0
    this.#words[position + 1] = word1
    this.#words[position + 2] = word2
    this.#words[position + 3] = word3
    this.pushValid()
  }

  appendNull(): void {
    if (this.length * 4 === this.#words.length) this.#grow(1)
    this.#words.fill(0, this.length * 4, this.length * 4 + 4)
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    if ((this.length + end - start) * 4 > this.#words.length) this.#grow(end - start)
    this.#words.set(source.#words.subarray(start * 4, end * 4), this.length * 4)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const values = takenBytes(this.#words, this.length * 4)
    this.#words = new Int32Array(nextLength(this.length * 4, 4))
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 16
  }

  #grow(rows: number): void {
    this.#words = grownInts(this.#words, (this.length + rows) * 4, 4)
  }
}

function wordOf(value: bigint, shift: bigint): number {
  return Number(BigInt.asIntN(32, value >> shift))
}
