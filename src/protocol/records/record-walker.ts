/**
 * Walks the records of a batch (decompressed) where they lie: a cursor whose fields are positions into `bytes`, set
 * anew by each `next()`, and no object per record. Everything is checked on the way: varints, lengths against the end
 * of the record and of the batch, offset deltas counting from 0, header keys, and that the walk ends exactly at the
 * end with as many records as the header says. What does not hold is a HeadgateError `malformed` that names the record.
 *
 * ```ts
 * const walker = new RecordWalker(decompress(type, storedRecords(batch)), header.recordsCount)
 * while (walker.next()) judge(walker.bytes, walker.valueStart, walker.valueEnd)
 * ```
 */
import { isUtf8 } from 'node:buffer'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

export class RecordWalker {
  readonly bytes: Uint8Array
  readonly recordsCount: number

  /** Index of the record in its batch, and its offset delta: they are the same. */
  offsetDelta = -1
  /** Milliseconds from the batch's base timestamp; plus or minus Infinity when a double cannot hold it, see `timestampDeltaExact`. */
  timestampDelta = 0
  /** Start and end are -1 when the key is null. */
  keyStart = -1
  keyEnd = -1
  /** Start and end are -1 when the value is null. */
  valueStart = -1
  valueEnd = -1
  headerCount = 0
  /** Where the first header starts. */
  headersStart = 0

  /** Set by `nextHeader()`. */
  headerKeyStart = 0
  headerKeyEnd = 0
  /** Start and end are -1 when the value is null. */
  headerValueStart = -1
  headerValueEnd = -1

  #position = 0
  #timestampAt = 0
  #headerIndex = 0
  #headerPosition = 0
  /** Set by `#readBytes`. */
  #start = -1
  #end = -1

  constructor(bytes: Uint8Array, recordsCount: number) {
    this.bytes = bytes
    this.recordsCount = recordsCount
  }

  /** Moves to the next record; false when there is none and the bytes are used up. */
  next(): boolean {
    this.offsetDelta++
    if (this.offsetDelta >= this.recordsCount) return this.#finish()
    const length = this.#readVarint(this.bytes.length)
    const end = this.#position + length
    if (length < 0 || end > this.bytes.length) throw this.#malformed(`the length ${length} runs past the end of the batch`)
    // Attributes of a record: one byte, no bit defined.
    this.#position++
    this.#timestampAt = this.#position
    this.timestampDelta = this.#readVarlong(end)
    this.#checkOffsetDelta(this.#readVarint(end))
    this.#readBytes(end, 'key')
    this.keyStart = this.#start
    this.keyEnd = this.#end
    this.#readBytes(end, 'value')
    this.valueStart = this.#start
    this.valueEnd = this.#end
    this.#walkHeaders(end)
    if (this.#position !== end) throw this.#malformed(`${end - this.#position} bytes after its last header`)
    return true
  }

  /** Moves to the current record's next header; starts over after it answered false. */
  nextHeader(): boolean {
    if (this.#headerIndex >= this.headerCount) {
      this.rewindHeaders()
      return false
    }
    const recordPosition = this.#position
    this.#position = this.#headerPosition
    this.#readHeader(recordPosition)
    this.#headerPosition = this.#position
    this.#headerIndex++
    this.#position = recordPosition
    return true
  }

  rewindHeaders(): void {
    this.#headerIndex = 0
    this.#headerPosition = this.headersStart
  }

  /** The current record's delta whatever its size. */
  timestampDeltaExact(): bigint {
    let encoded = 0n
    let position = this.#timestampAt
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.bytes[position++] ?? 0
      encoded |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return (encoded >> 1n) ^ -(encoded & 1n)
    }
  }

  #finish(): false {
    this.offsetDelta = this.recordsCount
    if (this.#position !== this.bytes.length)
      throw new HeadgateError(
        'malformed',
        `${this.bytes.length - this.#position} bytes after record ${this.recordsCount - 1}, the last that the batch declares`,
        {
          facts: { records: this.recordsCount, position: this.#position },
        },
      )
    return false
  }

  #checkOffsetDelta(offsetDelta: number): void {
    if (offsetDelta !== this.offsetDelta) throw this.#malformed(`its offset delta is ${offsetDelta}`)
  }

