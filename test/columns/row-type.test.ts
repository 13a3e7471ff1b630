import { describe, expect, test } from 'vitest'
import {
  assignFieldIds,
  isSameShape,
  listType,
  mapType,
  rowField,
  structType,
  walkFields,
  type RowType,
} from '../../src/columns/row-type.ts'

const order = structType([
  rowField('id', { kind: 'long' }),
  rowField('items', listType(structType([rowField('sku', { kind: 'string' }), rowField('price', { kind: 'double' })]))),
  rowField('labels', mapType({ kind: 'string' }, { kind: 'string' })),
])

describe('field ids', () => {
  test('are given one level before the next, as Iceberg gives them', () => {
    const ids = new Map<string, number>()
    walkFields(assignFieldIds(order), ({ fieldId }, path) => ids.set(path.join('.'), fieldId))
    expect([...ids]).toEqual([
      ['id', 1],
      ['items', 2],
      ['items.element', 4],
      ['items.element.sku', 5],
      ['items.element.price', 6],
      ['labels', 3],
      ['labels.key', 7],
      ['labels.value', 8],
    ])
  })

  test('start where they are told to', () => {
    expect(assignFieldIds(order, 100).fields.map(({ fieldId }) => fieldId)).toEqual([100, 101, 102])
  })
})

describe('two types have the same shape when they hold the same values under the same names', () => {
  const struct = (name: string, type: RowType, isNullable = true): RowType => structType([rowField(name, type, { isNullable })])
  for (const [name, a, b, verdict] of [
    ['ids and docs aside', order, assignFieldIds(order), true],
    ['another kind', { kind: 'int' }, { kind: 'long' }, false],
    ['another scale', { kind: 'decimal', precision: 9, scale: 2 }, { kind: 'decimal', precision: 9, scale: 3 }, false],
    ['another precision', { kind: 'decimal', precision: 9, scale: 2 }, { kind: 'decimal', precision: 8, scale: 2 }, false],
    ['the same decimal', { kind: 'decimal', precision: 9, scale: 2 }, { kind: 'decimal', precision: 9, scale: 2 }, true],
    ['another zone', { kind: 'timestamp', isUtc: true }, { kind: 'timestamp', isUtc: false }, false],
    ['another name', struct('a', { kind: 'int' }), struct('b', { kind: 'int' }), false],
    ['another nullability', struct('a', { kind: 'int' }), struct('a', { kind: 'int' }, false), false],
    ['a field more', order, structType(order.fields.slice(1)), false],
    ['deep inside', listType(listType({ kind: 'int' })), listType(listType({ kind: 'date' })), false],
  ] as const satisfies [string, RowType, RowType, boolean][])
    test(name, () => expect(isSameShape(a, b)).toBe(verdict))
})
