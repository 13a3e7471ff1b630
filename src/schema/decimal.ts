import { asBuffer } from '../shared/bytes.ts'

/** Decimals as text and as bytes: the unscaled value in two's complement, most significant byte first. */

/** `unscaled * 10^-scale`; the scale may be negative. */
export interface DecimalNumber {
  readonly unscaled: bigint
  readonly scale: number
}

/** No bytes stand for 0. */
export function unscaledOf(bytes: Uint8Array, start: number, end: number): bigint {
  const hex = asBuffer(bytes.subarray(start, end)).toString('hex')
  return hex === '' ? 0n : BigInt.asIntN(hex.length * 4, BigInt(`0x${hex}`))
}

/** The shortest two's complement form; with `size`, filled up to so many bytes, undefined when it does not fit. */
export function unscaledBytes(unscaled: bigint, size?: number): Uint8Array | undefined {
  let width = 1
  while (BigInt.asIntN(width * 8, unscaled) !== unscaled) width++
  if (size !== undefined && width > size) return undefined
  const byteCount = size ?? width
  return Uint8Array.from(
    Buffer.from(
      BigInt.asUintN(byteCount * 8, unscaled)
        .toString(16)
        .padStart(byteCount * 2, '0'),
      'hex',
    ),
  )
}

/** Plain notation: every digit of the scale, never an exponent. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : ''
  const digits = String(unscaled < 0n ? -unscaled : unscaled)
  if (scale <= 0) return unscaled === 0n ? '0' : `${sign}${digits}${'0'.repeat(-scale)}`
  const padded = digits.padStart(scale + 1, '0')
  return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
}

/** Reads `-12.50` or `1.25e3` into an unscaled value and its scale; undefined when the text is not a decimal number. */
export function parseDecimal(text: string, digitsMax: number): DecimalNumber | undefined {
  const match = /^([-+]?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d{1,6}))?$/.exec(text)
  if (!match || text.length > digitsMax + 20) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const unscaled = BigInt(whole + fraction)
  return { unscaled: sign === '-' ? -unscaled : unscaled, scale: fraction.length - Number(exponent) }
}

/** The same number at another scale; undefined when digits would be lost. */
export function rescale({ unscaled, scale }: DecimalNumber, wanted: number): bigint | undefined {
  if (unscaled === 0n) return 0n
  if (wanted >= scale) return unscaled * 10n ** BigInt(wanted - scale)
  const divisor = 10n ** BigInt(scale - wanted)
  return unscaled % divisor === 0n ? unscaled / divisor : undefined
}

export function hasAtMostDigits(unscaled: bigint, digits: number): boolean {
  const limit = 10n ** BigInt(digits)
  return unscaled < limit && unscaled > -limit
}
