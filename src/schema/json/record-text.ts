import { asBuffer } from '../../shared/bytes.ts'
import { limits } from '../../shared/limits.ts'
import { isUtf8 } from '../../columns/utf8.ts'
import { RecordError } from '../language.ts'

/**
 * The text of one value, checked for what a parser must not meet: malformed UTF-8, and nesting that would overflow its
 * stack. One pass over the bytes. Throws RecordError.
 */
export function recordText(bytes: Uint8Array, start: number, end: number): string {
  let seen = 0
  let opened = 0
  for (let position = start; position < end; position++) {
    const byte = bytes[position] as number
    seen |= byte
    // [ and { differ in one bit.
    if ((byte | 0x20) === OPENING) opened++
  }
  if (opened > limits.nestingMax) checkNesting(bytes, start, end)
  // What is ASCII is Latin-1, whose decoding copies bytes.
  if (seen < 0x80) return bufferOver(bytes).latin1Slice(start, end)
  if (!isUtf8(bytes, start, end)) throw new RecordError('$', 'not valid UTF-8')
  return bufferOver(bytes).utf8Slice(start, end)
}

/** Counts only brackets outside strings. What is not JSON at all is left to the parser to say. */
function checkNesting(bytes: Uint8Array, start: number, end: number): void {
  let nesting = 0
  for (let position = start; position < end; position++) {
    const byte = bytes[position] as number
    if (byte === QUOTE) position = stringEnd(bytes, position, end)
    else if ((byte | 0x20) === OPENING) nesting++
    else if ((byte | 0x20) === CLOSING) nesting--
    if (nesting > limits.nestingMax) throw new RecordError('$', `nested deeper than ${limits.nestingMax} levels`)
  }
}

/** Where the string that starts at a position ends: its closing quote, or the end. */
export function stringEnd(bytes: Uint8Array, position: number, end: number): number {
  for (let index = position + 1; index < end; index++) {
    const byte = bytes[index] as number
    if (byte === QUOTE) return index
    if (byte === BACKSLASH) index++
  }
  return end
}

/** The text of a part that is known to be well-formed UTF-8. */
export function textAt(bytes: Uint8Array, start: number, end: number): string {
  return bufferOver(bytes).utf8Slice(start, end)
}

/** A Buffer for its text methods. The values of a batch share one array, so the last one is kept. */
function bufferOver(bytes: Uint8Array): TextBuffer {
  if (bytes !== lastBytes) {
    lastBytes = bytes
    lastBuffer = asBuffer(bytes) as unknown as TextBuffer
  }
  return lastBuffer
}

/** Methods that every Buffer has and its type declaration leaves out; `toString` finds them by name at each call. */
interface TextBuffer {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
}

let lastBytes: Uint8Array = new Uint8Array(0)
let lastBuffer = asBuffer(lastBytes) as unknown as TextBuffer

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** `[` and `{` with the bit set in which they differ; likewise `]` and `}`. */
const OPENING = 0x7b
const CLOSING = 0x7d
