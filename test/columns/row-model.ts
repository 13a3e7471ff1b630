import fc from 'fast-check'
import type { BytesColumn } from '../../src/columns/bytes-column.ts'
import type { ColumnBuilder } from '../../src/columns/column-builder.ts'
import type { BooleanColumn, DecimalColumn, FloatColumn, Int32Column, Int64Column } from '../../src/columns/fixed-width-columns.ts'
import type { ListColumn, MapColumn, StructColumn } from '../../src/columns/nested-columns.ts'
import { listType, mapType, rowField, structType, type RowType } from '../../src/columns/row-type.ts'
import type { Plain } from './read-columns.ts'

/** Random row types, values of them, and a way to put plain values into builders: the model that builders are held against. */

const scalarTypes: fc.Arbitrary<RowType> = fc.constantFrom<RowType>(
  { kind: 'boolean' },
  { kind: 'int' },
  { kind: 'long' },
  { kind: 'float' },
  { kind: 'double' },
  { kind: 'decimal', precision: 38, scale: 2 },
  { kind: 'string' },
  { kind: 'binary' },
  { kind: 'date' },
  { kind: 'timestamp', isUtc: true },
  { kind: 'json' },
)

export const rowTypes: fc.Arbitrary<RowType> = fc.letrec<{ type: RowType }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalarTypes,
    tie('type').map((element) => listType(element)),
    tie('type').map((value) => mapType({ kind: 'string' }, value)),
    fc
      .array(tie('type'), { minLength: 1, maxLength: 3 })
      .map((types) => structType(types.map((type, index) => rowField(`f${index}`, type)))),
  ),
})).type

const decimalMax = 10n ** 38n - 1n

export function valuesOf(type: RowType): fc.Arbitrary<Plain> {
  const present = presentValuesOf(type)
  return fc.oneof({ arbitrary: present, weight: 4 }, { arbitrary: fc.constant(null), weight: 1 })
}

function presentValuesOf(type: RowType): fc.Arbitrary<Plain> {
  switch (type.kind) {
    case 'boolean':
      return fc.boolean()
    case 'int':
    case 'date':
      return fc.integer()
    case 'long':
    case 'timestamp':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'float':
      return fc.float()
    case 'double':
      return fc.double()
    case 'decimal':
      return fc.bigInt({ min: -decimalMax, max: decimalMax })
    case 'string':
    case 'json':
      return fc.string({ unit: 'binary', maxLength: 40 })
    case 'binary':
      return fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'))
    case 'struct':
      return fc
        .tuple(...type.fields.map((field) => valuesOf(field.type)))
        .map((values) => Object.fromEntries(type.fields.map((field, index) => [field.name, values[index] as Plain] as const)))
    case 'list':
      return fc.array(valuesOf(type.element.type), { maxLength: 4 })
    case 'map':
      return fc.array(fc.tuple(fc.string({ maxLength: 5 }), valuesOf(type.value.type)), { maxLength: 4 })
  }
}

/** Appends one plain value the way a decoder would: children first. */
export function appendValue(type: RowType, builder: ColumnBuilder, value: Plain): void {
  if (value === null) return builder.appendNull()
  switch (type.kind) {
    case 'boolean':
      return (builder as BooleanColumn).append(value as boolean)
    case 'int':
    case 'date':
      return (builder as Int32Column).append(value as number)
    case 'long':
    case 'timestamp':
      return (builder as Int64Column).appendBigint(value as bigint)
    case 'float':
    case 'double':
      return (builder as FloatColumn).append(value as number)
    case 'decimal':
      return (builder as DecimalColumn).append(value as bigint)
    case 'string':
    case 'json':
      return (builder as BytesColumn).appendText(value as string)
    case 'binary': {
      const bytes = Buffer.from(value as string, 'hex')
      return (builder as BytesColumn).append(bytes, 0, bytes.byteLength)
    }
    default:
      appendChildren(type, builder, value)
      return (builder as StructColumn | ListColumn | MapColumn).appendPresent()
  }
}

/** The children of a row without the row itself: what a record that fails half-way leaves behind. */
export function appendChildren(type: RowType, builder: ColumnBuilder, value: Plain, { childrenMax = Infinity } = {}): void {
  if (type.kind === 'struct')
    type.fields.slice(0, childrenMax).forEach((field, index) => {
      const child = (builder as StructColumn).fields[index] as ColumnBuilder
      appendValue(field.type, child, (value as { [name: string]: Plain })[field.name] ?? null)
    })
  if (type.kind === 'list') for (const item of value as Plain[]) appendValue(type.element.type, (builder as ListColumn).element, item)
  if (type.kind === 'map')
    for (const [key, item] of value as [Plain, Plain][]) {
      appendValue(type.key.type, (builder as MapColumn).key, key)
      appendValue(type.value.type, (builder as MapColumn).value, item)
    }
}
