import { isFloating, type RowType } from '../../columns/row-type.ts'
import type { BoundValue } from '../../parquet/file-metrics.ts'
import { assert } from '../../shared/assert.ts'
import { copyOf, viewOf } from '../../shared/bytes.ts'

/**
 * Column bounds as manifests hold them (spec, Appendix D, single-value serialisation; metrics mode `truncate(16)`).
 * A lower bound is at or below every value, an upper bound at or above; where no such bound can be written the answer
 * is undefined, and readers then look into the file.
 */
export function lowerBound(type: RowType, value: BoundValue): Uint8Array | undefined {
  // Parquet writers may report either zero as the least one; -0.0 sorts first.
  if (isFloating(type) && value === 0) return serializeBound(type, -0)
  if (value instanceof Uint8Array) return isText(type) ? truncatedTextLower(value) : copyOf(value.subarray(0, TRUNCATE_LENGTH))
  return serializeBound(type, value)
}

export function upperBound(type: RowType, value: BoundValue): Uint8Array | undefined {
  if (isFloating(type) && value === 0) return serializeBound(type, 0)
  if (value instanceof Uint8Array) return isText(type) ? truncatedTextUpper(value) : truncatedBinaryUpper(value)
  return serializeBound(type, value)
}

/** One value in Iceberg's binary form. */
export function serializeBound(type: RowType, value: BoundValue): Uint8Array {
  switch (type.kind) {
    case 'boolean':
      return Uint8Array.of(value === true ? 1 : 0)
    case 'int':
    case 'date':
      return fixedWidth(4, (view) => view.setInt32(0, numberOf(value), true))
    case 'float':
      return fixedWidth(4, (view) => view.setFloat32(0, numberOf(value), true))
    case 'double':
      return fixedWidth(8, (view) => view.setFloat64(0, numberOf(value), true))
    case 'long':
    case 'timestamp':
      return fixedWidth(8, (view) => view.setBigInt64(0, bigintOf(value), true))
    case 'decimal':
      return minimalBigEndian(bigintOf(value))
    case 'string':
    case 'json':
    case 'binary':
      assert(value instanceof Uint8Array, 'a bound of text or binary is bytes')
      return copyOf(value)
    case 'struct':
    case 'list':
    case 'map':
      assert(false, 'only leaf columns have bounds')
  }
}

/** The inverse. Bounds written before a column was widened keep their old width (spec, Schema Evolution). */
export function parseBound(type: RowType, bytes: Uint8Array): BoundValue | undefined {
  const view = viewOf(bytes)
  switch (type.kind) {
    case 'boolean':
      return bytes[0] === 1
    case 'int':
    case 'date':
      return bytes.byteLength === 4 ? view.getInt32(0, true) : undefined
    case 'float':
      return bytes.byteLength === 4 ? view.getFloat32(0, true) : undefined
    case 'double':
      return bytes.byteLength === 8 ? view.getFloat64(0, true) : bytes.byteLength === 4 ? view.getFloat32(0, true) : undefined
    case 'long':
    case 'timestamp':
      return bytes.byteLength === 8 ? view.getBigInt64(0, true) : bytes.byteLength === 4 ? BigInt(view.getInt32(0, true)) : undefined
    case 'decimal':
      return bytes.byteLength === 0 ? undefined : bigEndianInteger(bytes)
    case 'string':
    case 'json':
    case 'binary':
      return copyOf(bytes)
    case 'struct':
    case 'list':
    case 'map':
      return undefined
  }
}

const TRUNCATE_LENGTH = 16

function isText(type: RowType): boolean {
  return type.kind === 'string' || type.kind === 'json'
}

/** Whole code points only: a footer may have cut the last one in two, and what is left of it is no character. */
function truncatedTextLower(utf8: Uint8Array): Uint8Array {
  const ends = codePointEnds(utf8, TRUNCATE_LENGTH)
  return copyOf(utf8.subarray(0, ends.at(-1) ?? 0))
}

function truncatedTextUpper(utf8: Uint8Array): Uint8Array | undefined {
  const ends = codePointEnds(utf8, TRUNCATE_LENGTH)
  const end = ends.at(-1) ?? 0
  return end === utf8.byteLength ? copyOf(utf8) : incrementedText(utf8.subarray(0, end))
}

/** The least text above every text with this prefix: the last code point that can grow does, and what follows it goes. */
function incrementedText(prefix: Uint8Array): Uint8Array | undefined {
  const codePoints = Array.from(new TextDecoder().decode(prefix), (character) => character.codePointAt(0) ?? 0)
  while (codePoints.length > 0) {
    const last = codePoints.pop() ?? 0
    if (last === LAST_CODE_POINT) continue
    // Surrogates are not characters; UTF-8 has no bytes for them.
    codePoints.push(last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1)
    return new TextEncoder().encode(String.fromCodePoint(...codePoints))
  }
  return undefined
}

/** Where each of the first `count` code points ends; stops at bytes that are not UTF-8. */
function codePointEnds(utf8: Uint8Array, count: number): number[] {
  const ends: number[] = []
  let position = 0
  while (position < utf8.byteLength && ends.length < count) {
    const size = codePointSize(utf8, position)
    if (size === 0) break
    position += size
    ends.push(position)
  }
  return ends
}

/** Bytes of the code point at `position`, 0 when it is malformed or cut short. */
function codePointSize(utf8: Uint8Array, position: number): number {
  const lead = utf8[position] ?? 0
  const size = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0
  for (let index = 1; index < size; index++) if (((utf8[position + index] ?? 0) & 0xc0) !== 0x80) return 0
  return size
}

function truncatedBinaryUpper(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes.byteLength <= TRUNCATE_LENGTH) return copyOf(bytes)
  const prefix = copyOf(bytes.subarray(0, TRUNCATE_LENGTH))
  for (let index = TRUNCATE_LENGTH - 1; index >= 0; index--) {
    const byte = prefix[index] ?? 0
    if (byte === 0xff) continue
    prefix[index] = byte + 1
    return prefix.slice(0, index + 1)
  }
  return undefined
}

function fixedWidth(byteLength: number, set: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  set(new DataView(bytes.buffer))
  return bytes
}

/** Two's complement, big endian, in as few bytes as hold the sign. */
function minimalBigEndian(unscaled: bigint): Uint8Array {
  const bytes: number[] = []
  for (let rest = unscaled; ; rest >>= 8n) {
    const low = Number(rest & 0xffn)
    bytes.unshift(low)
    const isSigned = low >= 0x80
    if ((rest >> 8n === 0n && !isSigned) || (rest >> 8n === -1n && isSigned)) return Uint8Array.from(bytes)
  }
}

function bigEndianInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes) value = (value << 8n) | BigInt(byte)
  return BigInt.asIntN(bytes.byteLength * 8, value)
}

function numberOf(value: BoundValue): number {
  assert(typeof value === 'number' && !Number.isNaN(value), 'a bound of int, date, float or double is a number, never NaN')
  return value
}

function bigintOf(value: BoundValue): bigint {
  assert(typeof value === 'bigint', 'a bound of long, timestamp or decimal is a bigint')
  return value
}

const LAST_CODE_POINT = 0x10ffff
const FIRST_SURROGATE = 0xd800
const AFTER_SURROGATES = 0xe000
