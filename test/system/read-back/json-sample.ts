import { Days, days, long, MapOf, Micros, micros, rowsOf, type Column, type Sample } from './values.ts'

/** Every mapped form of JSON Schema with its extremes. Values are JSON text, so that no digit passes through a double. */
const utc = (value: bigint): Micros => new Micros(value, { isUtc: true })
const format = (name: string): object => ({ type: 'string', format: name })

const columns: readonly Column[] = [
  {
    name: 'flag',
    type: { type: 'boolean' },
    values: [
      ['true', true],
      ['false', false],
    ],
  },
  {
    name: 'big',
    type: { type: 'integer' },
    values: [
      [String(long.min), long.min],
      [String(long.max), long.max],
      ['0', 0n],
      ['1e3', 1000n],
      ['2.0', 2n],
    ],
  },
  {
    name: 'precise',
    type: { type: 'number' },
    values: [
      ['-0.0', -0],
      ['1.7976931348623157e308', Number.MAX_VALUE],
      ['5e-324', Number.MIN_VALUE],
      ['12', 12],
    ],
  },
  {
    name: 'text',
    type: { type: 'string' },
    values: [
      ['""', ''],
      [JSON.stringify('Grüße, 世界 \u{1F6B0}'), 'Grüße, 世界 \u{1F6B0}'],
      ['"\\u0000\\n"', '\u0000\n'],
    ],
  },
  {
    name: 'color',
    type: { enum: ['red', 'green'] },
    values: [
      ['"red"', 'red'],
      ['"green"', 'green'],
    ],
  },
  {
    name: 'day',
    type: format('date'),
    values: [
      ['"0001-01-01"', new Days(days.year1)],
      ['"9999-12-31"', new Days(days.end9999)],
      ['"1969-12-31"', new Days(-1)],
    ],
  },
  {
    name: 'at',
    type: format('date-time'),
    values: [
      ['"0001-01-01T00:00:00Z"', utc(micros.year1)],
      ['"9999-12-31T23:59:59.999999Z"', utc(micros.end9999)],
      ['"1970-01-01T01:00:00+01:00"', utc(0n)],
      ['"1969-12-31T23:59:59.9999999Z"', utc(-1n)],
    ],
  },
  { name: 'id', type: format('uuid'), values: [['"6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab"', '6f1f3c1e-8c5b-4b1d-9d7e-0123456789ab']] },
  {
    name: 'raw',
    type: { type: 'string', contentEncoding: 'base64' },
    values: [
      ['""', new Uint8Array(0)],
      ['"AP8="', Uint8Array.of(0, 255)],
    ],
  },
  {
    name: 'maybe',
    type: { type: ['string', 'null'] },
    values: [
      ['null', null],
      ['"x"', 'x'],
    ],
  },
  {
    name: 'place',
    type: { type: 'object', properties: { lat: { type: 'number' }, label: { type: 'string' } }, additionalProperties: false },
    values: [
      ['{"lat":-90}', { lat: -90, label: null }],
      ['{"label":"","lat":-0.0}', { lat: -0, label: '' }],
      ['{}', { lat: null, label: null }],
    ],
  },
  {
    name: 'tags',
    type: { type: 'array', items: { type: ['string', 'null'] } },
    values: [
      ['[]', []],
      ['["",null,"x"]', ['', null, 'x']],
    ],
  },
  {
    name: 'grid',
    type: { type: 'array', items: { type: 'array', items: { type: 'integer' } } },
    values: [[`[[],[${long.max},${long.min}]]`, [[], [long.max, long.min]]]],
  },
  {
    name: 'counts',
    type: { type: 'object', additionalProperties: { type: 'integer' } },
    values: [
      ['{}', new MapOf([])],
      [
        `{"a":1,"":${long.max}}`,
        new MapOf([
          ['a', 1n],
          ['', long.max],
        ]),
      ],
    ],
  },
  {
    name: 'stops',
    type: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          at: { type: 'object', properties: { lat: { type: 'number' } } },
          notes: { type: 'object', additionalProperties: { type: 'array', items: { type: 'string' } } },
        },
      },
    },
    values: [['[{"at":{"lat":1},"notes":{"k":["v",""]}}]', [{ at: { lat: 1 }, notes: new MapOf([['k', ['v', '']]]) }]]],
  },
  {
    name: 'anything',
    type: {},
    values: [
      ['{"a":[1,null,"x"]}', '{"a":[1,null,"x"]}'],
      ['12345678901234567890', '12345678901234567890'],
    ],
  },
]

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
}

export function jsonSample(): Sample {
  const rows = rowsOf(columns)
  const texts = rows.map(
    ({ written }) =>
      `{${Object.entries(written)
        .map(([name, text]) => `${JSON.stringify(name)}:${String(text)}`)
        .join(',')}}`,
  )
  return {
    schemaType: 'JSON',
    schema: JSON.stringify(schema),
    values: texts.map((text) => Buffer.from(text)),
    rows: rows.map(({ read }) => read),
  }
}
