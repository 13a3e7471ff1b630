import { describe, expect, test } from 'vitest'
import { assignFieldIds, listType, mapType, rowField, type RowType, structType } from '../../src/columns/row-type.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { duckdbRows, hyparquetRows } from './read-back.ts'
import { columnsOf, type RowValue } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const decimal = (precision: number, scale: number): RowType => ({ kind: 'decimal', precision, scale })
const nines = (digits: number): bigint => 10n ** BigInt(digits) - 1n

const deep = (levels: number): RowType =>
  levels === 0 ? { kind: 'long' } : structType([rowField('list', listType(mapType({ kind: 'string' }, deep(levels - 1))))])
const deepValue = (levels: number): RowValue => (levels === 0 ? 7n : { list: [[['k', deepValue(levels - 1)]], null, []] })

/** The values of one column each. */
const columns: readonly (readonly [string, RowType, readonly RowValue[]])[] = [
  ['booleans', { kind: 'boolean' }, [true, null, false]],
  ['ints', { kind: 'int' }, [-(2 ** 31), 2 ** 31 - 1, 0, null]],
  ['longs', { kind: 'long' }, [-(2n ** 63n), 2n ** 63n - 1n, 0n, -1n, null]],
  ['floats', { kind: 'float' }, [Number.NaN, -0, 0, Infinity, -Infinity, 1.5, 2 ** -149, null]],
  ['doubles', { kind: 'double' }, [Number.NaN, -0, 0, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, null]],
  ['decimals of 9 digits', decimal(9, 2), [nines(9), -nines(9), 0n, null]],
  ['decimals of 18 digits', decimal(18, 0), [nines(18), -nines(18), 1n, null]],
  ['decimals of 20 digits', decimal(20, 0), [2n ** 64n - 1n, 0n, null]],
  ['decimals of 38 digits', decimal(38, 38), [nines(38), -nines(38), 1n, null]],
  ['strings', { kind: 'string' }, ['', 'a', '\u0000', '\u{10ffff}', 'é'.repeat(300), null]],
  ['JSON text', { kind: 'json' }, ['{"a":[1,null]}', 'null', null]],
  ['bytes', { kind: 'binary' }, [new Uint8Array(), Uint8Array.of(0, 255), new Uint8Array(300).fill(255), null]],
  ['dates', { kind: 'date' }, [-719_162, 2_932_896, 0, -1, null]],
  ['UTC timestamps', { kind: 'timestamp', isUtc: true }, [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n, 0n, null]],
  ['local timestamps', { kind: 'timestamp', isUtc: false }, [-62_135_596_800_000_000n, 253_402_300_799_999_999n, -1n, 0n, null]],
  ['nulls only', { kind: 'string' }, [null, null, null]],
  ['lists', listType({ kind: 'string' }), [[], ['', null, 'x'], null, [null]]],
  ['lists of lists', listType(listType({ kind: 'long' })), [[[], null, [1n, null]], [], null]],
  [
    'maps',
    mapType({ kind: 'string' }, { kind: 'double' }),
    [
      [],
      [['', 1]],
      null,
      [
        ['a', null],
        ['b', -0],
      ],
    ],
  ],
  [
    'structs',
    structType([rowField('a', { kind: 'int' }, { isNullable: false }), rowField('b', decimal(20, 3))]),
    [{ a: 1, b: null }, null, { a: 2, b: 3n }],
  ],
  ['nesting ten levels deep', deep(5), [deepValue(5), null]],
] as const

describe('every value survives and is read as it was written', () => {
  for (const [name, type, values] of columns) {
    const rowType = assignFieldIds(structType([rowField('column', type)]))
    const rows = values.map((value) => ({ column: value }))

    test(`${name}, by DuckDB`, async () => {
      expect(await duckdbRows(await written(rowType, rows))).toEqual(rows)
    })

    if (!JSON.stringify(type).includes('decimal'))
      test(`${name}, by hyparquet`, async () => {
        expect(await hyparquetRows(await written(rowType, rows), rowType)).toEqual(rows)
      })
  }
})

test('a struct without fields is refused by the name of its column', () => {
  const rowType = assignFieldIds(structType([rowField('outer', structType([rowField('nothing', structType([]))]))]))
  expect(() => new ParquetWriter({ rowType, rowGroupRows: 10 })).toThrow('column outer.nothing is a struct without fields')
})

async function written(rowType: Parameters<typeof columnsOf>[0], rows: readonly RowValue[]): Promise<Uint8Array> {
  const writer = new ParquetWriter({ rowType, rowGroupRows: 1_000 })
  await writer.write(columnsOf(rowType, rows), rows.length)
  return concatBytes(await writer.finish())
}
