import { describe, expect, test } from 'vitest'
import { describeType, parseSchema, refusalOf, type SchemaSource } from './support.ts'

function columnsOf(schema: SchemaSource): string {
  return describeType(parseSchema(schema).rowType())
}

/** The type of a property with this schema. */
function columnOf(property: SchemaSource, more: object = {}): string {
  return columnsOf({ type: 'object', properties: { a: property }, ...more }).replace(/^struct<a: (.*)>$/, '$1')
}

describe('the column of a property', () => {
  const T = 'string'
  for (const [property, column] of [
    [{ type: 'integer' }, 'long'],
    [{ type: 'integer', minimum: 0, maximum: 100 }, 'long'],
    [{ type: 'integer', maximum: Number.MAX_SAFE_INTEGER }, 'long'],
    [{ type: 'number' }, 'double'],
    [{ type: ['integer', 'number'] }, 'double'],
    [{ type: 'boolean' }, 'boolean'],
    [{ type: T }, 'string'],
    [{ type: T, format: 'date-time' }, 'timestamptz'],
    [{ type: T, format: 'date' }, 'date'],
    [{ type: T, format: 'time' }, 'string'],
    [{ type: T, format: 'uuid' }, 'string'],
    [{ type: T, format: 'no-such-format' }, 'string'],
    [{ type: T, contentEncoding: 'base64' }, 'binary'],
    [{ type: T, format: 'byte' }, 'binary'],
    [{ type: T, contentEncoding: 'quoted-printable' }, 'string'],
    [{ enum: ['a', 'b'] }, 'string'],
    [{ enum: ['a', null] }, 'string'],
    [{ const: 'a' }, 'string'],
    [{ enum: [1, 2] }, 'long'],
    [{ enum: [1, 2.5] }, 'double'],
    [{ type: 'number', enum: [1, 2] }, 'double'],
    [{ const: true }, 'boolean'],
    [{ enum: ['a', 1] }, 'json'],
    [{ enum: ['a', 1], type: T }, 'string'],
    [{ const: { a: 1 } }, 'json'],
    [{ type: 'object', properties: { b: { type: T } } }, 'struct<b: string>'],
    [{ properties: { b: { type: T } } }, 'struct<b: string>'],
    [{ type: 'object', properties: { b: { type: T } }, additionalProperties: { type: 'integer' } }, 'struct<b: string>'],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, 'map<long>'],
    [{ type: 'object', additionalProperties: true }, 'json'],
    [{ type: 'object', additionalProperties: {} }, 'json'],
    [{ type: 'object', additionalProperties: { type: T }, patternProperties: { '^x': { type: 'integer' } } }, 'json'],
    [{ type: 'object' }, 'json'],
    [{ type: 'object', properties: { b: { type: 'null' } } }, 'json'],
    [{ type: 'array', items: { type: T } }, 'list<string>'],
    [{ items: { type: T } }, 'list<string>'],
    [{ type: 'array', items: { type: 'array', items: { type: 'number' } } }, 'list<list<double>>'],
    [{ type: 'array', items: { type: 'object' } }, 'list<json>'],
    [{ type: 'array' }, 'json'],
    [{ type: 'array', items: {} }, 'json'],
    [{ type: 'array', items: [{ type: T }] }, 'json'],
    [{ type: [T, 'null'] }, 'string'],
    [{ oneOf: [{ type: T }, { type: 'null' }] }, 'string'],
    [{ anyOf: [{ type: 'null' }, { type: 'array', items: { type: T } }] }, 'list<string>'],
    [{ anyOf: [{ type: 'integer' }, { type: 'number' }] }, 'double'],
    [{ oneOf: [{ const: 'a' }, { const: 'b' }, { const: null }] }, 'string'],
    [
      {
        anyOf: [
          { type: T, format: 'ipv4' },
          { type: T, format: 'ipv6' },
        ],
      },
      'string',
    ],
    [{ type: T, anyOf: [{ format: 'date-time' }, { maxLength: 3 }] }, 'string'],
    [
      { type: 'object', properties: { b: { type: T }, c: {} }, oneOf: [{ required: ['b'] }, { required: ['c'] }] },
      'struct<b: string, c: json>',
    ],
    [{ allOf: [{ type: T }, { maxLength: 3 }] }, 'string'],
    [{ allOf: [{ type: 'integer' }, { type: 'number' }] }, 'long'],
    [
      { allOf: [{ type: 'object', properties: { b: { type: T } } }, { properties: { c: { type: 'integer' }, b: { minLength: 1 } } }] },
      'struct<b: string, c: long>',
    ],
    [
      { allOf: [{ type: 'array', items: { properties: { b: { type: T } } } }, { items: { properties: { c: { type: T } } } }] },
      'list<struct<b: string, c: string>>',
    ],
    [{ not: { type: 'integer' } }, 'json'],
    [{ if: { type: T }, else: { minLength: 1 } }, 'json'],
    [{ description: 'nothing else' }, 'json'],
    [{ minLength: 1 }, 'json'],
    [{}, 'json'],
    [true, 'json'],
  ] as const)
    test(`${JSON.stringify(property)} is ${column}`, () => expect(columnOf(property)).toBe(column))
})

