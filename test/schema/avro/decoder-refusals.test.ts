import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import type { SchemaJson } from './avro-arbitraries.ts'
import { longAsBigint, zigzagHex } from './avsc-types.ts'
import { decodeHex } from './decode-rows.ts'
import { logical, logicalFixed, recordOf } from './schemas.ts'

describe('what is not a value is refused with its path and the reason', () => {
  const decimal = logical('bytes', 'decimal', { precision: 4, scale: 2 })
  for (const [name, schema, hex, message] of [
    ['boolean 2', 'boolean', '02', '$: expected boolean (0 or 1), got byte 2'],
    ['boolean missing', 'boolean', '', '$: expected boolean, got the end of the value'],
    ['int of 33 bits', 'int', '8080808020', '$: expected int, got 4294967296, which needs more than 32 bits'],
    ['int of six bytes', 'int', '808080808000', '$: expected int, got 0, which needs more than 32 bits'],
    ['long of eleven bytes', 'long', '8080808080808080808000', '$: expected a number, got one of more than 64 bits'],
    ['long of 65 bits', 'long', 'ffffffffffffffffff02', '$: expected a number, got one of more than 64 bits'],
    ['long cut off', 'long', '8080', '$: expected a number, got the end of the value'],
    ['float cut off', 'float', '000000', '$: expected float of 4 bytes, got 3'],
    ['double cut off', 'double', '00000000000000', '$: expected double of 8 bytes, got 7'],
    ['string longer than the value', 'string', '0a6162', '$: expected 5 bytes, got 2'],
    ['string of 2^40 bytes', 'string', '808080808040', '$: expected 1099511627776 bytes, got 0'],
    ['string of -1 bytes', 'string', '01', '$: expected a length, got -1'],
    ['string that is not UTF-8', 'string', '0461ff', '$: expected UTF-8 text, got other bytes: "a\ufffd"'],
    ['string with a surrogate', 'string', '06eda080', '$: expected UTF-8 text, got other bytes: "\ufffd\ufffd\ufffd"'],
    ['fixed cut off', { type: 'fixed', name: 'F', size: 2 }, '00', '$: expected fixed of 2 bytes, got 1'],
    ['enum out of range', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, '04', '$: expected enum symbol 0 to 1, got 2'],
    ['enum below 0', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, '01', '$: expected enum symbol 0 to 1, got -1'],
    ['union out of range', ['null', 'int'], '04', '$: expected union branch 0 to 1, got 2'],
    ['more bytes than the value', 'int', '0202', '$: expected the end of the value, got 1 byte more'],
    ['in a field', recordOf(['a', innerRecord('b', 'boolean')]), '07', '$.a.b: expected boolean (0 or 1), got byte 7'],
    [
      'in an item',
      recordOf(['a', { type: 'array', items: innerRecord('b', 'boolean') }]),
      '0601000700',
      '$.a[2].b: expected boolean (0 or 1), got byte 7',
    ],
    [
      'in a later block',
      recordOf(['a', { type: 'array', items: 'boolean' }]),
      '0201020900',
      '$.a[1]: expected boolean (0 or 1), got byte 9',
    ],
    [
      'under a key',
      recordOf(['m', { type: 'map', values: ['null', 'boolean'] }]),
      '02046b310207',
      '$.m["k1"]: expected boolean (0 or 1), got byte 7',
    ],
    [
      'in nested lists',
      { type: 'array', items: { type: 'array', items: 'boolean' } },
      '0402010004010900',
      '$[1][1]: expected boolean (0 or 1), got byte 9',
    ],
    [
      'after a list',
      recordOf(['a', { type: 'array', items: 'int' }], ['b', 'boolean']),
      '02020003',
      '$.b: expected boolean (0 or 1), got byte 3',
    ],
    ['at the end', recordOf(['a', 'int']), '020202', '$: expected the end of the value, got 2 bytes more'],
    [
      'block larger than what is left',
      { type: 'array', items: 'int' },
      '080202',
      '$: expected 4 items of at least 1 byte each, got 2 bytes',
    ],
    [
      'block of doubles larger than what is left',
      { type: 'array', items: 'double' },
      `04${'00'.repeat(15)}`,
      '$: expected 2 items of at least 8 bytes each, got 15 bytes',
    ],
    [
      'block size too small',
      { type: 'array', items: 'int' },
      '0302020200',
      '$: expected items that fill the stated size of their block, got 1 byte too many',
    ],
    [
      'block size too large',
      { type: 'array', items: 'int' },
      '0106020400',
      '$: expected items that fill the stated size of their block, got 2 bytes too few',
    ],
    ['block size beyond the value', { type: 'array', items: 'int' }, '017e02', '$: expected 63 bytes, got 1'],
    [
      'smallest count',
      { type: 'array', items: 'int' },
      'ffffffffffffffffff0100',
      '$: expected 9223372036854776000 items of at least 1 byte each, got 0 bytes',
    ],
    [
      '2^31 nulls',
      { type: 'array', items: 'null' },
      'feffffff0f00',
      '$: expected at most 1000 items that take no bytes, got a block of 2147483647',
    ],
    [
      '2^40 nulls',
      { type: 'array', items: 'null' },
      '80808080804000',
      '$: expected at most 1000 items that take no bytes, got a block of 1099511627776',
    ],
    [
      '2^31 empty records',
      { type: 'array', items: { type: 'record', name: 'R', fields: [] } },
      'feffffff0f00',
      '$: expected at most 1000 items that take no bytes, got a block of 2147483647',
    ],
    [
      'date beyond 9999',
      logical('int', 'date'),
      zigzagHex(2_932_897n),
      '$: expected a date in the years 0001 to 9999, got day 2932897 since 1970',
    ],
    [
      'date before 0001',
      logical('int', 'date'),
      zigzagHex(-719_163n),
      '$: expected a date in the years 0001 to 9999, got day -719163 since 1970',
    ],
    [
      'time-millis of a day',
      logical('int', 'time-millis'),
      zigzagHex(86_400_000n),
      '$: expected a time of day in milliseconds, got 86400000',
    ],
    ['time-micros below 0', logical('long', 'time-micros'), '01', '$: expected a time of day in microseconds, got -1'],
    [
      'timestamp-millis beyond 9999',
      logical('long', 'timestamp-millis'),
      zigzagHex(253_402_300_800_000n),
      '$: expected a timestamp in the years 0001 to 9999, got 253402300800000 milliseconds since 1970',
    ],
    [
      'timestamp-millis of int64',
      logical('long', 'timestamp-millis'),
      zigzagHex(2n ** 63n - 1n),
      '$: expected a timestamp in the years 0001 to 9999, got 9223372036854775807 milliseconds since 1970',
    ],
    [
      'timestamp-micros beyond 9999',
      logical('long', 'timestamp-micros'),
      zigzagHex(253_402_300_800_000_000n),
      '$: expected a timestamp in the years 0001 to 9999, got 253402300800000000 microseconds since 1970',
    ],
    [
      'timestamp-micros before 0001',
      logical('long', 'timestamp-micros'),
      zigzagHex(-62_135_596_800_000_001n),
      '$: expected a timestamp in the years 0001 to 9999, got -62135596800000001 microseconds since 1970',
    ],
    ['uuid that is none', logical('string', 'uuid'), '046162', '$: expected a UUID such as 123e4567-e89b-12d3-a456-426614174000, got "ab"'],
    ['decimal too wide', decimal, '042710', '$: expected decimal(4,2), got 100.00'],
    ['decimal far too wide', decimal, `${zigzagHex(70n)}7f${'00'.repeat(69)}`, '$: expected decimal(4,2), got a number of 70 bytes'],
    [
      'decimal of 2^127',
      logical('bytes', 'decimal', { precision: 38 }),
      `220080${'00'.repeat(15)}`,
      '$: expected decimal(38,0), got 170141183460469231731687303715884105728',
    ],
    ['decimal of no bytes', decimal, '00', '$: expected a decimal of at least 1 byte, got none'],
    [
      'big-decimal with a huge scale',
      logical('bytes', 'big-decimal'),
      '0e0201' + zigzagHex(2_147_483_647n),
      '$: expected a big-decimal of scale up to 1000, got scale 2147483647',
    ],
    ['big-decimal with more behind', logical('bytes', 'big-decimal'), '0802010000', '$: expected a big-decimal of 4 bytes, got 1 more'],
    ['duration cut off', logicalFixed(12, 'duration'), '00'.repeat(11), '$: expected duration of 12 bytes, got 11'],
  ] as const satisfies [string, SchemaJson, string, string][])
    test(name, () =>
      expect(() => decodeHex(schema, hex)).toThrow(
        new RecordError(message.split(': ')[0] as string, message.slice(message.indexOf(': ') + 2)),
      ),
    )

  test('zero-byte items are counted over the whole value', () => {
    const schema = { type: 'array', items: { type: 'array', items: 'null' } }
    const inner = zigzagHex(600n) + '00'
    expect(decodeHex(schema, `02${inner}00`)).toHaveLength(1)
    expect(() => decodeHex(schema, `04${inner}${inner}00`)).toThrow('expected at most 1000 items that take no bytes')
  })

  test('few bytes cannot grow into many columns of many rows', () => {
    const wide = { type: 'record', name: 'Wide', fields: Array.from({ length: 1000 }, (_, index) => ({ name: `f${index}`, type: 'int' })) }
    const schema = { type: 'array', items: ['null', wide] }
    const nulls = Buffer.concat([longAsBigint.toBuffer(30_000n), Buffer.alloc(30_001)])
    expect(() => decodeHex(schema, nulls.toString('hex'))).toThrow('got 30000 items of 1001 columns')
  })

  test('a long piece of text is quoted only in part', () => {
    const bytes = Buffer.alloc(1000, 'a')
    bytes[999] = 0xff
    expect(() => decodeHex('string', `${zigzagHex(1000n)}${bytes.toString('hex')}`)).toThrow(`"${'a'.repeat(40)}…"`)
  })
})

function innerRecord(name: string, type: SchemaJson): SchemaJson {
  return { type: 'record', name: 'Inner', fields: [{ name, type }] }
}
