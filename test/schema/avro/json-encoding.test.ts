import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeAvro, encodeAvro } from '../../../src/schema/avro/json-encoding.ts'
import { parseAvro } from '../../../src/schema/avro/parse.ts'
import { RecordError } from '../../../src/schema/language.ts'
import type { JsonValue } from '../../../src/shared/json.ts'
import { samples, type SchemaJson } from './avro-arbitraries.ts'
import { avscType, zigzagHex } from './avsc-types.ts'
import { logical, logicalFixed, recordOf } from './schemas.ts'

function schemaOf(schema: SchemaJson): ReturnType<typeof parseAvro> {
  return parseAvro({ text: JSON.stringify(schema), references: [] })
}

function encodedHex(schema: SchemaJson, value: JsonValue): string {
  return Buffer.from(encodeAvro(schemaOf(schema), value)).toString('hex')
}

function decoded(schema: SchemaJson, hex: string): JsonValue {
  return decodeAvro(schemaOf(schema), Buffer.from(hex, 'hex'))
}

const record = (name: string, ...fields: [name: string, type: SchemaJson][]): SchemaJson => ({
  type: 'record',
  name,
  fields: fields.map(([field, type]) => ({ name: field, type })),
})

describe('JSON and bytes stand for each other', () => {
  for (const [name, schema, value, hex] of [
    ['null', 'null', null, ''],
    ['boolean', 'boolean', true, '01'],
    ['int', 'int', -64, '7f'],
    ['long', 'long', 9007199254740991, 'feffffffffffff1f'],
    ['long beyond 2^53', 'long', -(2n ** 63n), 'ffffffffffffffffff01'],
    ['float', 'float', 1.5, '0000c03f'],
    ['double', 'double', -1.5, '000000000000f8bf'],
    ['NaN', 'double', 'NaN', '000000000000f87f'],
    ['infinity', 'float', '-Infinity', '000080ff'],
    ['string', 'string', 'é', '04c3a9'],
    ['bytes', 'bytes', '\u0000\u00ff', '0400ff'],
    ['fixed', { type: 'fixed', name: 'F', size: 2 }, '\u0001\u0080', '0180'],
    ['enum', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B', '02'],
    ['array', { type: 'array', items: 'int' }, [1, 2], '04020400'],
    ['array, empty', { type: 'array', items: 'int' }, [], '00'],
    ['map', { type: 'map', values: 'int' }, { a: 1 }, '0202610200'],
    ['record', recordOf(['a', 'int'], ['b', ['null', 'string']]), { a: 1, b: null }, '0200'],
    ['a field called __proto__', recordOf(['__proto__', 'int']), JSON.parse('{"__proto__":1}') as JsonValue, '02'],
    ['union, plain', ['null', 'string', 'int'], 'a', '020261'],
    ['union, plain number', ['null', 'string', 'int'], 1, '0402'],
    ['union, where the plain form would be another branch', ['int', 'double'], { double: 1 }, '02000000000000f03f'],
    ['union, a float that no int is', ['int', 'double'], 1.5, '02000000000000f83f'],
    ['union of records told apart by their fields', [record('A', ['a', 'int']), record('B', ['b', 'int'])], { b: 1 }, '0202'],
    ['union of records alike', [record('A', ['a', 'int']), record('x.B', ['a', 'int'])], { 'x.B': { a: 1 } }, '0202'],
    ['union, a map that looks like a named branch', [{ type: 'map', values: 'int' }, 'int'], { map: { int: 1 } }, '000206696e740200'],
    ['date', logical('int', 'date'), '2026-07-31', zigzagHex(20_665n)],
    ['date before 1970', logical('int', 'date'), '0001-01-01', zigzagHex(-719_162n)],
    ['time-millis', logical('int', 'time-millis'), '23:59:59.999', zigzagHex(86_399_999n)],
    ['time-micros', logical('long', 'time-micros'), '00:00:00.000001', '02'],
    ['timestamp-millis', logical('long', 'timestamp-millis'), '2023-11-14T22:13:20.123Z', zigzagHex(1_700_000_000_123n)],
    ['timestamp-micros before 1970', logical('long', 'timestamp-micros'), '1969-12-31T23:59:59.999999Z', '01'],
    ['timestamp-nanos', logical('long', 'timestamp-nanos'), '1970-01-01T00:00:00.000000001Z', '02'],
    ['local-timestamp-millis', logical('long', 'local-timestamp-millis'), '1970-01-01T00:00:00.001', '02'],
    ['a timestamp beyond 9999 as its number', logical('long', 'timestamp-millis'), 253_402_300_800_000, zigzagHex(253_402_300_800_000n)],
    ['decimal', logical('bytes', 'decimal', { precision: 5, scale: 2 }), '-1.50', '04ff6a'],
    ['decimal on fixed', logicalFixed(3, 'decimal', { precision: 5 }), '258', '000102'],
    ['big-decimal', logical('bytes', 'big-decimal'), '1.234', '080404d206'],
    [
      'uuid',
      logical('string', 'uuid'),
      '123e4567-e89b-12d3-a456-426614174000',
      `48${Buffer.from('123e4567-e89b-12d3-a456-426614174000').toString('hex')}`,
    ],
    ['uuid on fixed', logicalFixed(16, 'uuid'), '123e4567-e89b-12d3-a456-426614174000', '123e4567e89b12d3a456426614174000'],
    ['duration', logicalFixed(12, 'duration'), { months: 1, days: 2, millis: 4294967295 }, '0100000002000000ffffffff'],
  ] as const satisfies [string, SchemaJson, JsonValue, string][])
    test(name, () => {
      expect(encodedHex(schema, value)).toBe(hex)
      expect(decoded(schema, hex)).toStrictEqual(value)
    })
})

describe('other forms that are read', () => {
  for (const [name, schema, value, hex] of [
    ['a named branch', recordOf(['a', ['null', 'long']]), { a: { long: 1 } }, '0202'],
    ['an integer for a double', 'double', 1, '000000000000f03f'],
    ['a large integer for a double', 'double', 2n ** 64n, '000000000000f043'],
    ['a number for a date', logical('int', 'date'), 1, '02'],
    ['a number for a timestamp', logical('long', 'timestamp-millis'), 1, '02'],
    ['a timestamp with an offset', logical('long', 'timestamp-millis'), '1970-01-01T02:00:00.001+02:00', '02'],
    ['a timestamp with a space and no fraction', logical('long', 'timestamp-millis'), '1970-01-01 00:00:01Z', 'd00f'],
    ['a fraction with trailing zeros', logical('long', 'timestamp-millis'), '1970-01-01T00:00:00.001000000Z', '02'],
    ['a time without seconds', logical('int', 'time-millis'), '00:01', zigzagHex(60_000n)],
    ['a number for a decimal', logical('bytes', 'decimal', { precision: 5, scale: 2 }), 1.5, '040096'],
    ['a decimal with an exponent', logical('bytes', 'decimal', { precision: 5, scale: 2 }), '15e-1', '040096'],
    ['a decimal with needless zeros', logical('bytes', 'decimal', { precision: 3, scale: 1 }), '1.500', '020f'],
    ['text in a union of a date', ['null', logical('int', 'date')], '1970-01-02', '0202'],
  ] as const satisfies [string, SchemaJson, JsonValue, string][])
    test(name, () => expect(encodedHex(schema, value)).toBe(hex))
})

describe('a missing field takes its default, which stands in the form of the specification', () => {
  for (const [name, type, fallback, hex] of [
    ['number', 'int', 1, '02'],
    ['null of a union', ['null', 'int'], null, '00'],
    ['second branch of a union', ['null', 'int'], 7, '020e'],
    ['bytes of a decimal', logical('bytes', 'decimal', { precision: 5, scale: 2 }), '\u0001', '0201'],
    ['number of a date', logical('int', 'date'), 3, '06'],
    ['text of a double', 'double', 'NaN', '000000000000f87f'],
    ['record with a default inside', { type: 'record', name: 'I', fields: [{ name: 'x', type: 'int', default: 5 }] }, {}, '0a'],
    ['array', { type: 'array', items: 'int' }, [1], '020200'],
  ] as const satisfies [string, SchemaJson, unknown, string][])
    test(name, () => expect(encodedHex({ type: 'record', name: 'R', fields: [{ name: 'f', type, default: fallback }] }, {})).toBe(hex))

  test('also where the record stands beside others', () => {
    const schema = {
      type: 'record',
      name: 'R',
      fields: [
        { name: 'at', type: logical('int', 'date'), default: 3 },
        { name: 'on', type: logical('int', 'date') },
      ],
    }
    expect(encodedHex(schema, { on: '1970-01-02' })).toBe('0602')
  })

  test('and a default that holds itself ends with an error', () => {
    const schema = { type: 'record', name: 'R', fields: [{ name: 'r', type: 'R', default: {} }] }
    expect(() => encodedHex(schema, {})).toThrow('expected a value of at most 64 levels')
  })
})

describe('what does not fit is refused with its path', () => {
  const decimal = logical('bytes', 'decimal', { precision: 3, scale: 1 })
  for (const [schema, value, message] of [
    [recordOf(['payload', recordOf2('size', 'long')]), { payload: { size: '12k' } }, '$.payload.size: expected long, got string "12k"'],
    [
      recordOf(['a', { type: 'array', items: { type: 'map', values: 'int' } }]),
      { a: [{}, { 'k"': null }] },
      '$.a[1]["k\\""]: expected int, got null',
    ],
    ['int', 2147483648, '$: expected int, got number 2147483648'],
    ['long', 2n ** 63n, '$: expected long, got number 9223372036854775808'],
    ['long', 1e300, '$: expected long, got number 1e+300'],
    ['float', 1e300, '$: expected float, got number 1e+300'],
    ['string', 1, '$: expected string, got number 1'],
    ['string', '\ud800', '$: expected string, got string "\\ud800"'],
    ['bytes', '\u0100', '$: expected bytes as text of code points up to 255, got string "\u0100"'],
    [{ type: 'fixed', name: 'F', size: 2 }, 'a', '$: expected fixed F of 2 bytes, got 1'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'C', '$: expected one of A, B, got string "C"'],
    [['null', 'int'], 'x', '$: expected null or int, got string "x"'],
    [recordOf(['a', 'int']), {}, '$.a: expected a value, got none, and the schema has no default'],
    [recordOf(['a', 'int']), { a: 1, b: 2 }, '$: expected the fields of record R, got "b" as well'],
    [recordOf(['a', 'int']), [], '$: expected record R, got an array'],
    [logical('int', 'date'), '2026-02-30', '$: expected a date such as "2026-01-31", got string "2026-02-30"'],
    [logical('int', 'date'), '0000-01-01', '$: expected a date such as "2026-01-31", got string "0000-01-01"'],
    [logical('int', 'time-millis'), '24:00', '$: expected a time such as "23:59:59.999", no finer than its unit, got string "24:00"'],
    [
      logical('int', 'time-millis'),
      '00:00:00.0001',
      '$: expected a time such as "23:59:59.999", no finer than its unit, got string "00:00:00.0001"',
    ],
    [
      logical('long', 'timestamp-millis'),
      '2026-01-01T00:00:00',
      '$: expected a timestamp such as "2026-01-31T23:59:59.999Z", no finer than its unit, got string "2026-01-01T00:00:00"',
    ],
    [
      logical('long', 'local-timestamp-millis'),
      '2026-01-01T00:00:00Z',
      '$: expected a timestamp without a zone such as "2026-01-31T23:59:59.999", no finer than its unit, got string "2026-01-01T00:00:00Z"',
    ],
    [decimal, '1.25', '$: expected decimal(3,1), got string "1.25"'],
    [decimal, '1000', '$: expected decimal(3,1), got string "1000"'],
    [decimal, 'x', '$: expected decimal(3,1), got string "x"'],
    [logical('string', 'uuid'), 'x', '$: expected a UUID, got string "x"'],
    [
      logicalFixed(12, 'duration'),
      { months: 1, days: -1, millis: 0 },
      '$: expected a duration {"months", "days", "millis"} of numbers from 0 to 4294967295, got an object',
    ],
    ['int', 'x'.repeat(100), `$: expected int, got string "${'x'.repeat(40)}…"`],
  ] as const satisfies [SchemaJson, JsonValue, string][])
    test(message, () => expect(() => encodedHex(schema, value)).toThrow(message))

  function recordOf2(name: string, type: SchemaJson): SchemaJson {
    return record('Inner', [name, type])
  }
})

describe('hostile bytes', () => {
  for (const [name, schema, hex, message] of [
    ['2^31 nulls', { type: 'array', items: 'null' }, 'feffffff0f00', '$: expected at most 1000 items that take no bytes'],
    ['2^40 ints', { type: 'array', items: 'int' }, '80808080804000', '$: expected 1099511627776 items of at least 1 byte each, got 1 byte'],
    [
      'a list deeper than the limit',
      { type: 'record', name: 'L', fields: [{ name: 'n', type: ['null', 'L'] }] },
      `${'02'.repeat(100)}00`,
      'expected a value of at most 64 levels, got a deeper one',
    ],
    ['bytes behind the value', 'int', '0200', '$: expected the end of the value, got 1 byte more'],
    [
      'text that is not UTF-8',
      recordOf(['m', { type: 'map', values: 'string' }]),
      '02026102ff00',
      '$.m["a"]: expected UTF-8 text, got other bytes: "\ufffd"',
    ],
    [
      'an enum out of range',
      { type: 'array', items: { type: 'enum', name: 'E', symbols: ['A'] } },
      '04000200',
      '$[1]: expected enum symbol 0 to 0, got 1',
    ],
    [
      'a big-decimal of a huge scale',
      logical('bytes', 'big-decimal'),
      `0e0201${zigzagHex(2_147_483_647n)}`,
      'expected a big-decimal of scale up to 1000',
    ],
  ] as const satisfies [string, SchemaJson, string, string][])
    test(name, () => expect(() => decoded(schema, hex)).toThrow(message))

  test('records of nothing that hold each other 2^40 times', () => {
    const level = (depth: number): SchemaJson =>
      depth === 40
        ? 'null'
        : {
            type: 'record',
            name: `L${depth}`,
            fields: [
              { name: 'a', type: level(depth + 1) },
              { name: 'b', type: depth === 39 ? 'null' : `L${depth + 1}` },
            ],
          }
    expect(() => decoded(level(0), '')).toThrow('expected a value of at most')
  })
})

describe('held against avsc', () => {
  test('what avsc encodes is decoded to JSON and encoded to the same bytes', () => {
    fc.assert(
      fc.property(samples, ({ schema, rows }) => {
        const parsed = schemaOf(schema)
        for (const { value } of rows) {
          const bytes = avscType(schema).toBuffer(value)
          expect(Buffer.from(encodeAvro(parsed, decodeAvro(parsed, bytes)))).toEqual(bytes)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('truncated and random bytes are a RecordError or a value', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ maxLength: 40 }), ({ schema, rows }, noise) => {
        const parsed = schemaOf(schema)
        const bytes = avscType(schema).toBuffer(rows[0]?.value)
        for (let end = 0; end < bytes.length; end++) expect(() => decodeAvro(parsed, bytes.subarray(0, end))).toThrow(RecordError)
        try {
          decodeAvro(parsed, noise)
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('a recursive type of several branches comes back', () => {
    const tree = {
      type: 'record',
      name: 'Tree',
      fields: [
        { name: 'value', type: ['null', 'string', 'long'] },
        { name: 'children', type: { type: 'array', items: 'Tree' } },
      ],
    }
    const value = {
      value: 'root',
      children: [
        { value: 1, children: [] },
        { value: null, children: [{ value: '', children: [] }] },
      ],
    }
    const bytes = avsc.Type.forSchema(tree as never).toBuffer(value)
    expect(decodeAvro(schemaOf(tree), bytes)).toEqual(value)
    expect(Buffer.from(encodeAvro(schemaOf(tree), value))).toEqual(bytes)
  })
})
