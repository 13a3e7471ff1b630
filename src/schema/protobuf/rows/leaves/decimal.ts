import type { BytesColumn } from '../../../../columns/bytes-column.ts'
import type { DecimalColumn } from '../../../../columns/fixed-width-columns.ts'
import { limits } from '../../../../shared/limits.ts'
import { RecordError } from '../../../language.ts'
import type { DecimalType } from '../leaf-plan.ts'
import { readLeaf } from './read-leaf.ts'

type DecimalForm = 'text' | 'bytes'

/** `unscaled * 10^-scale`; the scale may be negative. */
interface DecimalNumber {
  readonly unscaled: bigint
  readonly scale: number
}

/** A decimal column: a number that the declared precision and scale do not hold exactly is an error. */
export function appendDecimal(
  form: DecimalForm,
  { precision, scale }: DecimalType,
  column: DecimalColumn,
  bytes: Uint8Array,
  start: number,
  end: number,
  path: string,
): void {
  const number = readDecimal(form, bytes, start, end, path)
  const unscaled = rescaled(number, scale)
  const limit = 10n ** BigInt(precision)
  if (unscaled === null || unscaled >= limit || unscaled <= -limit)
    throw new RecordError(path, `${decimalText(number)} does not fit a decimal of precision ${precision} and scale ${scale}`)
  column.append(unscaled)
}

/** A string column: plain digits, without an exponent. */
export function appendDecimalText(
  form: DecimalForm,
  column: BytesColumn,
  bytes: Uint8Array,
  start: number,
  end: number,
  path: string,
): void {
  column.appendText(decimalText(readDecimal(form, bytes, start, end, path)))
}

function readDecimal(form: DecimalForm, bytes: Uint8Array, start: number, end: number, path: string): DecimalNumber {
  const number = form === 'text' ? readTextForm(bytes, start, end, path) : readBytesForm(bytes, start, end, path)
  // 10^scale is computed, so it must stay small.
  if (Math.abs(number.scale) > DECIMAL_DIGITS_MAX) throw new RecordError(path, `a decimal has more than ${DECIMAL_DIGITS_MAX} digits`)
  return number
}

/** google.type.Decimal: `-12.5e3`; an empty text is 0. */
function readTextForm(bytes: Uint8Array, start: number, end: number, path: string): DecimalNumber {
  const text = (readLeaf('google.type.Decimal', bytes, start, end, path).get('value') ?? '') as string
  if (text === '') return { unscaled: 0n, scale: 0 }
  const match = text.length <= DECIMAL_DIGITS_MAX ? /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text) : null
  const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? []
  if (!match || whole + fraction === '')
    throw new RecordError(path, `expected a decimal number, got ${JSON.stringify(text.slice(0, limits.quotedValueLengthMax))}`)
  const magnitude = BigInt(whole + fraction)
  return { unscaled: sign === '-' ? -magnitude : magnitude, scale: fraction.length - Number(exponent) }
}

/** confluent.type.Decimal: two's complement, most significant byte first. */
function readBytesForm(bytes: Uint8Array, start: number, end: number, path: string): DecimalNumber {
  const decimal = readLeaf('confluent.type.Decimal', bytes, start, end, path)
  const value = (decimal.get('value') ?? new Uint8Array(0)) as Uint8Array
  if (value.length > DECIMAL_DIGITS_MAX) throw new RecordError(path, `a decimal has more than ${DECIMAL_DIGITS_MAX} bytes`)
  const hex = Buffer.from(value).toString('hex')
  const unscaled = value.length === 0 ? 0n : BigInt.asIntN(value.length * 8, BigInt(`0x${hex}`))
  return { unscaled, scale: (decimal.get('scale') ?? 0) as number }
}

/** The unscaled value at another scale; null when digits would be lost. */
function rescaled({ unscaled, scale }: DecimalNumber, wanted: number): bigint | null {
  if (wanted >= scale) return unscaled * 10n ** BigInt(wanted - scale)
  const divisor = 10n ** BigInt(scale - wanted)
  return unscaled % divisor === 0n ? unscaled / divisor : null
}

function decimalText({ unscaled, scale }: DecimalNumber): string {
  const magnitude = unscaled < 0n ? -unscaled : unscaled
  const sign = unscaled < 0n ? '-' : ''
  if (scale <= 0) return `${sign}${magnitude * 10n ** BigInt(-scale)}`
  const digits = String(magnitude).padStart(scale + 1, '0')
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** Far more than a table's 38, for those that stay text. */
const DECIMAL_DIGITS_MAX = 400
