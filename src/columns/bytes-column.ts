import { isUtf8 } from 'node:buffer'
import { ColumnBuilder } from './column-builder.ts'
import type { ColumnBuffers } from './column-buffers.ts'
import { appendShifted, grownBytes, grownInts, INITIAL_ROWS, nextLength, takenBytes } from './growth.ts'
import { SHORT_BYTES_MAX } from './utf8.ts'

/** string, json and binary. What `append` takes as a string must be valid UTF-8 already; `appendUtf8` checks. */
export class BytesColumn extends ColumnBuilder {
  #offsets: Int32Array<ArrayBuffer> = new Int32Array(INITIAL_ROWS + 1)
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(INITIAL_ROWS * 16)

  /** Copies `source[start, end)`. */
  append(source: Uint8Array, start: number, end: number): void {
    const position = this.#offsets[this.length] as number
    const size = end - start
    if (position + size > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, position + size)
    const target = this.#bytes
    if (size <= SHORT_BYTES_MAX) for (let index = 0; index < size; index++) target[position + index] = source[start + index] as number
    else target.set(source.subarray(start, end), position)
    this.#pushEnd(position + size)
    this.pushValid()
  }

  /** Copies `source[start, end)` if it is well-formed UTF-8; otherwise appends nothing and answers false. */
  appendUtf8(source: Uint8Array, start: number, end: number): boolean {
    const position = this.#offsets[this.length] as number
    const size = end - start
    if (position + size > this.#bytes.length) this.#bytes = grownBytes(this.#bytes, position + size)
    if (size <= SHORT_BYTES_MAX) {
      const target = this.#bytes
      // One pass copies and finds out whether anything but ASCII is there.
      let seen = 0
      for (let index = 0; index < size; index++) {
        const byte = source[start + index] as number
        target[position + index] = byte
        seen |= byte
      }
      if (seen >= 0x80 && !isUtf8(source.subarray(start, end))) return false
    } else {
      const text = source.subarray(start, end)
      if (!isUtf8(text)) return false
      this.#bytes.set(text, position)
    }
    this.#pushEnd(position + size)
    this.pushValid()
    return true
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
    this.#offsets = appendShifted(this.#offsets, this.length, source.#offsets, { start, end })
    this.appendValidity(source, start, end)
  }

  finish(): ColumnBuffers {
    const { length } = this
    const byteCount = this.#offsets[length] as number
    const values = takenBytes(this.#bytes, byteCount)
    const offsets = this.#offsets.subarray(0, length + 1)
    this.#offsets = new Int32Array(nextLength(length + 1))
    this.#bytes = new Uint8Array(nextLength(byteCount))
    return { ...this.takeValidity(), offsets, values, children: [] }
  }

  get byteLength(): number {
    return this.length * 4 + (this.#offsets[this.length] as number)
  }

  #pushEnd(end: number): void {
    if (this.length + 1 === this.#offsets.length) this.#offsets = grownInts(this.#offsets, this.length + 2)
    this.#offsets[this.length + 1] = end
  }
}

const textEncoder = new TextEncoder()
