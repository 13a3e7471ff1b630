import { utf8Text } from '../../../shared/bytes.ts'
import type { OptionValue } from '../ast.ts'
import { scalarFromJson } from '../json/scalar-from-json.ts'
import type { FieldValueType, ScalarType } from '../link/types.ts'
import type { DynamicScalar } from '../wire/dynamic-message.ts'

type ScalarOrEnum = Exclude<FieldValueType, { kind: 'message' }>

/** The value of an option whose type is a scalar or an enum; null when the text does not fit. */
export function optionScalar(type: ScalarOrEnum, value: OptionValue): DynamicScalar | null {
  if (type.kind === 'enum') return value.kind === 'identifier' ? (type.numberByName.get(value.text) ?? null) : null
  switch (value.kind) {
    case 'string':
      return stringScalar(type.scalar, value.bytes)
    case 'identifier':
      return identifierScalar(type.scalar, value.text)
    case 'number':
      return scalarFromJson(type.scalar, numberText(value.text))
    default:
      return null
  }
}

function stringScalar(scalar: ScalarType, bytes: Uint8Array): DynamicScalar | null {
  if (scalar === 'bytes') return bytes
  return scalar === 'string' ? utf8Text(bytes) : null
}

function identifierScalar(scalar: ScalarType, text: string): DynamicScalar | null {
  if (scalar === 'bool') return text === 'true' || text === 'false' ? text === 'true' : null
  if (scalar !== 'float' && scalar !== 'double') return null
  const special = SPECIAL_NUMBERS.get(text.replace('-', '').toLowerCase())
  return special === undefined ? null : text.startsWith('-') ? -special : special
}

const SPECIAL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ['inf', Infinity],
  ['infinity', Infinity],
  ['nan', Number.NaN],
])

/** A number token in decimal, as JSON writes it: `0x1F` is `31`, `017` is `15`, `.5` and `5.` are `0.5` and `5`. */
export function numberText(text: string): string {
  const [, sign = '', digits = ''] = /^(-?)(.*)$/.exec(text) ?? []
  if (/^0[xX]/.test(digits)) return sign + String(BigInt(digits))
  if (/^0\d+$/.test(digits)) return sign + String(BigInt(`0o${digits.slice(1)}`))
  if (/^\d+$/.test(digits)) return text
  return String(Number(text))
}
