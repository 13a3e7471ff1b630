import { assert } from '../shared/assert.ts'
import { asBuffer, utf8Text, viewOf } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { uuidText } from '../shared/uuid.ts'

/**
 * Reads Kafka's primitive types from one frame, front to back. What flows in are bytes nobody has checked; every
 * length is compared with the bytes that are left before anything is allocated for it, and all arrays of one reader
 * share one budget of elements, so that a frame cannot be turned into a heap many times its size. Whatever does not
 * fit throws HeadgateError 'malformed'.
 *
 * Byte fields come out as views of the frame: copy them to keep them longer than the frame.
 */
export class Reader {
  readonly #bytes: Buffer
  readonly #view: DataView
  #position = 0
  #end: number
  #elementsLeft: number = limits.messageArrayMax

  constructor(bytes: Uint8Array) {
    this.#bytes = asBuffer(bytes)
    this.#view = viewOf(bytes)
    this.#end = bytes.byteLength
  }

  /** Bytes from the start of the frame. */
  get position(): number {
    return this.#position
  }

  get bytesLeft(): number {
    return this.#end - this.#position
  }

  /** Kafka takes every value but 0 for true. */
  bool(): boolean {
    return this.int8() !== 0
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1))
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2))
  }

  /** Looks ahead, within the bytes that are left. */
  peekInt16(offset: number): number {
    assert(offset + 2 <= this.bytesLeft, 'a look beyond the end')
    return this.#view.getInt16(this.#position + offset)
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4))
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  /** Seven bits a byte, lowest first (KIP-482); at most 32 bits. */
  unsignedVarint(): number {
    const first = this.#view.getUint8(this.#take(1))
    if (first < 0x80) return first
    let value = first & 0x7f
    for (let shift = 7; shift <= 28; shift += 7) {
      const byte = this.#view.getUint8(this.#take(1))
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80 && value <= 0xffff_ffff) return value
    }
    throw malformed('a varint of more than 32 bits')
  }

  /** The canonical text form: 8-4-4-4-12 lower-case hexadecimal digits. */
  uuid(): string {
    const start = this.#take(16)
    return uuidText(this.#bytes.toString('hex', start, start + 16))
  }

  /** The length before a classic string; -1 stands for null. */
  stringLength(): number {
    return this.#checkedLength(this.int16())
  }

  /** The length before classic bytes and records; -1 stands for null. */
  bytesLength(): number {
    return this.#checkedLength(this.int32())
  }

  /** The length plus one, before any compact string, bytes or records; 0 stands for null, given back as -1. */
  compactLength(): number {
    return this.#checkedLength(this.unsignedVarint() - 1)
  }

  /** How many elements follow a classic array's count, or -1 for null; each takes at least `elementBytesMin` bytes. */
  arrayLength(elementBytesMin: number): number {
    return this.#checkedCount(this.int32(), elementBytesMin)
  }

  compactArrayLength(elementBytesMin: number): number {
    return this.#checkedCount(this.unsignedVarint() - 1, elementBytesMin)
  }

  /** Text that must be valid UTF-8: two names must never decode to the same string. */
  string(byteLength: number): string {
    const start = this.#take(byteLength)
    const text = this.#bytes.toString('utf8', start, this.#position)
    // The fast decoder replaces what it cannot read; only then the strict one decides whether that was in the input.
    return text.includes('\ufffd') ? strictText(this.#bytes.subarray(start, this.#position)) : text
  }

  /** Text for people only; what is not UTF-8 is replaced. */
  lenientString(byteLength: number): string {
    const start = this.#take(byteLength)
    return this.#bytes.toString('utf8', start, this.#position)
  }

  /** A view, not a copy. */
  bytes(byteLength: number): Uint8Array {
    const start = this.#take(byteLength)
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, byteLength)
  }

  skip(byteLength: number): void {
    this.#take(byteLength)
  }

  /** Runs `read` over exactly the next `byteLength` bytes: it can see no further and must use them all. */
  exactly<T>(byteLength: number, read: () => T): T {
    this.#need(byteLength)
    const endOuter = this.#end
    this.#end = this.#position + byteLength
    const value = read()
    this.expectEnd()
    this.#end = endOuter
    return value
  }

  /** Bytes after the end of a message mean that it was not the message it claimed to be. */
  expectEnd(): void {
    if (this.bytesLeft !== 0) throw malformed(`${this.bytesLeft} bytes too many from byte ${this.#position}`)
  }

  #take(byteLength: number): number {
    this.#need(byteLength)
    const start = this.#position
    this.#position += byteLength
    return start
  }

  #need(byteLength: number): void {
    if (byteLength > this.#end - this.#position)
      throw malformed(`needs ${byteLength} bytes at byte ${this.#position}, ${this.bytesLeft} are left`)
  }

  #checkedLength(length: number): number {
    if (length < -1) throw malformed(`negative length ${length}`)
    this.#need(length)
    return length
  }

  #checkedCount(count: number, elementBytesMin: number): number {
    if (count < -1) throw malformed(`negative array length ${count}`)
    this.#need(count * elementBytesMin)
    if (count > this.#elementsLeft)
      throw malformed(`${count} more array elements, above the ${limits.messageArrayMax} that one message may hold`)
    if (count > 0) this.#elementsLeft -= count
    return count
  }
}

function strictText(bytes: Uint8Array): string {
  try {
    return utf8Text(bytes)
  } catch (cause) {
    throw new HeadgateError('malformed', 'text that is not UTF-8', { cause })
  }
}

function malformed(message: string): HeadgateError {
  return new HeadgateError('malformed', message)
}
