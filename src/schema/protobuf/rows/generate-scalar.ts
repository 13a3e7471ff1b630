import { wireTypeOf, WireType, type FieldValueType } from '../link/types.ts'

/** Code fragments for scalars and enums. Arguments are expressions of generated code, never text of a schema. */

export function isVarint(type: FieldValueType): boolean {
  return wireTypeOf(type) === WireType.varint
}

/** Strings and bytes. */
export function isSpan(type: FieldValueType): boolean {
  return type.kind === 'scalar' && wireTypeOf(type) === WireType.delimited
}

/** The position behind a value of fixed width. */
export function skipExpression(type: FieldValueType, position: string, end: string): string {
  return `skipFixed(${position}, ${wireTypeOf(type) === WireType.fixed64 ? 8 : 4}, ${end})`
}

/** Appends a varint, given as its halves. */
export function varintAppend(
  type: FieldValueType,
  { item, enumNames, low, high }: { item: string; enumNames: string; low: string; high: string },
): string {
  if (type.kind === 'enum') return `${enumNames}.append(${item}, ${low})`
  switch (type.kind === 'scalar' && type.scalar) {
    case 'bool':
      return `${item}.append((${low} | ${high}) !== 0)`
    case 'int64':
      return `${item}.appendParts(${low}, ${high})`
    case 'uint64':
      return `${item}.appendWords(${low}, ${high}, 0, 0)`
    case 'uint32':
      return `${item}.appendParts(${low}, 0)`
    case 'sint32':
      return `${item}.appendParts(zigZagLow(${low}, 0), -(${low} & 1))`
    case 'sint64':
      return `${item}.appendParts(zigZagLow(${low}, ${high}), zigZagHigh(${low}, ${high}))`
    default:
      return `${item}.appendParts(${low}, ${low} >> 31)`
  }
}

/** Appends a value of fixed width that stands at a position. */
export function appendAt(type: FieldValueType, item: string, position: string): string {
  switch (type.kind === 'scalar' && type.scalar) {
    case 'double':
      return `${item}.append(doubleAt(b, ${position}))`
    case 'float':
      return `${item}.append(floatAt(b, ${position}))`
    case 'fixed32':
      return `${item}.appendParts(int32At(b, ${position}), 0)`
    case 'sfixed32':
      return `{ const x = int32At(b, ${position}); ${item}.appendParts(x, x >> 31) }`
    case 'fixed64':
      return `${item}.appendWords(int32At(b, ${position}), int32At(b, ${position} + 4), 0, 0)`
    default:
      return `${item}.appendParts(int32At(b, ${position}), int32At(b, ${position} + 4))`
  }
}

export function spanAppend(type: FieldValueType, item: string, start: string, end: string): string {
  const isText = type.kind === 'scalar' && type.scalar === 'string'
  return isText ? `if (!${item}.appendUtf8(b, ${start}, ${end})) throw utf8Error` : `${item}.append(b, ${start}, ${end})`
}

/** What an unset field without presence means, for values that are not varints. */
export function appendDefault(type: FieldValueType, item: string): string {
  if (isSpan(type)) return `${item}.append(EMPTY, 0, 0)`
  switch (type.kind === 'scalar' && type.scalar) {
    case 'double':
    case 'float':
      return `${item}.append(0)`
    case 'fixed64':
      return `${item}.appendWords(0, 0, 0, 0)`
    default:
      return `${item}.appendParts(0, 0)`
  }
}
