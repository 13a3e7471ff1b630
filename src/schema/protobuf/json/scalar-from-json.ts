import type { JsonValue } from '../../../shared/json.ts'
import type { ScalarType } from '../link/types.ts'
import type { DynamicScalar } from '../wire/dynamic-message.ts'

/** A scalar in proto3 JSON: numbers may stand in quotes, bytes are base64 or base64url. Null when it does not fit. */
export function scalarFromJson(scalar: ScalarType, value: JsonValue): DynamicScalar | null {
  switch (scalar) {
    case 'bool':
      return typeof value === 'boolean' ? value : null
    case 'string':
      return typeof value === 'string' && value.isWellFormed() ? value : null
    case 'bytes':
      return typeof value === 'string' ? bytesFromBase64(value) : null
    case 'double':
      return floatingPoint(value)
    case 'float':
      return singlePrecision(value)
    case 'int32':
    case 'sint32':
    case 'sfixed32':
      return integer32(value, -0x8000_0000, 0x7fff_ffff)
    case 'uint32':
    case 'fixed32':
      return integer32(value, 0, 0xffff_ffff)
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return integer64(value, -(2n ** 63n), 2n ** 63n - 1n)
    case 'uint64':
    case 'fixed64':
      return integer64(value, 0n, 2n ** 64n - 1n)
  }
}

function integer32(value: JsonValue, min: number, max: number): number | null {
  const whole = integer64(value, BigInt(min), BigInt(max))
  return whole === null ? null : Number(whole)
}

/** Accepts `1`, `"1"`, `1.0` and `1e3`. */
function integer64(value: JsonValue, min: bigint, max: bigint): bigint | null {
  const whole = wholeNumber(value)
  return whole === null || whole < min || whole > max ? null : whole
}

function wholeNumber(value: JsonValue): bigint | null {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : null
  if (typeof value !== 'string' || value.length > 30) return null
  if (/^-?\d+$/.test(value)) return BigInt(value)
  const number = JSON_NUMBER.test(value) ? Number(value) : Number.NaN
  return Number.isSafeInteger(number) ? BigInt(number) : null
}

function floatingPoint(value: JsonValue): number | null {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  if (typeof value !== 'string' || !JSON_NUMBER.test(value)) return null
  const number = Number(value)
  return Number.isFinite(number) ? number : null
}

function singlePrecision(value: JsonValue): number | null {
  const number = floatingPoint(value)
  if (number === null) return null
  const single = Math.fround(number)
  return Number.isFinite(number) && !Number.isFinite(single) ? null : single
}

function bytesFromBase64(text: string): Uint8Array | null {
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : null
}

const JSON_NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
