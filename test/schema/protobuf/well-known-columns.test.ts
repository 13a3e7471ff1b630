import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import { encodeProtobuf } from '../../../src/schema/protobuf/json/json-encoding.ts'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'
import { WireWriter } from '../../../src/schema/protobuf/wire/wire-writer.ts'
import type { JsonValue } from '../../../src/shared/json.ts'
import { decodeRows } from './read-rows.ts'

const schemas = new Map<string, ProtobufSchema>()

/** A message of one field `a` of a bundled type. */
function schemaOf(typeName: string, options = ''): ProtobufSchema {
  const known = schemas.get(typeName + options)
  if (known) return known
  const files = [
    'google/protobuf/timestamp',
    'google/protobuf/duration',
    'google/protobuf/wrappers',
    'google/protobuf/struct',
    'google/protobuf/empty',
    'google/protobuf/any',
    'google/protobuf/field_mask',
    'google/type/date',
    'google/type/timeofday',
    'google/type/decimal',
    'confluent/meta',
    'confluent/type/decimal',
  ]
  const text = `syntax = "proto3"; ${files.map((file) => `import "${file}.proto";`).join(' ')} message M { ${typeName} a = 1${options}; } message Nothing {}`
  const schema = parseProtobuf({ text, references: [] })
  schemas.set(typeName + options, schema)
  return schema
}

const columnOf = (schema: ProtobufSchema, record: Uint8Array): unknown => decodeRows(schema.compileDecoder(), [record])[0]?.['a']
const fromJson = (schema: ProtobufSchema, a: JsonValue): unknown => columnOf(schema, encodeProtobuf(schema.linked, { a }))
/** The bytes of the field's message, given in hex. */
const fromHex = (schema: ProtobufSchema, hex: string): unknown => {
  const content = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  return columnOf(schema, Buffer.concat([Buffer.from([0x0a, content.length]), content]))
}

/** A Timestamp or Duration, however far out of its bounds. */
function timeHex(seconds: bigint, nanos: number): string {
  const writer = new WireWriter()
  writer.tag(1, 0)
  writer.varint(seconds)
  writer.tag(2, 0)
  writer.varint(BigInt(nanos))
  return Buffer.from(writer.finish()).toString('hex')
}

describe('a Timestamp is microseconds since the epoch, rounded down', () => {
  const schema = schemaOf('google.protobuf.Timestamp')
  for (const [text, micros] of [
    ['1970-01-01T00:00:00Z', 0n],
    ['1970-01-01T00:00:00.000000999Z', 0n],
    ['1969-12-31T23:59:59.999999999Z', -1n],
    ['1969-12-31T23:59:59.999Z', -1_000n],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000_000n],
    ['9999-12-31T23:59:59.999999999Z', 253_402_300_799_999_999n],
    ['2024-02-29T12:30:45.123456+02:00', 1_709_202_645_123_456n],
  ] as const)
    test(text, () => expect(fromJson(schema, text)).toBe(micros))

  test('any within the bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }), fc.nat(999_999_999), (seconds, nanos) => {
        expect(fromHex(schema, timeHex(BigInt(seconds), nanos))).toBe(BigInt(seconds) * 1_000_000n + BigInt(Math.floor(nanos / 1_000)))
      }),
      { numRuns: 300 },
    )
  })

  for (const [seconds, nanos, reason] of [
    [253_402_300_800n, 0, 'a Timestamp is within the years 0001 and 9999'],
    [-62_135_596_801n, 0, 'a Timestamp is within the years 0001 and 9999'],
    [2n ** 63n - 1n, 0, 'a Timestamp is within the years 0001 and 9999'],
    [-(2n ** 63n), 0, 'a Timestamp is within the years 0001 and 9999'],
    [0n, 1_000_000_000, 'the nanos of a Timestamp are 0 to 999,999,999'],
    [0n, -1, 'the nanos of a Timestamp are 0 to 999,999,999'],
  ] as const)
    test(`${seconds} s and ${nanos} ns are refused`, () =>
      expect(() => fromHex(schema, timeHex(seconds, nanos))).toThrow(new RecordError('$.a', reason)))

  test('another wire type is refused', () =>
    expect(() => fromHex(schema, '0a 00')).toThrow(new RecordError('$.a.seconds', 'expected int64, got a length and bytes')))

  test('parts are merged, and unknown fields skipped', () => {
    expect(columnOf(schema, Buffer.from('0a020805 0a0510e8071801'.replaceAll(' ', ''), 'hex'))).toBe(5_000_001n)
  })
})

