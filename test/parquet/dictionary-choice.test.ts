import { describe, expect, test } from 'vitest'
import { assignFieldIds, listType, rowField, type RowType, structType } from '../../src/columns/row-type.ts'
import { chooseDictionaries } from '../../src/parquet/dictionary-choice.ts'
import { randomInt, seededRandom } from '../../src/shared/random.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { duckdbJson } from './read-back.ts'
import { columnsOf, type RowValue } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const ROWS = 20_000
const random = seededRandom(1)

describe('a column has a dictionary', () => {
  const cases: readonly (readonly [string, RowType, (row: number) => RowValue, boolean])[] = [
    ['of strings that repeat', { kind: 'string' }, (row) => `kind ${(row * 7) % 5}`, true],
    ['of strings that repeat a little', { kind: 'string' }, () => `kind ${randomInt(random, 3_000)}`, true],
    ['of numbers that repeat, and nulls', { kind: 'long' }, (row) => (row % 3 === 0 ? null : BigInt(row % 10)), true],
    ['not of distinct numbers', { kind: 'long' }, (row) => BigInt(row), false],
    ['not of distinct strings with the same start', { kind: 'string' }, (row) => `user ${row}`, false],
    ['not of a single value', { kind: 'int' }, () => 7, false],
    ['not of nulls', { kind: 'int' }, () => null, false],
    ['not of booleans that never change', { kind: 'boolean' }, () => true, false],
  ]
  for (const [name, type, valueOf, expected] of cases)
    test(name, () => {
      const rowType = structType([rowField('column', type)])
      const rows = Array.from({ length: ROWS }, (_, row) => ({ column: valueOf(row) }))
      expect(chooseDictionaries(rowType, columnsOf(rowType, rows)).columns.get('column')).toBe(expected)
    })
})

test('nested columns decide together, by their bytes', () => {
  const of = (valueOf: (row: number) => RowValue): boolean => {
    const rowType = structType([
      rowField('list', listType({ kind: 'string' })),
      rowField('struct', structType([rowField('number', { kind: 'int' })])),
    ])
    const rows = Array.from({ length: ROWS }, (_, row) => ({ list: [valueOf(row), valueOf(row + 1)], struct: { number: row % 4 } }))
    return chooseDictionaries(rowType, columnsOf(rowType, rows)).nested
  }
  expect(of((row) => `tag ${row % 9}`)).toBe(true)
  expect(of((row) => `id ${row * 3}`)).toBe(false)
})

test('the file is written as it was chosen', async () => {
  const rowType = assignFieldIds(structType([rowField('id', { kind: 'long' }), rowField('kind', { kind: 'string' })]))
  const rows = Array.from({ length: ROWS }, (_, row) => ({ id: BigInt(row), kind: `kind ${row % 5}` }))
  const writer = new ParquetWriter({ rowType, rowGroupRows: ROWS })
  await writer.write(columnsOf(rowType, rows), ROWS)
  const columns = await duckdbJson(concatBytes(await writer.finish()), 'select path_in_schema, encodings from parquet_metadata($file)')
  expect(columns.map(({ encodings }) => JSON.stringify(encodings).includes('RLE_DICTIONARY'))).toEqual([false, true])
})
