import { createFileRegistry, fromBinary, toJson, type DescMessage } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import fc from 'fast-check'
import protobufjs from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import { descriptorBytes } from '../../../src/schema/protobuf/descriptor/to-descriptor.ts'
import { decodeProtobuf } from '../../../src/schema/protobuf/json/json-encoding.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'
import { decodeRows } from './read-rows.ts'
import { expectedRow, protobufjsObject, protoText, schemaWithValues, type MessageModel, type MessageValue } from './schema-arbitrary.ts'

function encodeWithProtobufjs(text: string, objects: readonly object[]): Uint8Array[] {
  const type = protobufjs.parse(text, { keepCase: true }).root.lookupType('M')
  return objects.map((object) => type.encode(type.fromObject(object as Record<string, unknown>)).finish())
}

function esMessage(text: string): DescMessage {
  const file = fromBinary(FileDescriptorProtoSchema, descriptorBytes(parseProtobuf({ text, references: [] }).linked, 'm.proto'))
  const message = createFileRegistry(file, () => undefined).getMessage('M')
  if (!message) throw new Error('protobuf-es does not see the message')
  return message
}

/** Maps have no order: pairs are compared by their keys. */
function sortPairs(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sortPairs)
    const isMap = items.length > 0 && items.every((item) => Array.isArray(item) && item.length === 2)
    return isMap ? (items as [unknown, unknown][]).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) : items
  }
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, sortPairs(item)]))
}

function expectRows(model: MessageModel, values: readonly MessageValue[]): void {
  const text = protoText(model)
  const records = encodeWithProtobufjs(
    text,
    values.map((value) => protobufjsObject(model, value)),
  )
  const rows = decodeRows(parseProtobuf({ text, references: [] }).compileDecoder(), records)
  expect(rows.map(sortPairs)).toEqual(values.map((value) => sortPairs(expectedRow(model, value))))
}

describe('a record of any schema becomes the row that the mapping says', () => {
  test('when protobufjs wrote it', () => {
    fc.assert(
      fc.property(schemaWithValues, ({ model, values }) => expectRows(model, values)),
      { numRuns: 150 },
    )
  })

  test('and reads as protobuf-es reads it', () => {
    fc.assert(
      fc.property(schemaWithValues, ({ model, values }) => {
        const text = protoText(model)
        const message = esMessage(text)
        const { linked } = parseProtobuf({ text, references: [] })
        for (const record of encodeWithProtobufjs(
          text,
          values.map((value) => protobufjsObject(model, value)),
        )) {
          // As text, because JSON writes -0 as 0; in single precision, because a float may be written in several ways.
          const asText = (value: unknown): unknown =>
            JSON.parse(JSON.stringify(value), (_, item: unknown) => (typeof item === 'number' ? Math.fround(item) : item))
          expect(asText(decodeProtobuf(linked, record))).toEqual(asText(toJson(message, fromBinary(message, record))))
        }
      }),
      { numRuns: 100 },
    )
  })
})

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(' ', ''), 'hex')

function rowOf(text: string, record: string): unknown {
  return decodeRows(parseProtobuf({ text, references: [] }).compileDecoder(), [hex(record)])[0]
}

const IN_MESSAGE = (fields: string): string =>
  `syntax = "proto3"; message M { ${fields} message N { int32 x = 1; repeated int32 y = 2; N2 n = 3; message N2 { string s = 1; } } }`