describe('a Duration is microseconds, rounded down', () => {
  const schema = schemaOf('google.protobuf.Duration')
  for (const [text, micros] of [
    ['0s', 0n],
    ['1.5s', 1_500_000n],
    ['-0.000000001s', -1n],
    ['-1.5s', -1_500_000n],
    ['315576000000s', 315_576_000_000_000_000n],
    ['-315576000000.999999999s', -315_576_000_001_000_000n],
  ] as const)
    test(text, () => expect(fromJson(schema, text)).toBe(micros))

  for (const [seconds, nanos, reason] of [
    [315_576_000_001n, 0, 'a Duration is within 10,000 years'],
    [-315_576_000_001n, 0, 'a Duration is within 10,000 years'],
    [1n, -1, 'seconds and nanos of a Duration have the same sign'],
    [-1n, 1, 'seconds and nanos of a Duration have the same sign'],
    [0n, -1_000_000_000, 'the nanos of a Duration are below one second'],
  ] as const)
    test(`${seconds} s and ${nanos} ns are refused`, () =>
      expect(() => fromHex(schema, timeHex(seconds, nanos))).toThrow(new RecordError('$.a', reason)))
})

describe('Struct, Value and ListValue are the JSON they stand for', () => {
  const json = (schema: ProtobufSchema, a: JsonValue): unknown => JSON.parse(fromJson(schema, a) as string)

  test('any JSON object, list or value', () => {
    const value = fc.jsonValue({ maxDepth: 5 }).map((item) => JSON.parse(JSON.stringify(item)) as JsonValue)
    const object = fc.dictionary(fc.string(), value)
    for (const [typeName, items] of [
      ['google.protobuf.Value', value],
      ['google.protobuf.Struct', object],
      ['google.protobuf.ListValue', fc.array(value)],
    ] as const)
      fc.assert(
        fc.property(items as fc.Arbitrary<JsonValue>, (item) => {
          expect(json(schemaOf(typeName), item)).toEqual(JSON.parse(JSON.stringify(item)))
        }),
      )
  })

  for (const [name, typeName, hex, text] of [
    [
      'keys keep their order, and __proto__ is one',
      'Struct',
      '0a 0f 0a 09 5f5f70726f746f5f5f 12 02 20 01 0a 05 0a 01 31 12 00',
      '{"__proto__":true,"1":null}',
    ],
    ['of two entries of a key the last counts', 'Struct', '0a 07 0a 01 78 12 02 20 01 0a 07 0a 01 78 12 02 20 00', '{"x":false}'],
    ['the last kind of a value counts', 'Value', '1a 01 78 20 01', 'true'],
    ['lists side by side are one', 'Value', '32 04 0a 02 20 01 32 04 0a 02 20 00', '[true,false]'],
    ['unless something else stood between', 'Value', '32 04 0a 02 20 01 20 01 32 04 0a 02 20 00', '[false]'],
    ['structs side by side are one', 'Value', '2a 05 0a 03 0a 01 61 2a 05 0a 03 0a 01 62', '{"a":null,"b":null}'],
    ['a value of no kind is null', 'Value', '', 'null'],
    ['an entry without key and value', 'Struct', '0a 00', '{"":null}'],
    ['the parts of an entry are merged', 'Struct', '0a 0f 0a 01 78 12 04 32 02 0a 00 12 04 32 02 0a 00', '{"x":[null,null]}'],
  ] as const)
    test(name, () => expect(fromHex(schemaOf(`google.protobuf.${typeName}`), hex)).toBe(text))

  for (const [name, typeName, hex, message] of [
    ['a number that JSON does not have', 'Value', '11 000000000000f87f', '$.a: a Value that is not a finite number has no JSON form'],
    ['a string that is not UTF-8', 'Value', '1a 01 ff', '$.a.string_value: a string is not valid UTF-8'],
    ['a bad value that a later one overrides', 'Value', '1a 01 ff 20 01', '$.a.string_value: a string is not valid UTF-8'],
    ['a key that is not UTF-8', 'Struct', '0a 03 0a 01 ff', '$.a.fields[0].key: a string is not valid UTF-8'],
    ['another wire type', 'Value', '08 00 0a 00', '$.a.null_value: expected enum google.protobuf.NullValue, got a length and bytes'],
  ] as const)
    test(`${name} is refused`, () => {
      expect(() => fromHex(schemaOf(`google.protobuf.${typeName}`), hex)).toThrow(message)
    })

  test('nesting has a bound, and merging at every level costs no more than its bytes', () => {
    const schema = schemaOf('google.protobuf.ListValue')
    const nested = (levels: number, parts: number): Buffer => {
      let list: Buffer = Buffer.alloc(0)
      for (let level = 0; level < levels; level++) {
        const part = wrap(0x32, list)
        list = wrap(0x0a, Buffer.concat(Array.from({ length: parts }, (_, index) => (index === 0 ? part : Buffer.from('3200', 'hex')))))
      }
      return list
    }
    expect(() => columnOf(schema, wrap(0x0a, nested(100, 1)))).toThrow('nested deeper than 64')
    expect(columnOf(schema, wrap(0x0a, nested(25, 4)))).toBe(`${'['.repeat(26)}${']'.repeat(26)}`)
  })
})

