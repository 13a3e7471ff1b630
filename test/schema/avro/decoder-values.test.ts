import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import type { Plain } from '../../columns/read-columns.ts'
import type { SchemaJson } from './avro-arbitraries.ts'
import { zigzagHex } from './avsc-types.ts'
import { decodeHex, decodeRows } from './decode-rows.ts'
import { logical, logicalFixed, recordOf } from './schemas.ts'

describe('bytes written by hand from the specification', () => {
  for (const [name, schema, hex, value] of [
    ['boolean', 'boolean', '01', true],
    ['int, one byte', 'int', '7f', -64n],
    ['int, the smallest', 'int', 'ffffffff0f', -(2n ** 31n)],
    ['int, the largest', 'int', 'feffffff0f', 2n ** 31n - 1n],
    ['long, five bytes', 'long', '8080808010', 2n ** 31n],
    ['long, the smallest', 'long', 'ffffffffffffffffff01', -(2n ** 63n)],
    ['long, the largest', 'long', 'feffffffffffffffff01', 2n ** 63n - 1n],
    ['long, with a needless byte', 'long', '8200', 1n],
    ['float', 'float', '0000c03f', 1.5],
    ['double', 'double', '000000000000f8bf', -1.5],
    ['double NaN', 'double', '000000000000f87f', NaN],
    ['string', 'string', '06666f6f', 'foo'],
    ['string, empty', 'string', '00', ''],
    ['string, not ASCII', 'string', '04c3a9', 'é'],
    ['bytes', 'bytes', '0400ff', '00ff'],
    ['fixed', { type: 'fixed', name: 'F', size: 3 }, '010203', '010203'],
    ['fixed of no bytes', { type: 'fixed', name: 'F', size: 0 }, '', ''],
    ['enum', { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] }, '04', 'C'],
    ['array', { type: 'array', items: 'long' }, '04063600', [3n, 27n]],
    ['array in two blocks', { type: 'array', items: 'long' }, '0206023600', [3n, 27n]],
    ['array with a block size', { type: 'array', items: 'long' }, '0304063600', [3n, 27n]],
    ['array of null', { type: 'array', items: 'null' }, '0400', [null, null]],
    ['map', { type: 'map', values: 'long' }, '0202610200', [['a', 1n]]],
    ['map of null', { type: 'map', values: 'null' }, '02026100', [['a', null]]],
    ['union, null first', ['null', 'string'], '020261', 'a'],
    ['union, null', ['null', 'string'], '00', null],
    ['union, null last', ['string', 'null'], '02', null],
    ['union of one type', ['string'], '000261', 'a'],
    ['record without fields', { type: 'record', name: 'R', fields: [] }, '', '{}'],
    ['record of nulls', recordOf(['a', 'null'], ['__proto__', 'null']), '', '{"a":null,"__proto__":null}'],
  ] as const satisfies [string, SchemaJson, string, Plain][])
    test(name, () => expect(decodeHex(schema, hex)).toEqual(value))

  test('null alone is no column and no bytes', () => {
    expect(decodeRows(recordOf(['a', 'null'], ['b', 'int']), [Buffer.of(2)])).toEqual([{ b: 1n }])
    expect(decodeRows('null', [Buffer.of()])).toEqual([])
  })

  test('the same named type in two places', () => {
    const point = recordOf(['x', 'int'])
    const schema = {
      type: 'record',
      name: 'Line',
      fields: [
        { name: 'from', type: point },
        { name: 'to', type: ['null', 'R'] },
      ],
    }
    expect(decodeRows(schema, [Buffer.from('020204', 'hex'), Buffer.from('0200', 'hex')])).toEqual([
      { from: { x: 1n }, to: { x: 2n } },
      { from: { x: 1n }, to: null },
    ])
  })
})

