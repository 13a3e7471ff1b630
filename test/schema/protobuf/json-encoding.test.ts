import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import { decodeProtobuf, encodeProtobuf } from '../../../src/schema/protobuf/json/json-encoding.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'
import { hasMessageAt } from '../../../src/schema/protobuf/message-indexes.ts'
import type { JsonValue } from '../../../src/shared/json.ts'

const { linked } = parseProtobuf({
  text: `syntax = "proto3"; package p;
    import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto"; import "google/protobuf/wrappers.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/field_mask.proto";
    message M {
      int32 some_int = 1; int64 big = 2; uint64 ubig = 3; float f = 4; double d = 5; bool b = 6; string s = 7; bytes y = 8; E e = 9;
      optional int32 o = 10; repeated int32 r = 11; map<int32, string> m = 12; map<bool, N> n = 13; N sub = 14; oneof x { int32 x1 = 15; string x2 = 16; }
      google.protobuf.Timestamp at = 17; google.protobuf.Duration took = 18; google.protobuf.Int64Value w = 19; google.protobuf.Value v = 20;
      google.protobuf.FieldMask mask = 21; google.protobuf.NullValue nothing = 22; M self = 23;
    }
    message N { string t = 1; message Deep { int32 z = 1; } } enum E { A = 0; B = 1; }`,
  references: [],
})
const roundTrip = (value: JsonValue): unknown => JSON.parse(JSON.stringify(decodeProtobuf(linked, encodeProtobuf(linked, value))))

describe('what JSON may write in several ways comes back in one', () => {
  for (const [written, read] of [
    [{ some_int: 5 }, { someInt: 5 }],
    [{ someInt: '5' }, { someInt: 5 }],
    [{ someInt: 5.0 }, { someInt: 5 }],
    [{ someInt: '1e2' }, { someInt: 100 }],
    [{ someInt: null }, {}],
    [{ someInt: 0, s: '', b: false, y: '', e: 'A' }, {}],
    [
      { o: 0, sub: {}, w: '0' },
      { o: 0, sub: {}, w: '0' },
    ],
    [
      { big: 9007199254740993n, ubig: '18446744073709551615' },
      { big: '9007199254740993', ubig: '18446744073709551615' },
    ],
    [
      { f: 0.1, d: -0.1 },
      { f: 0.1, d: -0.1 },
    ],
    [
      { f: 'Infinity', d: 'NaN' },
      { f: 'Infinity', d: 'NaN' },
    ],
    [{ y: '-_8=' }, { y: '+/8=' }],
    [{ e: 1 }, { e: 'B' }],
    [{ e: 7 }, { e: 7 }],
    [{ r: [], m: {} }, {}],
    [
      { m: { '-1': 'x' }, n: { true: {} } },
      { m: { '-1': 'x' }, n: { true: {} } },
    ],
    [{ at: '2024-01-01T01:00:00+01:00' }, { at: '2024-01-01T00:00:00Z' }],
    [{ took: '-3.100s' }, { took: '-3.100s' }],
    [{ v: null, nothing: null }, { v: null }],
    [{ v: { a: [1, 'x', { b: null }] } }, { v: { a: [1, 'x', { b: null }] } }],
    [{ mask: 'aB,c' }, { mask: 'aB,c' }],
    [{ self: { self: { x2: '' } } }, { self: { self: { x2: '' } } }],
  ] as const)
    test(
      JSON.stringify(written, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)),
      () => expect(roundTrip(written as unknown as JsonValue)).toEqual(read),
    )
})

describe('JSON that does not fit is refused with its path', () => {
  for (const [value, message] of [
    [{ unknown: 1 }, '$.unknown: p.M has no such field'],
    [{ someInt: 1.5 }, '$.someInt: expected int32, got 1.5'],
    [{ someInt: 2147483648 }, '$.someInt: expected int32, got 2147483648'],
    [{ someInt: 'x' }, '$.someInt: expected int32, got "x"'],
    [{ someInt: true }, '$.someInt: expected int32, got true'],
    [{ big: '9223372036854775808' }, '$.big: expected int64, got "9223372036854775808"'],
    [{ ubig: -1 }, '$.ubig: expected uint64, got -1'],
    [{ f: 1e39 }, '$.f: expected float, got 1e+39'],
    [{ d: '1e999' }, '$.d: expected double, got "1e999"'],
    [{ b: 'true' }, '$.b: expected bool, got "true"'],
    [{ s: 5 }, '$.s: expected string, got 5'],
    [{ s: '\ud800' }, '$.s: expected string, got "\\ud800"'],
    [{ y: 'no base64!' }, '$.y: expected bytes, got "no base64!"'],
    [{ e: 'C' }, '$.e: expected a value of p.E, got "C"'],
    [{ r: 5 }, '$.r: expected an array'],
    [{ r: [1, 'x'] }, '$.r.1: expected int32, got "x"'],
    [{ m: { x: 'y' } }, '$.m.x: expected int32, got "x"'],
    [{ sub: [] }, '$.sub: expected an object (p.N), got an array'],
    [{ x1: 1, x2: 'y' }, '$.x2: oneof x is set twice'],
    [{ at: '2023-02-30T00:00:00Z' }, '$.at: not the text of a google.protobuf.Timestamp'],
    [{ at: '10000-01-01T00:00:00Z' }, '$.at: not the text of a google.protobuf.Timestamp'],
    [{ took: '1.5' }, '$.took: not the text of a google.protobuf.Duration'],
    [{ mask: 'a_b' }, '$.mask: expected the paths of a FieldMask, got "a_b"'],
    ['x', '$: expected an object (p.M), got "x"'],
  ] as const)
    test(JSON.stringify(value), () => {
      const at = message.indexOf(': ')
      expect(() => encodeProtobuf(linked, value as unknown as JsonValue)).toThrow(
        new RecordError(message.slice(0, at), message.slice(at + 2)),
      )
    })

  test('JSON nested without end', () => {
    let value: JsonValue = {}
    for (let level = 0; level < 10_000; level++) value = { self: value }
    expect(() => encodeProtobuf(linked, value)).toThrow(RecordError)
  })
})

test('a message is there at the indexes of its place, and nowhere else', () => {
  for (const [indexes, isThere] of [
    [[0], true],
    [[1, 0], true],
    [[2], false],
    [[0, 5], false],
    [[1, 0, 0], false],
    [[], false],
  ] as const)
    expect([indexes, hasMessageAt(linked)(indexes, indexes.length)]).toEqual([indexes, isThere])
})
