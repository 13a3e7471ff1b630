import { describe, expect, test } from 'vitest'
import { assignFieldIds, listType, mapType, rowField, type RowType, structType } from '../../src/columns/row-type.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { ColumnTally } from '../../src/parquet/column-tally.ts'
import type { BoundValue, ColumnMetrics, FileMetrics } from '../../src/parquet/file-metrics.ts'
import { fileMetrics } from '../../src/parquet/footer-metrics.ts'
import { readFooter } from '../../src/parquet/footer.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { duckdbJson } from './read-back.ts'
import { columnsOf, type RowValue } from './row-values.ts'
import { concatBytes } from '../../src/shared/bytes.ts'

const bytes = (text: string): Uint8Array => utf8Bytes(text)

describe('bounds are exact, or for long bytes safely shortened', () => {
  const cases: readonly (readonly [string, RowType, readonly RowValue[], BoundValue | undefined, BoundValue | undefined])[] = [
    ['boolean', { kind: 'boolean' }, [true, false, null], false, true],
    ['int', { kind: 'int' }, [-(2 ** 31), 5, null], -(2 ** 31), 5],
    ['long', { kind: 'long' }, [2n ** 63n - 1n, -(2n ** 63n)], -(2n ** 63n), 2n ** 63n - 1n],
    ['float', { kind: 'float' }, [1.5, Number.NaN, -2.5], -2.5, 1.5],
    ['double zeros', { kind: 'double' }, [0], -0, 0],
    ['double infinities', { kind: 'double' }, [Infinity, -Infinity], -Infinity, Infinity],
    ['double NaN only', { kind: 'double' }, [Number.NaN, null], undefined, undefined],
    ['small decimal', { kind: 'decimal', precision: 5, scale: 2 }, [-123n, 99_999n], -123n, 99_999n],
    ['middle decimal', { kind: 'decimal', precision: 18, scale: 2 }, [-(10n ** 18n - 1n), 1n], -(10n ** 18n - 1n), 1n],
    [
      'large decimal',
      { kind: 'decimal', precision: 38, scale: 0 },
      [-(10n ** 38n - 1n), 10n ** 38n - 1n],
      -(10n ** 38n - 1n),
      10n ** 38n - 1n,
    ],
    ['string by code point', { kind: 'string' }, ['\uffff', '\u{10000}', 'a'], bytes('a'), bytes('\u{10000}')],
    ['empty string', { kind: 'string' }, [''], bytes(''), bytes('')],
    ['long string', { kind: 'string' }, ['x'.repeat(100)], bytes('x'.repeat(64)), bytes(`${'x'.repeat(63)}y`)],
    ['bytes without a successor', { kind: 'binary' }, [new Uint8Array(1_000).fill(255)], new Uint8Array(64).fill(255), undefined],
    ['date', { kind: 'date' }, [-719_162, 2_932_896], -719_162, 2_932_896],
    [
      'timestamp',
      { kind: 'timestamp', isUtc: true },
      [-62_135_596_800_000_000n, 253_402_300_799_999_999n],
      -62_135_596_800_000_000n,
      253_402_300_799_999_999n,
    ],
    ['nulls only', { kind: 'long' }, [null, null], undefined, undefined],
    ['field of a struct', structType([rowField('a', { kind: 'int' })]), [{ a: 3 }, null, { a: null }], 3, 3],
    ['below a list', listType({ kind: 'int' }), [[1, 2]], undefined, undefined],
  ]
  for (const [name, type, values, lower, upper] of cases)
    test(name, async () => {
      const { columns } = await metricsOf(type, values)
      expect(columns).toHaveLength(1)
      expect(columns[0]?.lower).toStrictEqual(lower)
      expect(columns[0]?.upper).toStrictEqual(upper)
    })

  test('over all row groups, also those of nulls only', async () => {
    const { columns, splitOffsets } = await metricsOf({ kind: 'long' }, [5n, null, null, null, 9n, -1n], 2)
    expect(splitOffsets).toHaveLength(3)
    expect(columns[0]).toMatchObject({ lower: -1n, upper: 9n, valueCount: 6, nullCount: 3 })
  })
})

