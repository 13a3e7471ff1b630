import { Bool, Decimal, Field, type Data, Float64, Int64, List, makeData, Map_, Struct, Utf8, Vector, type DataType } from 'apache-arrow'
import { expect, test } from 'vitest'
import { columnBuilder } from '../../src/columns/row-builder.ts'
import type { ColumnBuffers } from '../../src/columns/column-buffers.ts'
import { listType, mapType, rowField, structType, type RowType } from '../../src/columns/row-type.ts'
import type { Plain } from './read-columns.ts'
import { appendValue } from './row-model.ts'

/** The layout is Arrow's: Apache Arrow's own JavaScript reads our buffers as they are. */
const order = structType([
  rowField('id', { kind: 'long' }),
  rowField('price', { kind: 'decimal', precision: 38, scale: 2 }),
  rowField('weight', { kind: 'double' }),
  rowField('isPaid', { kind: 'boolean' }),
  rowField('tags', listType({ kind: 'string' })),
  rowField('counts', mapType({ kind: 'string' }, { kind: 'long' })),
])

const rows: Plain[] = [
  { id: 2n ** 63n - 1n, price: 10n ** 38n - 1n, weight: -0.5, isPaid: true, tags: ['a', null, 'ü'], counts: [['x', 1n]] },
  null,
  { id: null, price: null, weight: null, isPaid: null, tags: null, counts: null },
  { id: -(2n ** 63n), price: -1n, weight: 1e300, isPaid: false, tags: [], counts: [] },
]

test('Apache Arrow reads nested columns with nulls at every level', () => {
  const type = listType(order)
  const builder = columnBuilder(type)
  const lists: Plain[] = [rows, null, [], [rows[3] as Plain]]
  for (const list of lists) appendValue(type, builder, list)
  const vector = new Vector([dataOf(type, builder.finish())])
  expect(Array.from({ length: vector.length }, (_, row) => plain(vector.get(row)))).toEqual(lists)
})

function dataOf(type: RowType, column: ColumnBuffers): Data {
  const { length, nullCount, validity, offsets, values, children } = column
  const childTypes = type.kind === 'struct' ? type.fields.map((field) => field.type) : type.kind === 'list' ? [type.element.type] : []
  const entries = type.kind === 'map' ? entriesOf(type, children) : undefined
  // makeData is typed for one type at a time.
  const properties = {
    type: arrowType(type),
    length,
    nullCount,
    nullBitmap: validity,
    valueOffsets: offsets,
    data: dataView(type, values),
    child: entries ?? (type.kind === 'list' ? dataOf(childTypes[0] as RowType, children[0] as ColumnBuffers) : undefined),
    children: childTypes.map((childType, index) => dataOf(childType, children[index] as ColumnBuffers)),
  }
  return makeData(properties as never)
}

function entriesOf(type: RowType & { kind: 'map' }, [keys, items]: readonly ColumnBuffers[]): unknown {
  const pair = structType([type.key, type.value])
  return dataOf(pair, {
    length: keys?.length ?? 0,
    nullCount: 0,
    validity: null,
    offsets: null,
    values: null,
    children: [keys, items] as ColumnBuffers[],
  })
}

function dataView(type: RowType, values: Uint8Array<ArrayBuffer> | null): unknown {
  if (!values) return undefined
  if (type.kind === 'long') return new BigInt64Array(values.buffer)
  if (type.kind === 'double') return new Float64Array(values.buffer)
  if (type.kind === 'decimal') return new Uint32Array(values.buffer)
  return values
}

function arrowType(type: RowType): DataType {
  switch (type.kind) {
    case 'long':
      return new Int64()
    case 'double':
      return new Float64()
    case 'boolean':
      return new Bool()
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128)
    case 'list':
      return new List(new Field('element', arrowType(type.element.type), true))
    case 'map':
      return new Map_(entriesField(new Field('key', new Utf8()), new Field('value', arrowType(type.value.type), true)) as never)
    case 'struct':
      return new Struct(type.fields.map((field) => new Field(field.name, arrowType(field.type), true)))
    default:
      return new Utf8()
  }
}

function entriesField(...pair: Field[]): Field {
  return new Field('entries', new Struct(pair))
}

/** Arrow's rows as plain values. */
function plain(value: unknown): Plain {
  if (value === null || typeof value !== 'object') return value as Plain
  if (value instanceof Uint32Array) return decimalOf([...value])
  if (value instanceof Vector) return Array.from({ length: value.length }, (_, index) => plain(value.get(index)))
  const constructor = (value as { constructor: { name: string } }).constructor.name
  const entries = [...(value as Iterable<[string, unknown]>)].map(([key, item]) => [key, plain(item)] as [string, Plain])
  return constructor.startsWith('Map') ? entries : Object.fromEntries(entries)
}

/** Four words, least significant first. */
function decimalOf(words: readonly number[]): bigint {
  const unsigned = words.reduce((sum, word, index) => sum + (BigInt(word) << BigInt(index * 32)), 0n)
  return BigInt.asIntN(128, unsigned)
}
