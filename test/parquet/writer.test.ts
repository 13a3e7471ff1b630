import fc from 'fast-check'
import { wasmMemory } from 'parquet-wasm'
import { describe, expect, test } from 'vitest'
import { assignFieldIds, listType, mapType, rowField, type RowType, structType, type StructType } from '../../src/columns/row-type.ts'
import { readFooter } from '../../src/parquet/footer.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { duckdbRows } from './read-back.ts'
import { columnsOf, type RowValue } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const rowType = assignFieldIds(structType([rowField('id', { kind: 'long' }), rowField('text', { kind: 'string' })]))

function rowsFrom(first: number, count: number): RowValue[] {
  return Array.from({ length: count }, (_, index) => ({ id: BigInt(first + index), text: `row ${first + index}` }))
}

test('row groups are given out as soon as they are full', async () => {
  const writer = new ParquetWriter({ rowType, rowGroupRows: 20_000 })
  const sizes: number[] = []
  for (let chunk = 0; chunk < 5; chunk++) {
    await writer.write(columnsOf(rowType, rowsFrom(chunk * 10_000, 10_000)), 10_000)
    sizes.push(writer.encodedBytes)
  }
  const file = concatBytes(await writer.finish())
  expect(sizes[0]).toBeLessThan(100)
  expect(sizes[3]).toBeGreaterThan(file.byteLength / 2)
  expect(sizes[4]).toBeLessThan(file.byteLength)
  expect(readFooter([file]).rowGroups).toHaveLength(3)
  expect(await duckdbRows(file)).toEqual(rowsFrom(0, 50_000))
})

test('files written side by side do not mix', async () => {
  const writers = Array.from({ length: 3 }, () => new ParquetWriter({ rowType, rowGroupRows: 50 }))
  for (let chunk = 0; chunk < 4; chunk++)
    await Promise.all(writers.map((writer, index) => writer.write(columnsOf(rowType, rowsFrom(index * 1_000 + chunk * 30, 30)), 30)))
  for (const [index, writer] of writers.entries())
    expect(await duckdbRows(concatBytes(await writer.finish()))).toEqual(rowsFrom(index * 1_000, 120))
})

test('the memory of the wasm module is flat over hundreds of files, finished and given up', async () => {
  const columns = columnsOf(rowType, rowsFrom(0, 2_000))
  const file = async (isGivenUp: boolean): Promise<void> => {
    const writer = new ParquetWriter({ rowType, rowGroupRows: 1_500 })
    await writer.write(columns, 2_000)
    await (isGivenUp ? writer.abort() : writer.finish())
  }
  for (let warmUp = 0; warmUp < 20; warmUp++) await file(warmUp % 2 === 0)
  const before = wasmBytes()
  for (let round = 0; round < 200; round++) await file(round % 2 === 0)
  expect(wasmBytes()).toBe(before)
})

function wasmBytes(): number {
  return (wasmMemory() as { buffer: ArrayBuffer }).buffer.byteLength
}

test('a file that was given up before its first row costs nothing', async () => {
  await expect(new ParquetWriter({ rowType, rowGroupRows: 10 }).abort()).resolves.toBeUndefined()
})

const scalars: readonly (readonly [RowType, fc.Arbitrary<RowValue>])[] = [
  [{ kind: 'boolean' }, fc.boolean()],
  [{ kind: 'int' }, fc.integer()],
  [{ kind: 'long' }, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [{ kind: 'double' }, fc.double()],
  [{ kind: 'decimal', precision: 38, scale: 5 }, fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  [{ kind: 'string' }, fc.string({ unit: 'grapheme' })],
  [{ kind: 'binary' }, fc.uint8Array()],
  [{ kind: 'date' }, fc.integer({ min: -719_162, max: 2_932_896 })],
  [{ kind: 'timestamp', isUtc: true }, fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })],
]

/** A type and values of it, nested up to `levels` deep. */
function typeWithValues(levels: number): fc.Arbitrary<readonly [RowType, fc.Arbitrary<RowValue>]> {
  const scalar = fc.constantFrom(...scalars)
  if (levels === 0) return scalar
  const item = typeWithValues(levels - 1)
  return fc.oneof(
    scalar,
    item.map(([type, value]) => [listType(type), fc.array(nullable(value), { maxLength: 4 })] as const),
    item.map(([type, value]) => {
      const pairs = fc.uniqueArray(fc.tuple(fc.string(), nullable(value)), { selector: ([key]) => key, maxLength: 3 })
      return [mapType({ kind: 'string' }, type), pairs as fc.Arbitrary<RowValue>] as const
    }),
    fc.array(item, { minLength: 1, maxLength: 3 }).map((fields) => {
      const names = fields.map(([type, value], index) => [`f${index}`, type, nullable(value)] as const)
      const value = fc.record(Object.fromEntries(names.map(([name, , values]) => [name, values]))) as fc.Arbitrary<RowValue>
      return [structType(names.map(([name, type]) => rowField(name, type))), value] as const
    }),
  )
}

function nullable(value: fc.Arbitrary<RowValue>): fc.Arbitrary<RowValue> {
  return fc.option(value, { nil: null, freq: 4 })
}

describe('whatever the types', () => {
  test('rows come back from DuckDB as they were written', async () => {
    const table = typeWithValues(3).chain(([type, value]) =>
      fc.tuple(fc.constant(type), fc.array(nullable(value), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 10 })),
    )
    await fc.assert(
      fc.asyncProperty(table, async ([type, values, rowGroupRows]) => {
        const rows = values.map((column) => ({ column }))
        const oneColumn: StructType = assignFieldIds(structType([rowField('column', type)]))
        const writer = new ParquetWriter({ rowType: oneColumn, rowGroupRows })
        await writer.write(columnsOf(oneColumn, rows), rows.length)
        expect(await duckdbRows(concatBytes(await writer.finish()))).toEqual(rows)
      }),
      { numRuns: 60 },
    )
  })
})