describe('the wire format is read as every implementation reads it', () => {
  for (const [name, fields, record, row] of [
    ['fields come in any order', 'int32 a = 1; string b = 2;', '12 01 78 08 05', { a: 5n, b: 'x' }],
    ['the last of two scalars counts', 'int32 a = 1;', '08 05 08 06', { a: 6n }],
    ['the last of two strings counts', 'string a = 1;', '0a 01 78 0a 01 79', { a: 'y' }],
    ['two parts of a message are merged', 'N a = 1;', '0a 04 08 05 10 01 0a 04 08 06 10 02', { a: { x: 6n, y: [1n, 2n], n: null } }],
    ['parts of parts are merged', 'N a = 1;', '0a 05 1a 03 0a 01 78 0a 02 1a 00', { a: { x: 0n, y: [], n: { s: 'x' } } }],
    ['items packed and unpacked are one list', 'repeated int32 a = 1;', '08 01 0a 02 02 03 08 04', { a: [1n, 2n, 3n, 4n] }],
    ['doubles packed and unpacked too', 'repeated double a = 1;', '09 000000000000f03f 0a 08 0000000000000040', { a: [1, 2] }],
    ['an empty packed field is no item', 'repeated int32 a = 1;', '0a 00', { a: [] }],
    [
      'unknown fields of all types are skipped',
      'int32 a = 1;',
      '10 05 19 0102030405060708 22 01 ff 2b 08 01 2c 35 01020304 08 07',
      { a: 7n },
    ],
    ['groups in an unknown group are skipped', 'int32 a = 1;', '13 1b 1c 14 08 07', { a: 7n }],
    ['the last member of a oneof counts', 'oneof o { int32 a = 1; string b = 2; }', '08 05 12 01 78', { a: null, b: 'x' }],
    ['a default in a oneof is set', 'oneof o { int32 a = 1; string b = 2; }', '08 00', { a: 0n, b: null }],
    ['a oneof discards a message', 'oneof o { N a = 1; int32 b = 2; }', '0a 02 08 05 10 06', { a: null, b: 6n }],
    [
      'what comes back to a oneof is new',
      'oneof o { N a = 1; int32 b = 2; }',
      '0a 02 08 05 10 06 0a 02 10 01',
      { a: { x: 0n, y: [1n], n: null }, b: null },
    ],
    [
      'members that repeat are merged',
      'oneof o { N a = 1; int32 b = 2; }',
      '0a 02 08 05 0a 02 10 01',
      { a: { x: 5n, y: [1n], n: null }, b: null },
    ],
    [
      'of two entries of a key the last counts',
      'map<string, int32> a = 1;',
      '0a 05 0a 01 78 10 01 0a 05 0a 01 78 10 02',
      { a: [['x', 2n]] },
    ],
    ['keys are compared by value', 'map<int32, int32> a = 1;', '0a 04 08 01 10 01 0a 05 08 81 00 10 02', { a: [[1n, 2n]] }],
    ['an entry may lack its key and its value', 'map<string, N> a = 1;', '0a 00', { a: [['', { x: 0n, y: [], n: null }]] }],
    ['value may come before key', 'map<string, int32> a = 1;', '0a 05 10 02 0a 01 78', { a: [['x', 2n]] }],
    ['an entry may have its key twice', 'map<string, int32> a = 1;', '0a 08 0a 01 78 0a 01 79 10 02', { a: [['y', 2n]] }],
    ['an entry may have unknown fields', 'map<string, int32> a = 1;', '0a 05 0a 01 78 18 01', { a: [['x', 0n]] }],
    ['int32 keeps the low half', 'int32 a = 1;', '08 ff ff ff ff 1f', { a: -1n }],
    ['a negative int32 has ten bytes', 'int32 a = 1;', '08 fe ff ff ff ff ff ff ff ff 01', { a: -2n }],
    ['int64 has both halves', 'int64 a = 1;', '08 80 80 80 80 80 80 80 80 80 01', { a: -(2n ** 63n) }],
    ['uint64 goes beyond int64', 'uint64 a = 1;', '08 ff ff ff ff ff ff ff ff ff 01', { a: 2n ** 64n - 1n }],
    ['sint64 zigzags', 'sint64 a = 1;', '08 ff ff ff ff ff ff ff ff ff 01', { a: -(2n ** 63n) }],
    ['sint32 zigzags', 'sint32 a = 1;', '08 ff ff ff ff 0f', { a: -(2n ** 31n) }],
    ['any bit makes a boolean true', 'bool a = 1;', '08 80 80 80 80 80 80 80 80 80 01', { a: true }],
    ['a longer varint than needed is the same', 'int32 a = 1;', '88 80 00 85 00', { a: 5n }],
    [
      'an empty record has the defaults',
      'int32 a = 1; N b = 2; repeated N c = 3; bytes d = 4; optional int32 e = 5;',
      '',
      { a: 0n, b: null, c: [], d: '', e: null },
    ],
  ] as const)
    test(name, () => expect(rowOf(IN_MESSAGE(fields), record)).toEqual(row))
})

