import { limits } from '../../../shared/limits.ts'
import { WireType } from '../link/types.ts'

/**
 * Reading the wire format, as functions that allocate nothing: each takes a position and returns the next one, and
 * leaves what it read in `scratch`. Every read is bounded by `end`. Malformed bytes throw one of the WireErrors below.
 */

/** What the last read gave: the low and high half of a varint, or the first and last position of a span. */
export const scratch = new Int32Array(2)

/** Bytes that are not Protobuf. The instances are made once: whoever knows the path turns them into a RecordError. */
export class WireError extends Error {
  override name = 'WireError'
}

export const wireErrors = {
  truncated: new WireError('the message ends in the middle of a value'),
  length: new WireError('a length reaches beyond the end of the message'),
  varint: new WireError('a varint is longer than 10 bytes'),
  tag: new WireError('not a field tag'),
  wireType: new WireError('a field tag has a wire type that does not exist'),
  group: new WireError('a group does not end where it should'),
  depth: new WireError(`nested deeper than ${limits.nestingMax}`),
  utf8: new WireError('a string is not valid UTF-8'),
  mismatch: new WireError('the wire type is not the one of the field'),
}

/** A varint of up to 10 bytes; bits beyond the 64th are dropped, as every implementation does. */
export function readVarint(bytes: Uint8Array, position: number, end: number): number {
  if (position < end) {
    const first = bytes[position] as number
    if (first < 0x80) {
      scratch[0] = first
      scratch[1] = 0
      return position + 1
    }
  }
  return readLongVarint(bytes, position, end)
}

function readLongVarint(bytes: Uint8Array, start: number, end: number): number {
  let low = 0
  let high = 0
  let position = start
  for (let shift = 0; shift < 28; shift += 7) {
    if (position >= end) throw wireErrors.truncated
    const byte = bytes[position++] as number
    low |= (byte & 0x7f) << shift
    if (byte < 0x80) return leave(low, 0, position)
  }
  if (position >= end) throw wireErrors.truncated
  const middle = bytes[position++] as number
  low |= (middle & 0x0f) << 28
  high = (middle & 0x7f) >> 4
  if (middle < 0x80) return leave(low, high, position)
  for (let shift = 3; shift < 38; shift += 7) {
    if (position >= end) throw wireErrors.truncated
    const byte = bytes[position++] as number
    if (shift < 32) high |= (byte & 0x7f) << shift
    if (byte < 0x80) return leave(low, high, position)
  }
  throw wireErrors.varint
}

function leave(low: number, high: number, position: number): number {
  scratch[0] = low
  scratch[1] = high
  return position
}

/** A field tag: the number and the wire type together, left in `scratch[0]` as an unsigned number (see `tagOf`). */
export function readTag(bytes: Uint8Array, position: number, end: number): number {
  const next = readVarint(bytes, position, end)
  // Field numbers have 29 bits, and none is 0.
  if (scratch[1] !== 0 || (scratch[0] as number) >>> 3 === 0) throw wireErrors.tag
  return next
}

export function tagOf(): number {
  return (scratch[0] as number) >>> 0
}

/** What stands behind a length: returns where it ends, which is where to read on; `scratch[0]` is where it starts. */
export function readSpan(bytes: Uint8Array, position: number, end: number): number {
  const start = readVarint(bytes, position, end)
  const length = scratch[0] as number
  if (scratch[1] !== 0 || length < 0 || length > end - start) throw wireErrors.length
  scratch[0] = start
  return start + length
}

export function skipFixed(position: number, width: 4 | 8, end: number): number {
  if (width > end - position) throw wireErrors.truncated
  return position + width
}

/** Skips the value of a field that nobody asked for, groups included. */
export function skipValue(bytes: Uint8Array, position: number, end: number, tag: number, depth = 0): number {
  switch (tag & 7) {
    case WireType.varint:
      return readVarint(bytes, position, end)
    case WireType.fixed64:
      return skipFixed(position, 8, end)
    case WireType.delimited:
      return readSpan(bytes, position, end)
    case WireType.groupStart:
      return readGroup(bytes, position, end, tag, depth)
    case WireType.groupEnd:
      throw wireErrors.group
    case WireType.fixed32:
      return skipFixed(position, 4, end)
    default:
      throw wireErrors.wireType
  }
}

/** Walks over fields that nobody asked for. */
export function skipMessage(bytes: Uint8Array, start: number, end: number): void {
  for (let position = start; position < end;) {
    position = readTag(bytes, position, end)
    position = skipValue(bytes, position, end, tagOf())
  }
}

/** The content of a group whose start tag was read: `scratch` holds where it starts and ends; returns the position behind it. */
export function readGroup(bytes: Uint8Array, start: number, end: number, startTag: number, depth = 0): number {
  if (depth >= limits.nestingMax) throw wireErrors.depth
  let position = start
  for (;;) {
    const contentEnd = position
    position = readTag(bytes, position, end)
    const tag = tagOf()
    if ((tag & 7) !== WireType.groupEnd) {
      position = skipValue(bytes, position, end, tag, depth + 1)
      continue
    }
    if (tag >>> 3 !== startTag >>> 3) throw wireErrors.group
    return leave(start, contentEnd, position)
  }
}

const float32 = new Float32Array(1)
const float64 = new Float64Array(1)
const float32Bytes = new Uint8Array(float32.buffer)
const float64Bytes = new Uint8Array(float64.buffer)

/** 32 bits, little endian; the caller has checked that they are there. */
export function int32At(bytes: Uint8Array, position: number): number {
  return (
    (bytes[position] as number) |
    ((bytes[position + 1] as number) << 8) |
    ((bytes[position + 2] as number) << 16) |
    ((bytes[position + 3] as number) << 24)
  )
}

export function floatAt(bytes: Uint8Array, position: number): number {
  for (let index = 0; index < 4; index++) float32Bytes[index] = bytes[position + index] as number
  return float32[0] as number
}

export function doubleAt(bytes: Uint8Array, position: number): number {
  for (let index = 0; index < 8; index++) float64Bytes[index] = bytes[position + index] as number
  return float64[0] as number
}