test('a JSON text has a bound', () => {
  const list = Buffer.from('0a00'.repeat(1_000_001), 'hex')
  expect(() => columnOf(schemaOf('google.protobuf.ListValue'), wrap(0x0a, list))).toThrow('$.a: more than 1000000 values in one JSON text')
})

function wrap(tag: number, content: Buffer): Buffer {
  const length: number[] = []
  let rest = content.length
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from([tag, ...length, rest]), content])
}

describe('other well-known types', () => {
  for (const [typeName, json, column] of [
    ['google.protobuf.Int64Value', '0', 0n],
    ['google.protobuf.Int64Value', null, null],
    ['google.protobuf.UInt64Value', '18446744073709551615', 18446744073709551615n],
    ['google.protobuf.StringValue', '', ''],
    ['google.protobuf.BoolValue', false, false],
    ['google.protobuf.DoubleValue', 'NaN', Number.NaN],
    ['google.protobuf.BytesValue', 'AAE=', '0001'],
    ['google.protobuf.FieldMask', 'user.displayName,photo', 'user.displayName,photo'],
    ['google.protobuf.FieldMask', '', ''],
    ['google.protobuf.Empty', {}, true],
    ['google.protobuf.Empty', null, null],
    ['Nothing', {}, '{}'],
    ['google.type.Date', { year: 2024, month: 2, day: 29 }, 19_782],
    ['google.type.Date', { year: 1, month: 1, day: 1 }, -719_162],
    ['google.type.Date', { year: 9999, month: 12, day: 31 }, 2_932_896],
    ['google.type.TimeOfDay', { hours: 23, minutes: 5, seconds: 9, nanos: 1_999 }, '23:05:09.000001'],
    ['google.type.TimeOfDay', {}, '00:00:00.000000'],
    ['google.type.TimeOfDay', { hours: 24 }, '24:00:00.000000'],
    ['google.type.Decimal', { value: '-12.50' }, '-12.50'],
    ['google.type.Decimal', { value: '1e3' }, '1000'],
    ['google.type.Decimal', { value: '.5e-2' }, '0.005'],
    ['google.type.Decimal', {}, '0'],
    ['confluent.type.Decimal', { value: '/w==', scale: 2 }, '-0.01'],
    ['confluent.type.Decimal', { value: 'AP8=', scale: -1 }, '2550'],
    ['confluent.type.Decimal', {}, '0'],
  ] as const)
    test(`${typeName} ${JSON.stringify(json)}`, () => expect(fromJson(schemaOf(typeName), json as JsonValue)).toEqual(column))

  const META = ' [(confluent.field_meta) = { params: [{ key: "precision", value: "5" }, { key: "scale", value: "2" }] }]'
  for (const [typeName, json, column] of [
    ['google.type.Decimal', { value: '-123.45' }, -12345n],
    ['google.type.Decimal', { value: '1e2' }, 10000n],
    ['google.type.Decimal', { value: '1.500' }, 150n],
    ['confluent.type.Decimal', { value: 'fw==', scale: 1 }, 1270n],
  ] as const)
    test(`${typeName} ${JSON.stringify(json)} of precision 5 and scale 2`, () =>
      expect(fromJson(schemaOf(typeName, META), json)).toBe(column))

  for (const [typeName, options, json, message] of [
    ['google.type.Date', '', { year: 2023, month: 2, day: 29 }, 'month 2 of year 2023 has no day 29'],
    ['google.type.Date', '', { month: 2, day: 1 }, 'year 0, month 2, day 1 is not a whole date'],
    ['google.type.TimeOfDay', '', { hours: 24, minutes: 1 }, '24:1:0:0 is not a time of day'],
    ['google.type.TimeOfDay', '', { seconds: -1 }, '0:0:-1:0 is not a time of day'],
    ['google.type.Decimal', '', { value: '1.2.3' }, 'expected a decimal number, got "1.2.3"'],
    ['google.type.Decimal', '', { value: '1e999999' }, 'a decimal has more than 1000 digits'],
    ['google.type.Decimal', META, { value: '1.234' }, '1.234 does not fit a decimal of precision 5 and scale 2'],
    ['google.type.Decimal', META, { value: '1000' }, '1000 does not fit a decimal of precision 5 and scale 2'],
    ['confluent.type.Decimal', '', { value: 'AQ==', scale: 1_000_000 }, 'a decimal has more than 1000 digits'],
  ] as const)
    test(`${typeName} ${JSON.stringify(json)} is refused`, () =>
      expect(() => fromJson(schemaOf(typeName, options), json)).toThrow(new RecordError('$.a', message)))
})