describe('proto2', () => {
  const text = `message M { required int32 id = 1; optional string name = 2 [default = "nobody"]; optional Kind kind = 3 [default = B];
    repeated group Item = 4 { optional int32 n = 1; } optional group Head = 5 { optional string s = 1; }
    repeated int32 packed = 6 [packed = true]; extensions 100 to 200; enum Kind { A = 1; B = 2; } }
    extend M { optional int32 extra = 100; }`

  test('unset fields are null, and defaults are not made up', () =>
    expect(rowOf(text, '08 01')).toEqual({ id: 1n, name: null, kind: null, packed: [], item: [], head: null }))

  test('groups are structs, and extensions are ignored', () =>
    expect(rowOf(text, '08 01 23 08 07 24 23 24 2b 0a 01 78 2c a0 06 05 32 02 01 02 18 02')).toEqual({
      id: 1n,
      name: null,
      kind: 'B',
      packed: [1n, 2n],
      item: [{ n: 7n }, { n: null }],
      head: { s: 'x' },
    }))

  test('parts of a group are merged', () => {
    const nested = 'message M { optional group G = 1 { optional int32 a = 1; optional int32 b = 2; } }'
    expect(rowOf(nested, '0b 08 01 0c 0b 10 02 0c')).toEqual({ g: { a: 1n, b: 2n } })
  })

  test('a missing required field is an error, at any depth', () => {
    expect(() => rowOf(text, '12 01 78')).toThrow(new RecordError('$.id', 'a required field is missing'))
    const nested = 'message M { repeated N n = 1; message N { required int32 x = 1; } }'
    expect(() => rowOf(nested, '0a 00')).toThrow(new RecordError('$.n.x', 'a required field is missing'))
  })

  test('a required field may come with the second part of its message', () => {
    const nested = 'message M { optional N n = 1; message N { required int32 x = 1; required int32 y = 2; } }'
    expect(rowOf(nested, '0a 02 08 01 0a 02 10 02')).toEqual({ n: { x: 1n, y: 2n } })
  })
})

describe('editions', () => {
  const text = `edition = "2023"; message M { int32 a = 1; int32 b = 2 [features.field_presence = IMPLICIT];
    N n = 3 [features.message_encoding = DELIMITED]; message N { int32 x = 1; } }`

  test('presence and delimited messages follow the features', () => {
    expect(rowOf(text, '')).toEqual({ a: null, b: 0n, n: null })
    expect(rowOf(text, '08 00 1b 08 05 1c')).toEqual({ a: 0n, b: 0n, n: { x: 5n } })
  })
})