describe('an integer that may pass 64 bits is a decimal', () => {
  for (const [bounds, column] of [
    ['"maximum":18446744073709551615', 'decimal(20,0)'],
    ['"maximum":9223372036854775808', 'decimal(20,0)'],
    ['"exclusiveMaximum":18446744073709551616', 'decimal(20,0)'],
    ['"maximum":1e19', 'decimal(20,0)'],
    ['"maximum":1844674407370955161.5E+1', 'decimal(20,0)'],
    ['"maximum":9223372036854775807', 'long'],
    ['"maximum":9e18', 'long'],
    ['"exclusiveMaximum":9223372036854775808', 'long'],
    ['"maximum":18446744073709551615,"exclusiveMaximum":100', 'decimal(20,0)'],
    ['"maximum":18446744073709551615,"allOf":[{"maximum":10}]', 'long'],
  ] as const)
    test(bounds, () => expect(columnsOf(`{"properties":{"a":{"type":"integer",${bounds}}}}`)).toBe(`struct<a: ${column}>`))
})

describe('a reference stands for what it refers to', () => {
  const money = { type: 'object', properties: { amount: { type: 'number' } } }
  for (const [name, schema, columns] of [
    ['#/definitions', { properties: { a: { $ref: '#/definitions/money' } }, definitions: { money } }, 'struct<a: struct<amount: double>>'],
    [
      '#/$defs',
      { properties: { a: { $ref: '#/$defs/money' }, b: { $ref: '#/$defs/money' } }, $defs: { money } },
      'struct<a: struct<amount: double>, b: struct<amount: double>>',
    ],
    [
      'another property',
      { properties: { a: money, b: { $ref: '#/properties/a/properties/amount' } } },
      'struct<a: struct<amount: double>, b: double>',
    ],
    [
      'a pointer with escapes',
      { properties: { a: { $ref: '#/$defs/x~1y%20z' } }, $defs: { 'x/y z': { type: 'string' } } },
      'struct<a: string>',
    ],
    ['the root', { $ref: '#/definitions/money', definitions: { money } }, 'struct<amount: double>'],
    [
      'null beside it',
      { properties: { a: { oneOf: [{ $ref: '#/$defs/none' }, { type: 'string' }] } }, $defs: { none: { type: 'null' } } },
      'struct<a: string>',
    ],
  ] as const)
    test(name, () => expect(columnsOf(schema)).toBe(columns))
})

describe('a root that is no object with properties is one column', () => {
  for (const [schema, columns] of [
    [{ type: 'integer' }, 'struct<value: long>'],
    [{ type: 'array', items: { type: 'string' } }, 'struct<value: list<string>>'],
    [{ type: 'object', additionalProperties: { type: 'number' } }, 'struct<value: map<double>>'],
    [{ type: 'object' }, 'struct<value: json>'],
    [true, 'struct<value: json>'],
    [false, 'struct<value: json>'],
    [{ type: 'null' }, 'struct<value: json>'],
  ] as const)
    test(JSON.stringify(schema), () => expect(columnsOf(schema)).toBe(columns))
})

