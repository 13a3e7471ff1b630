import { bytes, date, int64Max, int64Min, map, timestamp, type Value } from '../support/notation.ts'
import type { TableCase } from './table-case.ts'

const properties = {
  flag: { type: 'boolean' },
  whole: { type: 'integer' },
  wide: { type: 'integer', maximum: 18_446_744_073_709_551_615n },
  real: { type: 'number' },
  text: { type: 'string' },
  colour: { enum: ['red', 'green'] },
  raw: { type: 'string', contentEncoding: 'base64' },
  day: { type: 'string', format: 'date' },
  at: { type: 'string', format: 'date-time' },
  tags: { type: 'array', items: { type: ['string', 'null'] } },
  matrix: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
  scores: { type: 'object', additionalProperties: { type: 'number' } },
  place: {
    type: 'object',
    properties: {
      lat: { type: 'number' },
      inner: { type: 'object', properties: { depth: { type: 'integer' } } },
    },
  },
  legs: {
    type: 'array',
    items: {
      type: 'object',
      properties: {
        from: { type: 'string' },
        at: { type: 'string', format: 'date-time' },
        marks: { type: 'array', items: { type: 'integer' } },
      },
    },
  },
  anything: {},
}

const nothing = Object.fromEntries(Object.keys(properties).map((name) => [name, null]))

function record(what: string, value: { readonly [name: string]: Value }, unlike: { readonly [name: string]: Value } = {}) {
  return { what, value, row: { ...nothing, ...value, ...unlike } }
}

export const jsonCase: TableCase = {
  topic: 'json_everything',
  language: 'JSON',
  // The bound has more digits than a double.
  schema: JSON.stringify(
    { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Everything', type: 'object', properties },
    (_name, value: unknown) =>
      typeof value === 'bigint' ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value)) : value,
  ),
  columns: {
    flag: 'boolean',
    whole: 'long',
    wide: 'decimal(20,0)',
    real: 'double',
    text: 'string',
    colour: 'string',
    raw: 'binary',
    day: 'date',
    at: 'timestamptz',
    tags: 'list<string>',
    matrix: 'list<list<long>>',
    scores: 'map<string, double>',
    place: 'struct<lat: double, inner: struct<depth: long>>',
    legs: 'list<struct<from: string, at: timestamptz, marks: list<long>>>',
    anything: 'string',
  },
  records: [
    record(
      'something of everything',
      {
        flag: true,
        whole: 8_000_000_000,
        wide: 18_446_744_073_709_551_615n,
        real: 0.1,
        text: 'zwölf Boxkämpfer 🥊 "quoted" \\ \n',
        colour: 'green',
        raw: 'AP8=',
        day: '2024-02-29',
        at: '2024-02-29T12:34:56.789+01:00',
        tags: ['a', null, ''],
        matrix: [[1, 2], [], [int64Max]],
        scores: { '': 0, b: 1.5 },
        place: { lat: -90, inner: { depth: 2835 } },
        legs: [{ from: 'AMS', at: '2024-02-29T00:00:00Z', marks: [1, 2] }, { from: '' }],
        anything: { b: [1, null, 'x'], a: {} },
      },
      {
        wide: { $decimal: '18446744073709551615' },
        raw: bytes('00ff'),
        day: date('2024-02-29'),
        at: timestamp('2024-02-29T11:34:56.789000Z'),
        scores: map({ '': 0, b: 1.5 }),
        legs: [
          { from: 'AMS', at: timestamp('2024-02-29T00:00:00.000000Z'), marks: [1, 2] },
          { from: '', at: null, marks: null },
        ],
        anything: '{"b":[1,null,"x"],"a":{}}',
      },
    ),
    record(
      'the largest',
      { whole: int64Max, real: Number.MAX_VALUE, day: '9999-12-31', at: '9999-12-31T23:59:59.999999Z' },
      { day: date('9999-12-31'), at: timestamp('9999-12-31T23:59:59.999999Z') },
    ),
    record(
      'the smallest',
      { whole: int64Min, wide: 0, real: Number.MIN_VALUE, day: '0001-01-01', at: '0001-01-01T00:00:00Z' },
      { wide: { $decimal: '0' }, day: date('0001-01-01'), at: timestamp('0001-01-01T00:00:00.000000Z') },
    ),
    record('nothing', {}),
    record(
      'what is empty and not null',
      { text: '', raw: '', tags: [], matrix: [], scores: {}, place: {}, legs: [], anything: '' },
      { raw: bytes(''), scores: map({}), place: { lat: null, inner: null }, anything: '""' },
    ),
    { what: 'a tombstone', value: null },
  ],
}
