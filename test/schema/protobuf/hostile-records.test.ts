import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowBuilder } from '../../../src/columns/row-builder.ts'
import { RecordError } from '../../../src/schema/language.ts'
import { encodeProtobuf } from '../../../src/schema/protobuf/json/json-encoding.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'
import { checkMessage } from '../../../src/schema/protobuf/wire/check-message.ts'
import { decodeDynamic } from '../../../src/schema/protobuf/wire/decode-dynamic.ts'

const schema = parseProtobuf({
  text: `
    syntax = "proto3";
    import "google/protobuf/wrappers.proto";
    message M {
      int64 a = 1; string b = 2; double c = 3; repeated int32 d = 4; N e = 5; map<string, N> f = 6; repeated N g = 7;
      oneof o { N h = 8; string i = 9; bool j = 10; }
      optional sint64 k = 11; fixed32 l = 12; map<int32, bytes> m = 13; google.protobuf.StringValue n = 14; repeated string p = 15;
      message N { string s = 1; N2 t = 2; repeated fixed64 u = 3; message N2 { bytes x = 1; Kind y = 2; } }
      enum Kind { A = 0; B = 1; }
    }`,
  references: [],
})
const message = { a: '-5', b: 'text', c: 1.5, d: [1, -2, 300], e: { s: 'in', t: { x: 'AAEC', y: 'B' }, u: ['1', '2'] } }
const record = encodeProtobuf(schema.linked, {
  ...message,
  f: { x: { s: 'ü' }, y: {} },
  g: [{ s: '1' }, {}],
  h: { s: 'one' },
  k: '-1',
  l: 7,
  m: { 1: '' },
  n: 'w',
  p: ['', 'q'],
})

const decoder = schema.compileDecoder()
const row = rowBuilder(decoder.rowType)
const decode = decoder.bind(row.fields)

/** Whether the record was taken; whatever else is thrown than a RecordError fails the test. */
function isTaken(bytes: Uint8Array): boolean {
  try {
    decode(bytes, 0, bytes.length)
    row.appendPresent()
    return true
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    row.truncate(row.length)
    return false
  }
}

function isWellFormed(walk: () => void): boolean {
  try {
    walk()
    return true
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    return false
  }
}

/** Three readers of ours, written apart: the generated one, the one that finds paths and the one that builds values. */
function expectSameVerdict(bytes: Uint8Array): void {
  const type = schema.linked.main.messages[0]
  if (!type) throw new Error('no message')
  const verdict = isTaken(bytes)
  expect(isWellFormed(() => checkMessage(type, bytes, 0, bytes.length))).toBe(verdict)
  expect(isWellFormed(() => decodeDynamic(type, bytes))).toBe(verdict)
}

describe('hostile bytes are refused with a RecordError and leave the columns as they were', () => {
  test('every truncated prefix gets one verdict from every reader', () => {
    expect(isTaken(record)).toBe(true)
    for (let length = 0; length < record.length; length++) expectSameVerdict(record.subarray(0, length))
    row.truncate(0)
  })

  test('every flipped bit', () => {
    for (let bit = 0; bit < record.length * 8; bit++) {
      const bytes = Uint8Array.from(record)
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
      expectSameVerdict(bytes)
    }
    row.truncate(0)
  })

  test('random bytes', () => {
    const piece = fc.constantFrom(
      0x08,
      0x12,
      0x19,
      0x22,
      0x2a,
      0x32,
      0x3a,
      0x42,
      0x4a,
      0x50,
      0x58,
      0x65,
      0x6a,
      0x72,
      0x7a,
      0x00,
      0x02,
      0x80,
      0x13,
      0x14,
    )
    const byte = fc.oneof(piece, fc.nat(8), fc.nat(255))
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 60 }), (bytes) => expectSameVerdict(Uint8Array.from(bytes))),
      { numRuns: 3_000 },
    )
    row.truncate(0)
  })

  test('pieces of a record put together at will', () => {
    const span = fc.tuple(fc.nat(record.length), fc.nat(40)).map(([start, length]) => record.subarray(start, start + length))
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => expectSameVerdict(Buffer.concat(spans))),
      { numRuns: 2_000 },
    )
  })

  test('a refused record in between changes no row', () => {
    row.truncate(0)
    const bad = record.subarray(0, record.length - 1)
    for (const bytes of [record, bad, record, bad]) isTaken(bytes)
    const mixed = row.finish()
    for (const bytes of [record, record]) isTaken(bytes)
    expect(mixed).toEqual(row.finish())
  })
})
