import { AssertionError } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { viewOf } from '../shared/bytes.ts'

/** Byte fields from this size on are handed through as segments of their own; below, copying is cheaper than one more write. */
const segmentBytesMin = 4096
const chunkBytesFirst = 256
const chunkBytesMax = 64 * 1024

/**
 * Writes Kafka's primitive types. What flows out is a list of segments for writev, so that record batches in a Fetch
 * response travel without a copy: their bytes must not change until the segments are written to the socket.
 * Chunks are filled, never moved, so writing is linear in the bytes written.
 */
export class Writer {
  readonly #segments: Uint8Array[] = []
  #segmentsBytes = 0
  #chunk = Buffer.allocUnsafe(chunkBytesFirst)
  #view = viewOf(this.#chunk)
  /** Where the open segment starts in the chunk. */
  #start = 0
  #position = 0

  get byteLength(): number {
    return this.#segmentsBytes + this.#position - this.#start
  }

  /** Everything written so far, in order. The writer may go on: later segments are given back by the next call. */
  segments(): readonly Uint8Array[] {
    this.#closeSegment()
    return this.#segments
  }

  bool(value: boolean): void {
    this.int8(value ? 1 : 0)
  }

  int8(value: number): void {
    requireFit(value === (value << 24) >> 24, value, 'an int8')
    const position = this.#reserve(1)
    this.#view.setInt8(position, value)
  }

  int16(value: number): void {
    requireFit(value === (value << 16) >> 16, value, 'an int16')
    const position = this.#reserve(2)
    this.#view.setInt16(position, value)
  }

  int32(value: number): void {
    requireFit(value === (value | 0), value, 'an int32')
    const position = this.#reserve(4)
    this.#view.setInt32(position, value)
  }

  int64(value: bigint): void {
    requireFit(typeof value === 'bigint' && BigInt.asIntN(64, value) === value, value, 'an int64')
    const position = this.#reserve(8)
    this.#view.setBigInt64(position, value)
  }

  unsignedVarint(value: number): void {
    requireFit(value === value >>> 0, value, 'an unsigned 32-bit integer')
    let position = this.#reserve(unsignedVarintBytes(value))
    for (let rest = value; ; rest >>>= 7) {
      this.#view.setUint8(position++, rest < 0x80 ? rest : (rest & 0x7f) | 0x80)
      if (rest < 0x80) return
    }
  }

  uuid(value: string): void {
    requireFit(uuidText.test(value), value, 'a UUID in its canonical text form')
    const position = this.#reserve(16)
    this.#chunk.write(value.replaceAll('-', ''), position, 'hex')
  }

  string(value: string): void {
    const byteLength = Buffer.byteLength(value)
    if (byteLength > 0x7fff) throw new HeadgateError('too-large', `a string of ${byteLength} bytes; this version takes 32767`)
    this.int16(byteLength)
    this.#text(value, byteLength)
  }

  compactString(value: string): void {
    const byteLength = Buffer.byteLength(value)
    this.unsignedVarint(byteLength + 1)
    this.#text(value, byteLength)
  }

  /** Bytes as they are. Large ones are not copied. */
  bytes(value: Uint8Array): void {
    if (value.byteLength >= segmentBytesMin) return this.#append(value)
    const position = this.#reserve(value.byteLength)
    this.#chunk.set(value, position)
  }

  #text(value: string, byteLength: number): void {
    const position = this.#reserve(byteLength)
    this.#chunk.write(value, position, byteLength, 'utf8')
  }

  #append(segment: Uint8Array): void {
    this.#closeSegment()
    this.#segments.push(segment)
    this.#segmentsBytes += segment.byteLength
  }

  #closeSegment(): void {
    if (this.#position === this.#start) return
    this.#segments.push(this.#chunk.subarray(this.#start, this.#position))
    this.#segmentsBytes += this.#position - this.#start
    this.#start = this.#position
  }

  /** May open another chunk: ask for the position before naming the chunk. */
  #reserve(byteLength: number): number {
    if (byteLength > this.#chunk.byteLength - this.#position) this.#openChunk(byteLength)
    const position = this.#position
    this.#position += byteLength
    return position
  }

  #openChunk(byteLengthMin: number): void {
    this.#closeSegment()
    this.#chunk = Buffer.allocUnsafe(Math.max(byteLengthMin, Math.min(this.#chunk.byteLength * 2, chunkBytesMax)))
    this.#view = viewOf(this.#chunk)
    this.#start = 0
    this.#position = 0
  }
}

/** An assertion whose message is not put together for every number written. */
function requireFit(isFit: boolean, value: unknown, type: string): void {
  if (!isFit) throw new AssertionError(`${String(value)} is not ${type}`)
}

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function unsignedVarintBytes(value: number): number {
  if (value < 0x80) return 1
  if (value < 0x4000) return 2
  if (value < 0x20_0000) return 3
  return value < 0x1000_0000 ? 4 : 5
}