test('a property that can only be null, or must be absent, has no column', () => {
  expect(columnsOf({ properties: { a: { type: 'null' }, b: false, c: { const: null }, d: { enum: [null] }, e: { type: 'string' } } })).toBe(
    'struct<e: string>',
  )
})

test('columns are nullable, keep the order of the schema, and carry name and description', () => {
  const { fields } = parseSchema({
    type: 'object',
    required: ['b'],
    properties: { b: { type: 'string', description: 'who' }, 'A.x': { type: 'integer' } },
  }).rowType()
  expect(fields).toEqual([
    { name: 'b', source: 'b', type: { kind: 'string' }, isNullable: true, fieldId: 0, doc: 'who' },
    { name: 'A.x', source: 'A.x', type: { kind: 'long' }, isNullable: true, fieldId: 0 },
  ])
})

describe('what has no column yet is refused with its name and place', () => {
  const inA = (a: object): object => ({ type: 'object', properties: { a } })
  const tree = { type: 'object', properties: { child: { $ref: '#/definitions/tree' } } }
  for (const [schema, message] of [
    [
      inA({ type: ['string', 'integer'] }),
      'unsupported: JSON schema, #/properties/a: type ["string","integer"] is several types, for which there is no column yet',
    ],
    [
      inA({ oneOf: [{ type: 'string' }, { type: 'integer' }] }),
      'unsupported: JSON schema, #/properties/a/oneOf: alternatives of different shapes (string, long), for which there is no column yet',
    ],
    [
      inA({
        type: 'object',
        properties: { k: { type: 'string' } },
        anyOf: [{ properties: { x: { type: 'string' } } }, { required: ['k'] }],
      }),
      'unsupported: JSON schema, #/properties/a/anyOf: alternatives of different shapes (struct), for which there is no column yet',
    ],
    [
      { properties: { t: { $ref: '#/definitions/tree' } }, definitions: { tree } },
      'unsupported: JSON schema, #/definitions/tree: the schema refers to itself; recursive schemas have no columns',
    ],
    [
      { type: 'object', properties: { a: { items: { $ref: '#' } } } },
      'unsupported: JSON schema, #: the schema refers to itself; recursive schemas have no columns',
    ],
    [
      { definitions: { x: { $ref: '#/definitions/y' }, y: { $ref: '#/definitions/x' } }, $ref: '#/definitions/x' },
      'unsupported: JSON schema, #/definitions/x: the schema refers to itself; recursive schemas have no columns',
    ],
    [
      { properties: { 'a b': {} } },
      'unsupported: JSON schema, #/properties/a b: the name "a b" cannot be a column\'s: it is empty or has one of " ,;{}()=", a tab or a newline',
    ],
    [
      { properties: { '': {} } },
      'unsupported: JSON schema, #/properties/: the name "" cannot be a column\'s: it is empty or has one of " ,;{}()=", a tab or a newline',
    ],
    [
      inA({ properties: { Id: {}, iD: {} } }),
      'unsupported: JSON schema, #/properties/a/properties/iD: the names "Id" and "iD" differ only in case, which columns may not',
    ],
    [
      { properties: { _kafka_offset: {} } },
      "unsupported: JSON schema, #/properties/_kafka_offset: a name that begins with _kafka_ is kept for the table's metadata",
    ],
    [
      { $schema: 'https://json-schema.org/draft/2020-12/schema', items: { $dynamicRef: '#x' }, $dynamicAnchor: 'x' },
      'unsupported: JSON schema, #: the schema refers to itself; recursive schemas have no columns',
    ],
    [
      { properties: Object.fromEntries(Array.from({ length: 2001 }, (_, index) => [`p${index}`, { type: 'string' }])) },
      'unsupported: JSON schema, #/properties/p2000: more than 2000 columns',
    ],
  ] as const)
    test(message.slice(0, 90), () => expect(refusalOf(() => parseSchema(schema).rowType())).toBe(message))
})

test('names with every character that Delta refuses are refused', () => {
  for (const char of [' ', ',', ';', '{', '}', '(', ')', '\n', '\t', '=']) {
    expect(refusalOf(() => parseSchema({ properties: { [`a${char}b`]: {} } }).rowType())).toContain('cannot be a column')
  }
})
