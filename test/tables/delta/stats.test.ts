import { describe, expect, test } from 'vitest'
import { assignFieldIds, rowField, structType, type RowType } from '../../../src/columns/row-type.ts'
import type { BoundValue } from '../../../src/parquet/file-metrics.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { statsText } from '../../../src/tables/delta/stats.ts'

function statsOf(type: RowType, lower: BoundValue, upper: BoundValue, nanCount = 0): string {
  const rowType = assignFieldIds(structType([rowField('c', type)]))
  const column = { fieldId: 1, compressedBytes: 1, valueCount: 2, nullCount: 1, nanCount, lower, upper }
  return statsText(rowType, { rowCount: 2, sizeBytes: 1, splitOffsets: [], columns: [column] })
}

const text = (value: string): Uint8Array => utf8Bytes(value)
const long = 'x'.repeat(40)

describe('bounds are never narrower than the values', () => {
  for (const [what, type, lower, upper, expected] of [
    [
      'int64 extremes',
      { kind: 'long' },
      -(2n ** 63n),
      2n ** 63n - 1n,
      '"minValues":{"c":-9223372036854775808},"maxValues":{"c":9223372036854775807}',
    ],
    [
      'decimals as exact numbers',
      { kind: 'decimal', precision: 38, scale: 2 },
      -5n,
      10n ** 37n,
      `"minValues":{"c":-0.05},"maxValues":{"c":1${'0'.repeat(35)}.00}`,
    ],
    [
      'timestamps down and up to the millisecond',
      { kind: 'timestamp', isUtc: true },
      -1n,
      1_001n,
      '"minValues":{"c":"1969-12-31T23:59:59.999Z"},"maxValues":{"c":"1970-01-01T00:00:00.002Z"}',
    ],
    [
      'timestamps without zone',
      { kind: 'timestamp', isUtc: false },
      0n,
      0n,
      '"minValues":{"c":"1970-01-01T00:00:00.000"},"maxValues":{"c":"1970-01-01T00:00:00.000"}',
    ],
    [
      'the end of year 9999 has no bound that a reader could parse',
      { kind: 'timestamp', isUtc: true },
      0n,
      253_402_300_799_999_999n,
      '"minValues":{"c":"1970-01-01T00:00:00.000Z"},"maxValues":{}',
    ],
    ['dates', { kind: 'date' }, -719_162, 2_932_896, '"minValues":{"c":"0001-01-01"},"maxValues":{"c":"9999-12-31"}'],
    [
      'long strings are cut, the upper one above itself',
      { kind: 'string' },
      text(long),
      text(long),
      `"minValues":{"c":"${'x'.repeat(32)}"},"maxValues":{"c":"${'x'.repeat(32)}\u007F"}`,
    ],
    [
      'strings cut before a character above ASCII',
      { kind: 'string' },
      text(`${'x'.repeat(32)}é`),
      text(`${'x'.repeat(32)}é`),
      `"minValues":{"c":"${'x'.repeat(32)}"},"maxValues":{"c":"${'x'.repeat(32)}\u{10ffff}"}`,
    ],
    [
      'a bound cut inside a character is left out',
      { kind: 'string' },
      Uint8Array.of(0xc3),
      Uint8Array.of(0xc3),
      '"minValues":{},"maxValues":{}',
    ],
    ['infinity is no JSON number', { kind: 'double' }, -Infinity, 1.5, '"minValues":{},"maxValues":{"c":1.5}'],
    ['bytes and booleans have no bounds', { kind: 'binary' }, text('a'), text('b'), '"minValues":{},"maxValues":{}'],
  ] as const satisfies readonly (readonly [string, RowType, BoundValue, BoundValue, string])[])
    test(what, () => expect(statsOf(type, lower, upper)).toContain(expected))

  test('a NaN is above every upper bound', () => {
    expect(statsOf({ kind: 'double' }, 1, 2, 1)).toContain('"minValues":{"c":1},"maxValues":{}')
  })
})

test('statistics stop after the first 32 leaves, and nest as the schema does', () => {
  const nested = rowField('s', structType([rowField('x', { kind: 'long' })]))
  const rowType = assignFieldIds(structType([nested, ...Array.from({ length: 40 }, (_, index) => rowField(`c${index}`, { kind: 'long' }))]))
  const columns = Array.from({ length: 42 }, (_, index) => ({
    fieldId: index + 1,
    compressedBytes: 1,
    valueCount: 1,
    nullCount: 0,
    lower: 1n,
    upper: 1n,
  }))
  const stats = JSON.parse(statsText(rowType, { rowCount: 1, sizeBytes: 1, splitOffsets: [], columns })) as {
    nullCount: { [column: string]: unknown }
  }
  expect(stats.nullCount['s']).toEqual({ x: 0 })
  expect(Object.keys(stats.nullCount)).toHaveLength(32)
})
