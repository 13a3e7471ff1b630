import { describe, expect, test } from 'vitest'
import { listType, mapType, rowField, type RowType, structType } from '../../src/columns/row-type.ts'
import { misfit } from '../../src/lanes/row-fit.ts'

const decimal = (precision: number, scale: number): RowType => ({ kind: 'decimal', precision, scale })
const time = (isUtc: boolean): RowType => ({ kind: 'timestamp', isUtc })
const struct = (...names: string[]): RowType => structType(names.map((name) => rowField(name, { kind: 'long' })))

describe('values of a schema fit a column', () => {
  const cases: readonly (readonly [RowType, RowType, string | undefined])[] = [
    [{ kind: 'long' }, { kind: 'long' }, undefined],
    [{ kind: 'string' }, { kind: 'json' }, undefined],
    [{ kind: 'long' }, { kind: 'int' }, 'a is long in the table and int in the schema'],
    [decimal(20, 2), decimal(9, 2), undefined],
    [decimal(9, 2), decimal(20, 2), 'a is decimal(9, 2) in the table and decimal(20, 2) in the schema'],
    [decimal(9, 2), decimal(9, 3), 'a is decimal(9, 2) in the table and decimal(9, 3) in the schema'],
    [time(true), time(false), 'a is timestamptz in the table and timestamp in the schema'],
    [struct('x', 'y'), struct('x', 'y'), undefined],
    [struct('x', 'y'), struct('x'), 'a has 2 fields in the table and 1 in the schema'],
    [struct('x'), struct('y'), 'a.y is not in the table'],
    [listType({ kind: 'int' }), listType({ kind: 'long' }), 'a.element is int in the table and long in the schema'],
    [
      listType({ kind: 'int' }, { isNullable: false }),
      listType({ kind: 'int' }),
      'a.element is required in the table and nullable in the schema',
    ],
    [mapType({ kind: 'string' }, struct('x')), mapType({ kind: 'string' }, struct('z')), 'a.value.z is not in the table'],
  ]
  for (const [target, source, reason] of cases)
    test(reason ?? `${target.kind} from ${source.kind}`, () => expect(misfit(rowField('a', target), rowField('a', source))).toBe(reason))
})