describe('logical types', () => {
  for (const [name, schema, hex, value] of [
    ['date', logical('int', 'date'), 'd6fb02', 24_299],
    ['the first date', logical('int', 'date'), zigzagHex(-719_162n), -719_162],
    ['time-millis', logical('int', 'time-millis'), zigzagHex(86_399_999n), '23:59:59.999000'],
    ['time-micros', logical('long', 'time-micros'), zigzagHex(86_399_999_999n), '23:59:59.999999'],
    ['time-micros at midnight', logical('long', 'time-micros'), '00', '00:00:00.000000'],
    ['timestamp-millis', logical('long', 'timestamp-millis'), zigzagHex(1_700_000_000_123n), 1_700_000_000_123_000n],
    ['timestamp-millis before 1970', logical('long', 'timestamp-millis'), zigzagHex(-1n), -1000n],
    ['timestamp-millis, the first', logical('long', 'timestamp-millis'), zigzagHex(-62_135_596_800_000n), -62_135_596_800_000_000n],
    ['timestamp-millis, the last', logical('long', 'timestamp-millis'), zigzagHex(253_402_300_799_999n), 253_402_300_799_999_000n],
    ['timestamp-micros, the first', logical('long', 'timestamp-micros'), zigzagHex(-62_135_596_800_000_000n), -62_135_596_800_000_000n],
    ['timestamp-micros, the last', logical('long', 'timestamp-micros'), zigzagHex(253_402_300_799_999_999n), 253_402_300_799_999_999n],
    ['timestamp-nanos', logical('long', 'timestamp-nanos'), zigzagHex(1_999n), 1n],
    ['timestamp-nanos floors', logical('long', 'timestamp-nanos'), zigzagHex(-1n), -1n],
    ['timestamp-nanos, the smallest', logical('long', 'timestamp-nanos'), zigzagHex(-(2n ** 63n)), -9_223_372_036_854_776n],
    ['timestamp-nanos, the largest', logical('long', 'timestamp-nanos'), zigzagHex(2n ** 63n - 1n), 9_223_372_036_854_775n],
    ['local-timestamp-millis', logical('long', 'local-timestamp-millis'), zigzagHex(1n), 1000n],
    ['duration', logicalFixed(12, 'duration'), '0100000002000000ffffffff', { months: 1n, days: 2n, millis: 4_294_967_295n }],
    [
      'uuid as text',
      logical('string', 'uuid'),
      '48' + Buffer.from('123E4567-e89b-12d3-a456-426614174000').toString('hex'),
      '123E4567-e89b-12d3-a456-426614174000',
    ],
    ['uuid as 16 bytes', logicalFixed(16, 'uuid'), '123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-426614174000'],
    ['decimal', logical('bytes', 'decimal', { precision: 4, scale: 2 }), '040102', 258n],
    ['decimal, negative', logical('bytes', 'decimal', { precision: 4, scale: 2 }), '02ff', -1n],
    ['decimal, with needless sign bytes', logical('bytes', 'decimal', { precision: 4 }), `2c${'00'.repeat(20)}0102`, 258n],
    ['decimal on fixed', logicalFixed(8, 'decimal', { precision: 18 }), 'fffffffffffffffe', -2n],
    ['decimal of 39 digits', logical('bytes', 'decimal', { precision: 39, scale: 1 }), `${zigzagHex(17n)}7f${'ff'.repeat(16)}`, undefined],
    ['decimal of 40 digits', logical('bytes', 'decimal', { precision: 40, scale: 2 }), '0209', '0.09'],
    ['big-decimal', logical('bytes', 'big-decimal'), '080404d206', '1.234'],
    ['an unknown logical type', logical('long', 'moon-phase'), '02', 1n],
    ['a logical type on the wrong base', logical('string', 'date'), '0261', 'a'],
    ['a decimal without precision', logical('bytes', 'decimal'), '0201', '01'],
    ['a decimal wider than its fixed', logicalFixed(2, 'decimal', { precision: 5 }), '0102', '0102'],
  ] as const satisfies [string, SchemaJson, string, Plain | undefined][])
    test(name, () => {
      if (value === undefined) expect(() => decodeHex(schema, hex)).toThrow(RecordError)
      else expect(decodeHex(schema, hex)).toEqual(value)
    })

  test('beside a plain type name in a field', () => {
    const schema = { type: 'record', name: 'R', fields: [{ name: 'at', type: 'long', logicalType: 'timestamp-millis' }] }
    expect(decodeRows(schema, [Buffer.of(2)])).toEqual([{ at: 1000n }])
  })

  test('decimals of every width are exact, and one more than the precision is refused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 38 }),
        fc.bigInt({ min: -(10n ** 39n), max: 10n ** 39n }),
        fc.nat(3),
        (precision, value, padding) => {
          const schema = logical('bytes', 'decimal', { precision })
          const limit = 10n ** BigInt(precision)
          for (const unscaled of [value % limit, limit - 1n, 1n - limit])
            expect(decodeHex(schema, decimalHex(unscaled, padding))).toBe(unscaled)
          for (const unscaled of [limit, -limit, limit * 7n])
            expect(() => decodeHex(schema, decimalHex(unscaled, padding))).toThrow(RecordError)
        },
      ),
    )
  })
})

/** bytes of a big-endian two's complement number, with so many needless bytes. */
function decimalHex(unscaled: bigint, padding: number): string {
  let size = 1
  while (BigInt.asIntN(size * 8, unscaled) !== unscaled) size++
  size += padding
  return (
    zigzagHex(BigInt(size)) +
    BigInt.asUintN(size * 8, unscaled)
      .toString(16)
      .padStart(size * 2, '0')
  )
}
