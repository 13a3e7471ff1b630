import type { BytesColumn } from '../../columns/bytes-column.ts'
import type { BooleanColumn, FloatColumn, Int64Column } from '../../columns/fixed-width-columns.ts'
import { limits } from '../../shared/limits.ts'
import { byteCount, longText, quotedText, type ValueCursor } from './value-cursor.ts'

/**
 * One function per Avro type (1.12, "Binary Encoding"): reads a value at the cursor and appends it to a column.
 * Generated decoders are sequences of calls to these. Every read is bounded by the cursor's end, nothing allocates
 * unless it fails, and failing throws RecordError. 64-bit numbers travel as 32-bit halves.
 */

/** Reads a zigzag varint of at most ten bytes into `cursor.low` and `cursor.high`. */
export function readLongParts(cursor: ValueCursor): void {
  const { bytes, end } = cursor
  let position = cursor.position
  let bits = 0
  for (let shift = 0; shift < 28; shift += 7) {
    if (position >= end) failAtEnd(cursor, 'a number')
    const byte = bytes[position++] as number
    bits |= (byte & 0x7f) << shift
    if (byte < 0x80) {
      cursor.position = position
      cursor.low = (bits >>> 1) ^ -(bits & 1)
      cursor.high = -(bits & 1)
      return
    }
  }
  readLongTail(cursor, position, bits)
}

/** From the fifth byte on: `low28` holds what the first four gave. */
function readLongTail(cursor: ValueCursor, start: number, low28: number): void {
  const { bytes, end } = cursor
  let position = start
  let middle28 = 0
  let top8 = 0
  for (let shift = 0; ; shift += 7) {
    if (position >= end) failAtEnd(cursor, 'a number')
    const byte = bytes[position++] as number
    if (shift < 28) middle28 |= (byte & 0x7f) << shift
    else top8 |= (byte & 0x7f) << (shift - 28)
    // The tenth byte has room for the last of 64 bits.
    if (shift === 35 && byte > 1) cursor.fail('expected a number, got one of more than 64 bits')
    if (byte < 0x80) break
  }
  const low = low28 | (middle28 << 28)
  const high = (middle28 >>> 4) | (top8 << 24)
  const sign = -(low & 1)
  cursor.position = position
  cursor.low = ((low >>> 1) | (high << 31)) ^ sign
  cursor.high = (high >>> 1) ^ sign
}

/** Answers the value; it is in `cursor.low` and `cursor.high` too. */
export function readIntValue(cursor: ValueCursor): number {
  const start = cursor.position
  readLongParts(cursor)
  if (cursor.high !== cursor.low >> 31 || cursor.position - start > 5)
    cursor.fail(`expected int, got ${longText(cursor)}, which needs more than 32 bits`)
  return cursor.low
}

export function readInt(cursor: ValueCursor, column: Int64Column): void {
  readIntValue(cursor)
  column.appendParts(cursor.low, cursor.high)
}

export function readLong(cursor: ValueCursor, column: Int64Column): void {
  readLongParts(cursor)
  column.appendParts(cursor.low, cursor.high)
}

export function readBoolean(cursor: ValueCursor, column: BooleanColumn): void {
  if (cursor.position >= cursor.end) failAtEnd(cursor, 'boolean')
  const byte = cursor.bytes[cursor.position++] as number
  if (byte > 1) cursor.fail(`expected boolean (0 or 1), got byte ${byte}`)
  column.append(byte === 1)
}

const floatWords = new Int32Array(2)
const asFloat = new Float32Array(floatWords.buffer)
const asDouble = new Float64Array(floatWords.buffer)

export function readFloat(cursor: ValueCursor, column: FloatColumn): void {
  const position = take(cursor, 4, 'float')
  floatWords[0] = wordAt(cursor.bytes, position)
  column.append(asFloat[0] as number)
}

export function readDouble(cursor: ValueCursor, column: FloatColumn): void {
  const position = take(cursor, 8, 'double')
  floatWords[0] = wordAt(cursor.bytes, position)
  floatWords[1] = wordAt(cursor.bytes, position + 4)
  column.append(asDouble[0] as number)
}

/** 32 bits, little endian. */
export function wordAt(bytes: Uint8Array, position: number): number {
  return (
    (bytes[position] as number) |
    ((bytes[position + 1] as number) << 8) |
    ((bytes[position + 2] as number) << 16) |
    ((bytes[position + 3] as number) << 24)
  )
}

export function readString(cursor: ValueCursor, column: BytesColumn): void {
  const size = readSize(cursor)
  const start = cursor.position
  if (!column.appendUtf8(cursor.bytes, start, start + size))
    cursor.fail(`expected UTF-8 text, got other bytes: ${quotedText(cursor.bytes, start, start + size)}`)
  cursor.position = start + size
}