  #walkHeaders(end: number): void {
    const headerCount = this.#readVarint(end)
    if (headerCount < 0) throw this.#malformed(`it has ${headerCount} headers`)
    if (headerCount > limits.recordHeadersMax) throw this.#tooManyHeaders(headerCount)
    this.headerCount = headerCount
    this.headersStart = this.#position
    for (let index = 0; index < headerCount; index++) {
      this.#readHeader(end)
      this.#checkHeaderKey(index)
    }
    this.rewindHeaders()
  }

  #readHeader(end: number): void {
    this.#readBytes(end, 'header key')
    this.headerKeyStart = this.#start
    this.headerKeyEnd = this.#end
    this.#readBytes(end, 'header value')
    this.headerValueStart = this.#start
    this.headerValueEnd = this.#end
  }

  #checkHeaderKey(index: number): void {
    const { bytes, headerKeyStart, headerKeyEnd } = this
    if (headerKeyStart < 0) throw this.#malformed(`header ${index} has no key`)
    let position = headerKeyStart
    while (position < headerKeyEnd && (bytes[position] as number) < 0x80) position++
    if (position < headerKeyEnd && !isUtf8(bytes.subarray(headerKeyStart, headerKeyEnd)))
      throw this.#malformed(`the key of header ${index} is not UTF-8`)
  }

  /** A length, then as many bytes; -1 is null. Answers in `#start` and `#end`. */
  #readBytes(end: number, what: string): void {
    const length = this.#readVarint(end)
    if (length < 0) {
      if (length !== -1) throw this.#malformed(`its ${what} has the length ${length}`)
      this.#start = -1
      this.#end = -1
      return
    }
    this.#start = this.#position
    this.#end = this.#position + length
    if (this.#end > end) throw this.#malformed(`its ${what} runs past its end`)
    this.#position = this.#end
  }

  /** A zigzag varint of 32 bits. */
  #readVarint(end: number): number {
    const position = this.#position
    if (position >= end) throw this.#cutOff()
    const byte = this.bytes[position] as number
    if (byte >= 0x80) return this.#readLongVarint(end)
    this.#position = position + 1
    return (byte >>> 1) ^ -(byte & 1)
  }

  #readLongVarint(end: number): number {
    let encoded = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#position >= end) throw this.#cutOff()
      const byte = this.bytes[this.#position++] as number
      encoded |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (shift === 28 && byte > 0x0f) break
      return (encoded >>> 1) ^ -(encoded & 1)
    }
    throw this.#malformed('a varint exceeds 32 bits')
  }

  /** A zigzag varint of 64 bits. */
  #readVarlong(end: number): number {
    const position = this.#position
    if (position >= end) throw this.#cutOff()
    const byte = this.bytes[position] as number
    if (byte >= 0x80) return this.#readLongVarlong(end)
    this.#position = position + 1
    return (byte >>> 1) ^ -(byte & 1)
  }

  #readLongVarlong(end: number): number {
    let encoded = 0
    for (let index = 0, scale = 1; index < 10; index++, scale *= 128) {
      if (this.#position >= end) throw this.#cutOff()
      const byte = this.bytes[this.#position++] as number
      encoded += (byte & 0x7f) * scale
      if (byte >= 0x80) continue
      if (index === 9 && byte > 1) break
      return unzigzag(encoded, this.bytes[this.#position - index - 1] as number)
    }
    throw this.#malformed('a varlong exceeds 64 bits')
  }

  #cutOff(): HeadgateError {
    return this.#malformed('it is cut off')
  }

  #tooManyHeaders(headerCount: number): HeadgateError {
    const { recordHeadersMax } = limits
    return new HeadgateError('too-large', `record ${this.offsetDelta}: ${headerCount} headers; at most ${recordHeadersMax} are allowed`, {
      facts: { record: this.offsetDelta, headerCount, recordHeadersMax },
    })
  }

  #malformed(reason: string): HeadgateError {
    return new HeadgateError('malformed', `record ${this.offsetDelta}: ${reason}`, {
      facts: { record: this.offsetDelta, position: this.#position },
    })
  }
}

/** Exact up to 2^53 encoded; beyond that the parity, which is the sign, is in the first byte still. */
function unzigzag(encoded: number, firstByte: number): number {
  const isNegative = (firstByte & 1) === 1
  if (encoded > Number.MAX_SAFE_INTEGER) return isNegative ? -Infinity : Infinity
  return isNegative ? -(encoded + 1) / 2 : encoded / 2
}
