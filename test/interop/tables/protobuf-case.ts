import { bytes, decimal, double, int64Max, int64Min, map, timestamp, type Value } from '../support/notation.ts'
import type { TableCase } from './table-case.ts'

const schema = `syntax = "proto3";
package interop;

import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

message Everything {
  bool flag = 1;
  int32 small = 2;
  sint64 large = 3;
  uint64 unsigned = 4;
  float single = 5;
  double real = 6;
  bytes raw = 7;
  string text = 8;
  Colour colour = 9;
  optional int64 maybe = 10;
  oneof choice {
    string by_name = 11;
    int64 by_number = 12;
  }
  repeated string tags = 13;
  map<string, double> scores = 14;
  map<int32, Count> counts = 15;
  Place place = 16;
  repeated Leg legs = 17;
  google.protobuf.Timestamp at = 18;
  google.protobuf.Duration took = 19;
  google.protobuf.Int64Value boxed = 20;
  google.protobuf.Struct anything = 21;
  fixed32 fixed = 22;

  enum Colour {
    COLOUR_NONE = 0;
    COLOUR_RED = 1;
  }
  message Place {
    double lat = 1;
    optional string name = 2;
    Inner inner = 3;
    message Inner {
      int64 depth = 1;
    }
  }
  message Leg {
    string from = 1;
    google.protobuf.Timestamp at = 2;
    repeated bytes marks = 3;
  }
  message Count {
    int64 hits = 1;
  }
}
`

/** What a message without a field reads as: zero where the field has no presence, null where it has. */
const nothing: { readonly [name: string]: Value } = {
  flag: false,
  small: 0,
  large: 0,
  unsigned: decimal('0'),
  single: 0,
  real: 0,
  raw: bytes(''),
  text: '',
  colour: 'COLOUR_NONE',
  maybe: null,
  by_name: null,
  by_number: null,
  tags: [],
  scores: map({}),
  counts: { $map: [] },
  place: null,
  legs: [],
  at: null,
  took: null,
  boxed: null,
  anything: null,
  fixed: 0,
}

/** `value` is in Protobuf's own JSON. */
function record(what: string, value: { readonly [name: string]: Value }, row: { readonly [name: string]: Value }) {
  return { what, value, row: { ...nothing, ...row } }
}

export const protobufCase: TableCase = {
  topic: 'protobuf_everything',
  language: 'PROTOBUF',
  schema,
  columns: {
    flag: 'boolean',
    small: 'long',
    large: 'long',
    unsigned: 'decimal(20,0)',
    single: 'double',
    real: 'double',
    raw: 'binary',
    text: 'string',
    colour: 'string',
    maybe: 'long',
    by_name: 'string',
    by_number: 'long',
    tags: 'list<string>',
    scores: 'map<string, double>',
    counts: 'map<long, struct<hits: long>>',
    place: 'struct<lat: double, name: string, inner: struct<depth: long>>',
    legs: 'list<struct<from: string, at: timestamptz, marks: list<binary>>>',
    at: 'timestamptz',
    took: 'long',
    boxed: 'long',
    anything: 'string',
    fixed: 'long',
  },
  records: [
    record(
      'something of everything',
      {
        flag: true,
        small: 7,
        large: '-8000000000',
        unsigned: '18446744073709551615',
        single: 0.5,
        real: 0.1,
        raw: 'AP8=',
        text: 'zwölf Boxkämpfer 🥊 \u0000\n',
        colour: 'COLOUR_RED',
        maybe: '0',
        by_name: '',
        tags: ['a', ''],
        scores: { '': 0, b: 1.5 },
        counts: { '-1': { hits: '1' } },
        place: { lat: -90, name: 'South Pole', inner: { depth: '2835' } },
        legs: [{ from: 'AMS', at: '2024-02-29T00:00:00.123456789Z', marks: ['AQ==', ''] }, {}],
        at: '1969-12-31T23:59:59.999999Z',
        took: '1.5s',
        boxed: '0',
        anything: { a: [1, null, 'x'] },
        fixed: 4_294_967_295,
      },
      {
        flag: true,
        small: 7,
        large: -8_000_000_000,
        unsigned: decimal('18446744073709551615'),
        single: 0.5,
        real: 0.1,
        raw: bytes('00ff'),
        text: 'zwölf Boxkämpfer 🥊 \u0000\n',
        colour: 'COLOUR_RED',
        maybe: 0,
        by_name: '',
        tags: ['a', ''],
        scores: map({ '': 0, b: 1.5 }),
        counts: { $map: [[-1, { hits: 1 }]] },
        place: { lat: -90, name: 'South Pole', inner: { depth: 2835 } },
        legs: [
          { from: 'AMS', at: timestamp('2024-02-29T00:00:00.123456Z'), marks: [bytes('01'), bytes('')] },
          { from: '', at: null, marks: [] },
        ],
        at: timestamp('1969-12-31T23:59:59.999999Z'),
        took: 1_500_000,
        boxed: 0,
        anything: '{"a":[1,null,"x"]}',
        fixed: 4_294_967_295,
      },
    ),
    record(
      'the largest',
      {
        small: 2_147_483_647,
        large: String(int64Max),
        maybe: String(int64Max),
        by_number: String(int64Max),
        single: 3.4028234663852886e38,
        real: Number.MAX_VALUE,
        at: '9999-12-31T23:59:59.999999999Z',
        boxed: String(int64Max),
      },
      {
        small: 2_147_483_647,
        large: int64Max,
        maybe: int64Max,
        by_number: int64Max,
        single: 3.4028234663852886e38,
        real: Number.MAX_VALUE,
        at: timestamp('9999-12-31T23:59:59.999999Z'),
        boxed: int64Max,
      },
    ),
    record(
      'the smallest',
      { small: -2_147_483_648, large: String(int64Min), maybe: String(int64Min), real: Number.MIN_VALUE, at: '0001-01-01T00:00:00Z' },
      { small: -2_147_483_648, large: int64Min, maybe: int64Min, real: Number.MIN_VALUE, at: timestamp('0001-01-01T00:00:00.000000Z') },
    ),
    record('no field', {}, {}),
    record('no number', { single: 'NaN', real: 'NaN' }, { single: double('NaN'), real: double('NaN') }),
    record('beyond numbers', { single: 'Infinity', real: '-Infinity' }, { single: double('Infinity'), real: double('-Infinity') }),
    record('minus zero', { single: '-0', real: '-0' }, { single: double('-0'), real: double('-0') }),
    record(
      'messages that are empty and not absent',
      { place: { inner: {} }, anything: {}, took: '0s' },
      { place: { lat: 0, name: null, inner: { depth: 0 } }, anything: '{}', took: 0 },
    ),
    { what: 'a tombstone', value: null },
  ],
}