describe('a malformed record is refused with its path', () => {
  for (const [name, fields, record, message] of [
    ['a varint that breaks off', 'int32 a = 1;', '08 80', '$.a: the message ends in the middle of a value'],
    ['a varint without end', 'int32 a = 1;', '08 ff ff ff ff ff ff ff ff ff ff 01', '$.a: a varint is longer than 10 bytes'],
    ['a double that breaks off', 'double a = 1;', '09 01 02', '$.a: the message ends in the middle of a value'],
    ['a length beyond the end', 'string a = 1;', '0a 05 61', '$.a: a length reaches beyond the end of the message'],
    ['a length of 2^63', 'string a = 1;', '0a 80 80 80 80 80 80 80 80 80 01', '$.a: a length reaches beyond the end of the message'],
    ['a length of 2^31', 'string a = 1;', '0a 80 80 80 80 08', '$.a: a length reaches beyond the end of the message'],
    ['field number 0', 'int32 a = 1;', '00 01', '$: not a field tag'],
    ['a field number above 2^29', 'int32 a = 1;', '80 80 80 80 10 01', '$: not a field tag'],
    ['wire type 6', 'int32 a = 1;', '16 01', '$: a field tag has a wire type that does not exist'],
    ['wire type 7', 'int32 a = 1;', '0f 01', '$.a: expected int32, got a wire type that does not exist'],
    ['another wire type than the field has', 'int32 a = 1;', '0a 01 61', '$.a: expected int32, got a length and bytes'],
    ['a varint for a message', 'N a = 1;', '08 01', '$.a: expected M.N, got a varint'],
    ['the end of a group that did not start', 'int32 a = 1;', '14', '$: a group does not end where it should'],
    ['a group that ends as another', 'int32 a = 1;', '13 1c', '$: a group does not end where it should'],
    ['a group without end', 'int32 a = 1;', '13 18 01', '$: the message ends in the middle of a value'],
    ['groups nested too deep', 'int32 a = 1;', '13'.repeat(100), '$: nested deeper than 64'],
    ['a string that is not UTF-8', 'N a = 1; string b = 2;', '12 02 c3 28', '$.b: a string is not valid UTF-8'],
    ['an overlong encoding', 'string b = 2;', '12 02 c0 80', '$.b: a string is not valid UTF-8'],
    ['a surrogate', 'string b = 2;', '12 03 ed a0 80', '$.b: a string is not valid UTF-8'],
    ['an item deep inside', 'repeated N a = 1;', '0a 00 0a 07 1a 05 0a 03 61 c3 28', '$.a[1].n.s: a string is not valid UTF-8'],
    ['a packed field that breaks off', 'repeated int32 a = 1;', '0a 02 01 80', '$.a[0]: the message ends in the middle of a value'],
    ['a bad string that a later one overrides', 'string b = 2;', '12 01 ff 12 01 61', '$.b: a string is not valid UTF-8'],
    [
      'a bad message that a oneof discards',
      'oneof o { N a = 1; int32 b = 2; }',
      '0a 01 08 10 06',
      '$.a.x: the message ends in the middle of a value',
    ],
    ['two halves that only together are a message', 'N a = 1;', '0a 01 08 0a 01 05', '$.a.x: the message ends in the middle of a value'],
    [
      'a bad entry that a later one overrides',
      'map<int32, string> a = 1;',
      '0a 05 08 01 12 01 ff 0a 05 08 01 12 01 61',
      '$.a[0].value: a string is not valid UTF-8',
    ],
  ] as const)
    test(name, () =>
      expect(() => rowOf(IN_MESSAGE(fields), record)).toThrow(
        new RecordError(message.slice(0, message.indexOf(': ')), message.slice(message.indexOf(': ') + 2)),
      ),
    )

  test('few bytes cannot fill columns without end', () => {
    const wide = `syntax = "proto3"; message M { repeated N n = 1; message N { ${Array.from({ length: 1_900 }, (_, index) => `int32 f${index} = ${index + 1};`).join(' ')} } }`
    expect(() => rowOf(wide, '0a00'.repeat(10_000))).toThrow('$.n: the record fills more than 8000000 column values')
  })

  test('nor can many items of a list', () => {
    const items = Buffer.concat([Buffer.from('0a81a4e803', 'hex'), Buffer.alloc(8_000_001)])
    const decoder = parseProtobuf({ text: 'syntax = "proto3"; message M { repeated int32 n = 1; }', references: [] }).compileDecoder()
    expect(() => decodeRows(decoder, [items])).toThrow('$.n: the record fills more than 8000000 column values')
  })

  test('a map of many entries takes time in proportion to them', () => {
    const count = 100_000
    const entries = Buffer.concat(
      Array.from({ length: count }, (_, index) => Buffer.from([0x0a, 5, 0x0d, index & 0xff, (index >> 8) & 0xff, 0, 0])),
    )
    const { a } = decodeRows(
      parseProtobuf({ text: 'syntax = "proto3"; message M { map<fixed32, bool> a = 1; }', references: [] }).compileDecoder(),
      [entries],
    )[0] as { a: unknown[] }
    expect(a.length).toBe(65_536)
  })
})