export function readBytes(cursor: ValueCursor, column: BytesColumn): void {
  const size = readSize(cursor)
  column.append(cursor.bytes, cursor.position, cursor.position + size)
  cursor.position += size
}

export function readFixed(cursor: ValueCursor, column: BytesColumn, size: number): void {
  const position = take(cursor, size, 'fixed')
  column.append(cursor.bytes, position, position + size)
}

/** The symbols of an enum, one behind the other. */
export interface SymbolTable {
  readonly count: number
  readonly bytes: Uint8Array
  readonly offsets: Int32Array
}

export function readEnum(cursor: ValueCursor, column: BytesColumn, symbols: SymbolTable): void {
  const index = readIndex(cursor, symbols.count, 'enum symbol')
  column.append(symbols.bytes, symbols.offsets[index] as number, symbols.offsets[index + 1] as number)
}

export function readBranch(cursor: ValueCursor, branchCount: number): number {
  return readIndex(cursor, branchCount, 'union branch')
}

function readIndex(cursor: ValueCursor, count: number, what: string): number {
  const index = readIntValue(cursor)
  if (index < 0 || index >= count) cursor.fail(`expected ${what} 0 to ${count - 1}, got ${index}`)
  return index
}

/** A map's key; where it is stays known for the path of what follows. */
export function readKey(cursor: ValueCursor, column: BytesColumn, level: number): void {
  readString(cursor, column)
  cursor.keyEnds[level] = cursor.position
  // The last long read is the key's size.
  cursor.keyStarts[level] = cursor.position - cursor.low
}

/** A length of bytes that are there. */
export function readSize(cursor: ValueCursor): number {
  readLongParts(cursor)
  const left = cursor.end - cursor.position
  if (cursor.high !== 0 || cursor.low < 0 || cursor.low > left)
    cursor.fail(cursor.high < 0 ? `expected a length, got ${longText(cursor)}` : `expected ${byteCount(longText(cursor))}, got ${left}`)
  return cursor.low
}

/** Moves over `size` bytes and answers where they start. */
export function take(cursor: ValueCursor, size: number, what: string): number {
  const { position } = cursor
  if (size > cursor.end - position) cursor.fail(`expected ${what} of ${size} bytes, got ${cursor.end - position}`)
  cursor.position = position + size
  return position
}

/**
 * The number of items of the next block, 0 at the end. What the items must take at least is compared with the bytes that
 * are left before anything is appended; items of no bytes are counted instead. `cellsPerItem` is the number of columns below.
 */
export function readBlockCount(cursor: ValueCursor, itemBytesMin: number, cellsPerItem: number): number {
  readLongParts(cursor)
  const signed = cursor.high * 4_294_967_296 + (cursor.low >>> 0)
  const count = Math.abs(signed)
  cursor.blockEnd = signed < 0 ? readBlockEnd(cursor) : -1
  const left = cursor.end - cursor.position
  if (count * itemBytesMin > left)
    cursor.fail(`expected ${count} items of at least ${byteCount(itemBytesMin)} each, got ${byteCount(left)}`)
  if (itemBytesMin === 0) takeZeroByteItems(cursor, count)
  const cells = count * cellsPerItem
  if (cells > cursor.cellsLeft) cursor.fail(`expected a value that stays small in columns, got ${count} items of ${cellsPerItem} columns`)
  cursor.cellsLeft -= cells
  return count
}

function takeZeroByteItems(cursor: ValueCursor, count: number): void {
  if (count > cursor.zeroByteItemsLeft)
    cursor.fail(`expected at most ${limits.zeroByteItemsMax} items that take no bytes, got a block of ${count}`)
  cursor.zeroByteItemsLeft -= count
}

/** A negative count is followed by the size of the block in bytes. */
function readBlockEnd(cursor: ValueCursor): number {
  const size = readSize(cursor)
  return cursor.position + size
}

export function endBlock(cursor: ValueCursor, blockEnd: number): void {
  if (blockEnd < 0 || blockEnd === cursor.position) return
  const excess = cursor.position - blockEnd
  cursor.fail(
    `expected items that fill the stated size of their block, got ${excess < 0 ? `${byteCount(-excess)} too few` : `${byteCount(excess)} too many`}`,
  )
}

export function endValue(cursor: ValueCursor): void {
  if (cursor.position !== cursor.end) cursor.fail(`expected the end of the value, got ${byteCount(cursor.end - cursor.position)} more`)
  cursor.release()
}

export function failAtEnd(cursor: ValueCursor, what: string): never {
  return cursor.fail(`expected ${what}, got the end of the value`)
}
