import { assert, assertNever } from '../shared/assert.ts'
import type { ColumnBuffers } from './column-buffers.ts'
import type { RowField, RowType, StructType } from './row-type.ts'

/**
 * Growable columns that decoders append to, one concrete class per physical layout so that generated code calls
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
    this.length = 0
    this.nullCount = 0
    return { length, nullCount, validity }
  }
}

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
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return Math.ceil(this.length / 4)
  }
}

/** int and date. */
export class Int32Column extends ColumnBuilder {
  #values = new Int32Array(INITIAL_ROWS)

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
    const values = takeBytes(this.#values, this.length)
    this.#values = new Int32Array(INITIAL_ROWS)
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 4
  }

  #grow(rows: number): void {
    const grown = new Int32Array(grownLength(this.#values.length, this.length + rows))
    grown.set(this.#values)
    this.#values = grown
  }
}

/**
 * long and timestamp: 64-bit two's complement as pairs of 32-bit halves, low first, so that a varint loop needs no
 * BigInt. `appendNumber` takes a safe integer; `appendParts` takes the halves as they are.
 */
export class Int64Column extends ColumnBuilder {
  #halves = new Int32Array(INITIAL_ROWS * 2)

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
    const values = takeBytes(this.#halves, this.length * 2)
    this.#halves = new Int32Array(INITIAL_ROWS * 2)
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 8
  }

  #grow(rows: number): void {
    const grown = new Int32Array(grownLength(this.#halves.length, (this.length + rows) * 2))
    grown.set(this.#halves)
    this.#halves = grown
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
    const values = takeBytes(this.#values, this.length)
    this.#values = this.#allocate(INITIAL_ROWS)
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

/** decimal: unscaled values as 16 bytes, little endian, two's complement (Arrow Decimal128). */
export class DecimalColumn extends ColumnBuilder {
  #halves = new BigInt64Array(INITIAL_ROWS * 2)

  append(unscaled: bigint): void {
    if (this.length * 2 === this.#halves.length) this.#grow(1)
    this.#halves[this.length * 2] = BigInt.asIntN(64, unscaled)
    this.#halves[this.length * 2 + 1] = BigInt.asIntN(64, unscaled >> 64n)
    this.pushValid()
  }

  appendNull(): void {
    if (this.length * 2 === this.#halves.length) this.#grow(1)
    this.#halves.fill(0n, this.length * 2, this.length * 2 + 2)
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
    const values = takeBytes(this.#halves, this.length * 2)
    this.#halves = new BigInt64Array(INITIAL_ROWS * 2)
    return { ...this.takeValidity(), offsets: null, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 16
  }

  #grow(rows: number): void {
    const grown = new BigInt64Array(grownLength(this.#halves.length, (this.length + rows) * 2))
    grown.set(this.#halves)
    this.#halves = grown
  }
}

/** string, json and binary. Strings must already be valid UTF-8: whoever appends has checked. */
export class BytesColumn extends ColumnBuilder {
  #offsets = new Int32Array(INITIAL_ROWS + 1)
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ROWS * 16)

  /** Copies `source[start, end)`. */
  append(source: Uint8Array, start: number, end: number): void {
    const position = this.#offsets[this.length] as number
    const size = end - start
    if (position + size > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, position + size)
    // A call to set costs more than a short loop.
    if (size <= 24) for (let index = 0; index < size; index++) this.#bytes[position + index] = source[start + index] as number
    else this.#bytes.set(source.subarray(start, end), position)
    this.#pushEnd(position + size)
    this.pushValid()
  }

  appendText(text: string): void {
    const position = this.#offsets[this.length] as number
    if (position + text.length * 3 > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, position + text.length * 3)
    const { written } = textEncoder.encodeInto(text, this.#bytes.subarray(position))
    this.#pushEnd(position + written)
    this.pushValid()
  }

  appendNull(): void {
    this.#pushEnd(this.#offsets[this.length] as number)
    this.pushNull()
  }

  truncate(length: number): void {
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    const sourceFirst = source.#offsets[start] as number
    const sourceLast = source.#offsets[end] as number
    const position = this.#offsets[this.length] as number
    const size = sourceLast - sourceFirst
    if (position + size > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, position + size)
    this.#bytes.set(source.#bytes.subarray(sourceFirst, sourceLast), position)
    this.#offsets = appendShifted(this.#offsets, this.length, source.#offsets, start, end)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const { length } = this
    const values = takeBytes(this.#bytes, this.#offsets[length] as number)
    const offsets = this.#offsets.slice(0, length + 1)
    this.#offsets = new Int32Array(INITIAL_ROWS + 1)
    this.#bytes = new Uint8Array(INITIAL_ROWS * 16)
    return { ...this.takeValidity(), offsets, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 4 + (this.#offsets[this.length] as number)
  }

  #pushEnd(end: number): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = grownOffsets(this.#offsets, this.length + 2)
    this.#offsets[this.length + 1] = end
  }
}

export class StructColumn extends ColumnBuilder {
  readonly fields: readonly ColumnBuilder[]

  constructor(fields: readonly ColumnBuilder[]) {
    super()
    this.fields = fields
  }

  /** Call after every field got its value. */
  appendPresent(): void {
    this.pushValid()
  }

  appendNull(): void {
    for (const field of this.fields) field.appendNull()
    this.pushNull()
  }

  truncate(length: number): void {
    for (const field of this.fields) field.truncate(length)
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    this.fields.forEach((field, index) => field.appendRange(source.fields[index] as typeof field, start, end))
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    for (const field of this.fields) assert(field.length === this.length, 'a struct whose fields differ in length')
    const children = this.fields.map((field) => field.finish())
    return { ...this.takeValidity(), offsets: null, values: null, children }
  }

  get byteLength(): number {
    return this.fields.reduce((sum, field) => sum + field.byteLength, 0)
  }
}

/** Lists (one child) and maps (key and value). */
export abstract class RepeatedColumn extends ColumnBuilder {
  abstract readonly children: readonly ColumnBuilder[]
  #offsets = new Int32Array(INITIAL_ROWS + 1)

  /** Call after the row's items were appended to the children. */
  appendPresent(): void {
    this.#pushEnd((this.children[0] as ColumnBuilder).length)
    this.pushValid()
  }

  appendNull(): void {
    this.#pushEnd(this.#offsets[this.length] as number)
    this.pushNull()
  }

  truncate(length: number): void {
    const kept = this.#offsets[Math.min(length, this.length)] as number
    for (const child of this.children) child.truncate(kept)
    this.truncateValidity(length)
  }

  appendRange(source: this, start: number, end: number): void {
    const sourceFirst = source.#offsets[start] as number
    const sourceLast = source.#offsets[end] as number
    this.children.forEach((child, index) => child.appendRange(source.children[index] as typeof child, sourceFirst, sourceLast))
    this.#offsets = appendShifted(this.#offsets, this.length, source.#offsets, start, end)
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const { length } = this
    const items = this.#offsets[length] as number
    for (const child of this.children) assert(child.length === items, 'items without a row')
    const children = this.children.map((child) => child.finish())
    const offsets = this.#offsets.slice(0, length + 1)
    this.#offsets = new Int32Array(INITIAL_ROWS + 1)
    return { ...this.takeValidity(), offsets, values: null, children }
  }

  get byteLength(): number {
    return this.length * 4 + this.children.reduce((sum, child) => sum + child.byteLength, 0)
  }

  #pushEnd(end: number): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = grownOffsets(this.#offsets, this.length + 2)
    this.#offsets[this.length + 1] = end
  }
}

export class ListColumn extends RepeatedColumn {
  readonly element: ColumnBuilder
  readonly children: readonly ColumnBuilder[]

  constructor(element: ColumnBuilder) {
    super()
    this.element = element
    this.children = [element]
  }
}

export class MapColumn extends RepeatedColumn {
  readonly key: ColumnBuilder
  readonly value: ColumnBuilder
  readonly children: readonly ColumnBuilder[]

  constructor(key: ColumnBuilder, value: ColumnBuilder) {
    super()
    this.key = key
    this.value = value
    this.children = [key, value]
  }
}

/** The builder of a whole row: the table's top-level columns. */
export function rowBuilder(type: StructType): StructColumn {
  return new StructColumn(type.fields.map(fieldBuilder))
}

function fieldBuilder({ type }: RowField): ColumnBuilder {
  return columnBuilder(type)
}

export function columnBuilder(type: RowType): ColumnBuilder {
  switch (type.kind) {
    case 'boolean':
      return new BooleanColumn()
    case 'int':
    case 'date':
      return new Int32Column()
    case 'long':
    case 'timestamp':
      return new Int64Column()
    case 'float':
      return new FloatColumn(4)
    case 'double':
      return new FloatColumn(8)
    case 'decimal':
      return new DecimalColumn()
    case 'string':
    case 'json':
    case 'binary':
      return new BytesColumn()
    case 'struct':
      return rowBuilder(type)
    case 'list':
      return new ListColumn(fieldBuilder(type.element))
    case 'map':
      return new MapColumn(fieldBuilder(type.key), fieldBuilder(type.value))
    default:
      return assertNever(type)
  }
}

const INITIAL_ROWS = 64
const textEncoder = new TextEncoder()

function grownLength(current: number, needed: number): number {
  return Math.max(needed, current + (current >> 1) + INITIAL_ROWS)
}

function grownBytes(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  const grown = new Uint8Array(grownLength(bytes.length, needed))
  grown.set(bytes)
  return grown
}

function grownOffsets(offsets: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(grownLength(offsets.length, needed))
  grown.set(offsets)
  return grown
}

/** Appends the ends of rows `[start, end)` behind row `length`, moved to where their items now are. */
function appendShifted(
  target: Int32Array<ArrayBuffer>,
  length: number,
  source: Int32Array<ArrayBuffer>,
  start: number,
  end: number,
): Int32Array<ArrayBuffer> {
  const needed = length + end - start + 1
  const offsets = needed > target.length ? grownOffsets(target, needed) : target
  const shift = (offsets[length] as number) - (source[start] as number)
  for (let row = start; row < end; row++) offsets[length + row - start + 1] = (source[row + 1] as number) + shift
  return offsets
}

type FixedWidth =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>

/** The first `count` values as bytes that own their memory. */
function takeBytes(values: FixedWidth, count: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer.slice(0, count * values.BYTES_PER_ELEMENT))
}

function packBits(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(Math.ceil(length / 8))
  for (let row = 0; row < length; row++) if (bytes[row] !== 0) bits[row >> 3] = (bits[row >> 3] as number) | (1 << (row & 7))
  return bits
}
