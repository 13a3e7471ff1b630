import type { BytesColumn } from '../../../../columns/bytes-column.ts'
import type { DecimalColumn } from '../../../../columns/fixed-width-columns.ts'
import { limits } from '../../../../shared/limits.ts'
import { decimalText, hasAtMostDigits, rescale, unscaledOf, type DecimalNumber } from '../../../decimal.ts'
import { RecordError } from '../../../language.ts'
import type { DecimalType } from '../leaf-plan.ts'
import { readLeaf } from './read-leaf.ts'

type DecimalForm = 'text' | 'bytes'

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
  const unscaled = rescale(number, scale)
  if (unscaled === undefined || !hasAtMostDigits(unscaled, precision))
    throw new RecordError(
      path,
      `${decimalText(number.unscaled, number.scale)} does not fit a decimal of precision ${precision} and scale ${scale}`,
    )
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
  const { unscaled, scale } = readDecimal(form, bytes, start, end, path)
  column.appendText(decimalText(unscaled, scale))
}

function readDecimal(form: DecimalForm, bytes: Uint8Array, start: number, end: number, path: string): DecimalNumber {
  const number = form === 'text' ? readTextForm(bytes, start, end, path) : readBytesForm(bytes, start, end, path)
  // 10^scale is computed, so it must stay small.
  if (Math.abs(number.scale) > limits.decimalDigitsMax)
    throw new RecordError(path, `a decimal has more than ${limits.decimalDigitsMax} digits`)
  return number
}

/** google.type.Decimal: `-12.5e3`; an empty text is 0. */
function readTextForm(bytes: Uint8Array, start: number, end: number, path: string): DecimalNumber {
  const text = (readLeaf('google.type.Decimal', bytes, start, end, path).get('value') ?? '') as string
  if (text === '') return { unscaled: 0n, scale: 0 }
  const match = text.length <= limits.decimalDigitsMax ? /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text) : null
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
  if (value.length > limits.decimalDigitsMax) throw new RecordError(path, `a decimal has more than ${limits.decimalDigitsMax} bytes`)
  return { unscaled: unscaledOf(value, 0, value.length), scale: (decimal.get('scale') ?? 0) as number }
}
