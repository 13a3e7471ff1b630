import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assignFieldIds, listType, mapType, rowField, structType, type RowType, type StructType } from '../../../src/columns/row-type.ts'
import {
  columnNotesProperty,
  icebergSchema,
  lastColumnIdOf,
  leavesOf,
  parseColumnNotes,
  structTypeOf,
} from '../../../src/tables/iceberg/schema.ts'
import { icebergType, rowTypeOf, type IcebergType } from '../../../src/tables/iceberg/types.ts'
import { wideRowType } from './test-table.ts'

const noNotes = new Map()

describe('scalar types have their Iceberg names', () => {
  const cases: readonly (readonly [RowType, string])[] = [
    [{ kind: 'boolean' }, 'boolean'],
    [{ kind: 'int' }, 'int'],
    [{ kind: 'long' }, 'long'],
    [{ kind: 'float' }, 'float'],
    [{ kind: 'double' }, 'double'],
    [{ kind: 'decimal', precision: 9, scale: 2 }, 'decimal(9, 2)'],
    [{ kind: 'string' }, 'string'],
    [{ kind: 'binary' }, 'binary'],
    [{ kind: 'date' }, 'date'],
    [{ kind: 'timestamp', isUtc: true }, 'timestamptz'],
    [{ kind: 'timestamp', isUtc: false }, 'timestamp'],
  ]
  for (const [type, name] of cases)
    test(name, () => {
      expect(icebergType(type)).toBe(name)
      expect(rowTypeOf(name, noNotes, 'c')).toEqual(type)
    })
  test('decimal without a space, as others write it', () => {
    expect(rowTypeOf('decimal(9,2)', noNotes, 'c')).toEqual({ kind: 'decimal', precision: 9, scale: 2 })
  })
  test('json is a string to everybody else', () => {
    expect(icebergType({ kind: 'json' })).toBe('string')
  })
})

test('nested types carry the ids of their parts', () => {
  const rowType = assignFieldIds(
    structType([
      rowField('tags', listType({ kind: 'string' })),
      rowField('counts', mapType({ kind: 'string' }, { kind: 'long' }, { isNullable: false })),
    ]),
  )
  expect(icebergSchema(rowType, 0)).toEqual({
    type: 'struct',
    'schema-id': 0,
    fields: [
      { id: 1, name: 'tags', required: false, type: { type: 'list', 'element-id': 3, 'element-required': false, element: 'string' } },
      {
        id: 2,
        name: 'counts',
        required: false,
        type: { type: 'map', 'key-id': 4, key: 'string', 'value-id': 5, 'value-required': true, value: 'long' },
      },
    ],
  })
})

describe('a type that Headgate does not write is refused with the name of its column', () => {
  const types: readonly string[] = ['time', 'uuid', 'fixed[16]', 'timestamp_ns', 'variant', 'decimal(9)']
  for (const type of types)
    test(type, () => {
      const nested: IcebergType = { type: 'list', 'element-id': 2, 'element-required': false, element: type }
      expect(() => rowTypeOf(nested, noNotes, 'place.code')).toThrow(`column place.code.element has the Iceberg type "${type}"`)
    })
})

function throughTable(rowType: StructType): StructType {
  return structTypeOf(icebergSchema(rowType, 0), parseColumnNotes(columnNotesProperty(rowType)))
}

test('every kind of column comes back from the table as it was, sources and JSON included', () => {
  expect(throughTable(wideRowType)).toEqual(wideRowType)
})

test('any row type comes back from the table as it was', () => {
  const scalar = fc.constantFrom<RowType>(
    { kind: 'long' },
    { kind: 'string' },
    { kind: 'json' },
    { kind: 'decimal', precision: 5, scale: 5 },
  )
  const { type } = fc.letrec<{ type: RowType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3 },
      scalar,
      tie('type').map((element) => listType(element)),
      tie('type').map((value) => mapType({ kind: 'string' }, value)),
      fc
        .array(tie('type'), { minLength: 1, maxLength: 3 })
        .map((types) => structType(types.map((child, index) => rowField(`f${index}`, child, { source: `${index}` })))),
    ),
  }))
  fc.assert(
    fc.property(fc.array(type, { minLength: 1, maxLength: 4 }), (types) => {
      const rowType = assignFieldIds(structType(types.map((child, index) => rowField(`c${index}`, child))))
      expect(throughTable(rowType)).toEqual(rowType)
    }),
  )
})

test('leaves are known by id, path and whether they repeat', () => {
  const leaves = [...leavesOf(wideRowType)].map(([id, { path, isRepeated }]) => [id, path, isRepeated])
  expect(leaves).toContainEqual([20, 'place.lat', false])
  expect(leaves).toContainEqual([22, 'tags.element', true])
  expect(leaves).toContainEqual([24, 'steps.element.x', true])
  expect(leaves).toContainEqual([26, 'counts.value', true])
  expect(lastColumnIdOf(wideRowType)).toBe(26)
})

test('damaged column notes name the property to restore', () => {
  expect(() => parseColumnNotes('{')).toThrow('headgate.columns is not JSON')
})