describe('counts', () => {
  const cases: readonly (readonly [string, RowType, readonly RowValue[], readonly Partial<ColumnMetrics>[]])[] = [
    ['nulls', { kind: 'int' }, [1, null, null], [{ valueCount: 3, nullCount: 2 }]],
    ['NaNs beside nulls', { kind: 'double' }, [Number.NaN, null, 1], [{ valueCount: 3, nullCount: 1, nanCount: 1 }]],
    [
      'a field whose struct is null is null',
      structType([rowField('a', { kind: 'float' }, { isNullable: false }), rowField('b', structType([rowField('c', { kind: 'int' })]))]),
      [{ a: 1, b: null }, null, { a: Number.NaN, b: { c: null } }],
      [
        { valueCount: 3, nullCount: 1, nanCount: 1 },
        { valueCount: 3, nullCount: 3 },
      ],
    ],
    [
      'items of lists, not rows',
      listType({ kind: 'double' }),
      [[1, null, Number.NaN], [], null],
      [{ valueCount: 3, nullCount: 1, nanCount: 1 }],
    ],
    [
      'keys and values of maps',
      mapType({ kind: 'string' }, { kind: 'int' }),
      [
        [
          ['a', 1],
          ['b', null],
        ],
        [],
        null,
      ],
      [
        { valueCount: 2, nullCount: 0 },
        { valueCount: 2, nullCount: 1 },
      ],
    ],
  ]
  for (const [name, type, values, expected] of cases)
    test(name, async () => {
      const { columns } = await metricsOf(type, values)
      expect(columns).toMatchObject(expected)
    })
})

test('sizes and offsets agree with the footer as DuckDB reads it', async () => {
  const rows = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? null : `value ${index}`))
  const { file, metrics } = await fileOf({ kind: 'string' }, rows, 30)
  const chunks = await duckdbJson(
    file,
    `select sum(total_compressed_size)::int as bytes, sum(num_values)::int as "values", sum(stats_null_count)::int as nulls,
            min(coalesce(dictionary_page_offset, data_page_offset))::int as first from parquet_metadata($file) group by row_group_id order by row_group_id`,
  )
  const sum = (name: string): number => chunks.reduce((total, chunk) => total + Number(chunk[name]), 0)
  expect(metrics).toMatchObject({ rowCount: 100, sizeBytes: file.byteLength, splitOffsets: chunks.map(({ first }) => first) })
  expect(metrics.columns).toMatchObject([{ fieldId: 1, compressedBytes: sum('bytes'), valueCount: sum('values'), nullCount: sum('nulls') }])
})

test('a file that lost rows on its way is noticed', async () => {
  const { file, tally } = await fileOf({ kind: 'int' }, [1, 2, 3])
  expect(() => fileMetrics([file], tally.leaves, 4)).toThrow('a Parquet file of 3 rows where 4 were written')
})

test('bytes that are no Parquet file are refused, whatever their length', async () => {
  const { file } = await fileOf({ kind: 'int' }, [1, 2, 3])
  for (let length = 0; length < file.length; length++) expect(() => readFooter([file.subarray(0, length)]), `${length} bytes`).toThrow()
})

test('wherever a file is cut into pieces, it is the same file', async () => {
  const { file } = await fileOf({ kind: 'int' }, [1, 2, 3])
  const footer = readFooter([file])
  for (let cut = 0; cut <= file.length; cut++) {
    const pieces = [file.subarray(0, cut), new Uint8Array(0), file.subarray(cut)]
    expect(readFooter(pieces), `cut at ${cut}`).toEqual(footer)
  }
})

async function metricsOf(type: RowType, values: readonly RowValue[], rowGroupRows = 1_000): Promise<FileMetrics> {
  return (await fileOf(type, values, rowGroupRows)).metrics
}

async function fileOf(type: RowType, values: readonly RowValue[], rowGroupRows = 1_000) {
  const rowType = assignFieldIds(structType([rowField('column', type)]))
  const columns = columnsOf(
    rowType,
    values.map((column) => ({ column })),
  )
  const writer = new ParquetWriter({ rowType, rowGroupRows })
  const tally = new ColumnTally(rowType)
  await writer.write(columns, values.length)
  tally.add(columns)
  const pieces = await writer.finish()
  return { file: concatBytes(pieces), tally, metrics: fileMetrics(pieces, tally.leaves, writer.rowCount) }
}
