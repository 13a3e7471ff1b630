import { describe, expect, test } from 'vitest'
import { listType, mapType, rowField, structType, type RowType } from '../../src/columns/row-type.ts'
import { changesText, columnChanges, newColumns } from '../../src/registry/table-preview.ts'

const long: RowType = { kind: 'long' }
const int: RowType = { kind: 'int' }
const float: RowType = { kind: 'float' }
const double: RowType = { kind: 'double' }
const string: RowType = { kind: 'string' }
const binary: RowType = { kind: 'binary' }
const json: RowType = { kind: 'json' }
const decimal = (precision: number, scale: number): RowType => ({ kind: 'decimal', precision, scale })
const timestamp = (isUtc: boolean): RowType => ({ kind: 'timestamp', isUtc })
const struct = (fields: { [name: string]: RowType }): RowType =>
  structType(Object.entries(fields).map(([name, type]) => rowField(name, type)))

describe('what a schema does to a column of type', () => {
  for (const [from, to, text] of [
    [long, long, 'the columns stay as they are'],
    [int, long, '~ c int becomes long'],
    [long, int, 'the columns stay as they are'],
    [float, double, '~ c float becomes double'],
    [double, float, 'the columns stay as they are'],
    [decimal(5, 2), decimal(9, 2), '~ c decimal(5, 2) becomes decimal(9, 2)'],
    [decimal(9, 2), decimal(5, 2), 'the columns stay as they are'],
    [decimal(9, 2), decimal(9, 3), '! c decimal(9, 2) cannot become decimal(9, 3): the digits behind the point would change their meaning'],
    [json, string, 'the columns stay as they are'],
    [timestamp(true), timestamp(true), 'the columns stay as they are'],
    [
      timestamp(true),
      timestamp(false),
      '! c timestamptz cannot become timestamp: a time with a zone and one without are not the same instant',
    ],
    [long, double, '! c long cannot become double: no reader could read the old files and the new ones as one column'],
    [string, binary, '! c string cannot become binary: no reader could read the old files and the new ones as one column'],
    [
      long,
      struct({ a: long }),
      '! c long cannot become struct<a: long>: no reader could read the old files and the new ones as one column',
    ],
    [long, listType(long), '! c long cannot become list<long>: no reader could read the old files and the new ones as one column'],
    [struct({ a: long }), struct({ a: long, b: string }), '+ c.b string'],
    [struct({ a: long, b: string }), struct({ b: string }), '  c.a long stays and is null from now on'],
    [struct({ a: int }), struct({ a: long }), '~ c.a int becomes long'],
    [listType(struct({ a: long })), listType(struct({ a: long, b: listType(string) })), '+ c.element.b list<string>'],
    [mapType(string, struct({ a: int })), mapType(string, struct({ a: long })), '~ c.value.a int becomes long'],
    [
      mapType(string, long),
      mapType(long, long),
      '! c map<string, long> cannot become map<long, long>: keys of a map may not change their type',
    ],
  ] as const)
    test(`${from.kind} for ${to.kind}: ${text}`, () => {
      expect(changesText(columnChanges(structType([rowField('c', from)]), structType([rowField('c', to)])))).toBe(text)
    })
})

test('columns that come, go and change places', () => {
  const table = structType([rowField('a', long), rowField('b', string), rowField('c', double)])
  const next = structType([rowField('c', double), rowField('d', long), rowField('a', long)])
  expect(columnChanges(table, next)).toEqual([
    { kind: 'added', column: 'd', type: 'long' },
    { kind: 'kept', column: 'b', type: 'string' },
  ])
})

test('a field that is known by its number may change its name', () => {
  const table = structType([rowField('old', int, { source: '1' })])
  const next = structType([rowField('new', long, { source: '1' })])
  expect(columnChanges(table, next)).toEqual([
    { kind: 'renamed', column: 'old', to: 'new' },
    { kind: 'widened', column: 'old', from: 'int', to: 'long' },
  ])
})

test('a name that differs only in its case is no column that a table can have', () => {
  const changes = columnChanges(structType([rowField('name', string)]), structType([rowField('name', string), rowField('Name', string)]))
  expect(changes).toEqual([
    { kind: 'break', column: 'Name', from: 'string', to: 'string', reason: 'name differs from it only in the case of letters' },
  ])
})

test('a column that must be set becomes one that need not', () => {
  const table = structType([rowField('a', long, { isNullable: false })])
  expect(columnChanges(table, structType([rowField('a', long)]))).toEqual([
    { kind: 'widened', column: 'a', from: 'long not null', to: 'long' },
  ])
  expect(columnChanges(structType([rowField('a', long)]), table)).toEqual([])
})

test('a table that is yet to be made has every column new', () => {
  expect(newColumns(structType([rowField('a', listType(struct({ b: decimal(4, 1) })))]))).toEqual([
    { kind: 'added', column: 'a', type: 'list<struct<b: decimal(4, 1)>>' },
  ])
})
