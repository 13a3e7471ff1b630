import type { FloatColumn, Int64Column } from '../../../columns/fixed-width-columns.ts'
import { textAt } from '../record-text.ts'
import { LEAVE, type ParseValue } from './bytes.ts'
import type { Bounds } from './plan.ts'

/** Whole numbers of 64 bits. `1.0` and `1e3` are whole as well, but rare: they leave. */
export function longParser(column: Int64Column, bounds: Bounds | undefined): ParseValue {
  return (bytes, position, end) => {
    const isNegative = bytes[position] === MINUS
    const first = isNegative ? position + 1 : position
    const last = digitsEnd(bytes, first, end)
    const count = last - first
    if (count === 0 || (count > 1 && bytes[first] === DIGIT_0) || continuesNumber(bytes[last])) return LEAVE
    if (count > SAFE_DIGITS) {
      // ajv compares the nearest double with the bounds.
      if (bounds !== undefined && !isWithin(Number(textAt(bytes, position, last)), bounds)) return LEAVE
      return count <= DIGITS_MAX && appendWide(column, bytes, first, last, isNegative) ? last : LEAVE
    }
    const value = isNegative ? -digitsAt(bytes, first, last) : digitsAt(bytes, first, last)
    if (bounds !== undefined && !isWithin(value, bounds)) return LEAVE
    column.appendNumber(value)
    return last
  }
}

/** Decimals of up to 15 digits are divided exactly; the others are left to `Number`, which reads what JSON.parse reads. */
export function doubleParser(column: FloatColumn, bounds: Bounds | undefined): ParseValue {
  return (bytes, position, end) => {
    const isNegative = bytes[position] === MINUS
    const first = isNegative ? position + 1 : position
    const pointOrEnd = digitsEnd(bytes, first, end)
    const wholeCount = pointOrEnd - first
    if (wholeCount === 0 || (wholeCount > 1 && bytes[first] === DIGIT_0)) return LEAVE
    const hasFraction = bytes[pointOrEnd] === POINT
    const mantissaEnd = hasFraction ? digitsEnd(bytes, pointOrEnd + 1, end) : pointOrEnd
    const fractionCount = hasFraction ? mantissaEnd - pointOrEnd - 1 : 0
    if (hasFraction && fractionCount === 0) return LEAVE
    const last = exponentEnd(bytes, mantissaEnd, end)
    if (last === LEAVE) return LEAVE
    const value =
      last === mantissaEnd && wholeCount + fractionCount <= SAFE_DIGITS
        ? shortDecimal(bytes, first, pointOrEnd, fractionCount, isNegative)
        : Number(textAt(bytes, position, last))
    if (!Number.isFinite(value) || (bounds !== undefined && !isWithin(value, bounds))) return LEAVE
    column.append(value)
    return last
  }
}

/** Both operands are exact doubles, so their quotient is the nearest double to the decimal. */
function shortDecimal(bytes: Uint8Array, first: number, point: number, fractionCount: number, isNegative: boolean): number {
  let digits = digitsAt(bytes, first, point)
  for (let index = point + 1; index <= point + fractionCount; index++) digits = digits * 10 + ((bytes[index] as number) - DIGIT_0)
  const value = fractionCount === 0 ? digits : digits / (POWERS_OF_TEN[fractionCount] as number)
  return isNegative ? -value : value
}

/** Behind an exponent, if one starts here; LEAVE when it has no digits. */
function exponentEnd(bytes: Uint8Array, position: number, end: number): number {
  if (((bytes[position] as number) | 0x20) !== LETTER_E) return position
  const sign = bytes[position + 1]
  const first = sign === MINUS || sign === PLUS ? position + 2 : position + 1
  const last = digitsEnd(bytes, first, end)
  return last === first ? LEAVE : last
}

function digitsEnd(bytes: Uint8Array, position: number, end: number): number {
  let next = position
  while (next < end && (bytes[next] as number) >= DIGIT_0 && (bytes[next] as number) <= DIGIT_9) next++
  return next
}

function digitsAt(bytes: Uint8Array, first: number, last: number): number {
  let value = 0
  for (let index = first; index < last; index++) value = value * 10 + ((bytes[index] as number) - DIGIT_0)
  return value
}

function continuesNumber(byte: number | undefined): boolean {
  return byte === POINT || byte === LETTER_E || byte === CAPITAL_E
}

function isWithin(value: number, { least, most, isLeastExclusive, isMostExclusive }: Bounds): boolean {
  return (isLeastExclusive ? value > least : value >= least) && (isMostExclusive ? value < most : value <= most)
}

/**
 * Appends the digits between two positions, which pass 2^53, without BigInt: the last nine are added to the others times
 * 10^9, and those are cut in pieces of 16 bits whose products with 10^9 are exact. False beyond 64 bits.
 */
function appendWide(column: Int64Column, bytes: Uint8Array, first: number, last: number, isNegative: boolean): boolean {
  const high = digitsAt(bytes, first, last - LOW_DIGITS)
  const low = digitsAt(bytes, last - LOW_DIGITS, last)
  if (high > INT64_HIGH || (high === INT64_HIGH && low > (isNegative ? INT64_LOW + 1 : INT64_LOW))) return false
  const upper = Math.floor(high / 65_536) * 1e9
  const lower = (high % 65_536) * 1e9 + low + (upper % 65_536) * 65_536
  const wordLow = lower % 2 ** 32
  const wordHigh = Math.floor(upper / 65_536) + Math.floor(lower / 2 ** 32)
  // Two's complement: all bits inverted, and one added, which carries only over a low word of zeros.
  if (isNegative) column.appendParts(-wordLow | 0, wordLow === 0 ? -wordHigh | 0 : ~wordHigh)
  else column.appendParts(wordLow | 0, wordHigh)
  return true
}

const SAFE_DIGITS = 15
const DIGITS_MAX = 19
const LOW_DIGITS = 9
/** 2^63-1 in two parts. */
const INT64_HIGH = 9_223_372_036
const INT64_LOW = 854_775_807
const POWERS_OF_TEN = Array.from({ length: SAFE_DIGITS + 1 }, (_, exponent) => 10 ** exponent)

const PLUS = 0x2b
const MINUS = 0x2d
const POINT = 0x2e
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const CAPITAL_E = 0x45
const LETTER_E = 0x65
