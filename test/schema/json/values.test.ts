import { describe, expect, test } from 'vitest'
import { decoderOf, valueOf, verdictOf, verdictsOf } from './support.ts'

describe('a value lands in its column as it was sent', () => {
  for (const [schema, text, value] of [
    [{ type: 'integer' }, '9223372036854775807', 9223372036854775807n],
    [{ type: 'integer' }, '-9223372036854775808', -9223372036854775808n],
    [{ type: 'integer' }, '9007199254740993', 9007199254740993n],
    [{ type: 'integer' }, '9.007199254740993e15', 9007199254740993n],
    [{ type: 'integer' }, '9007199254740993.0', 9007199254740993n],
    [{ type: 'integer' }, '123456789012345e3', 123456789012345000n],
    [{ type: 'integer' }, '1.0', 1n],
    [{ type: 'integer' }, '1e3', 1000n],
    [{ type: 'integer' }, '-0', 0n],
    [{ type: 'number' }, '-0', -0],
    [{ type: 'number' }, '12345678901234567890', 12345678901234567000],
    [{ type: 'number' }, '5e-324', 5e-324],
    [{ type: 'string' }, '"é😀\\u0041"', 'é😀A'],
    [{ type: 'string' }, '""', ''],
    [{ type: 'string' }, `"${'long text, '.repeat(20)}"`, 'long text, '.repeat(20)],
    [{ type: 'string', format: 'time' }, '"10:00:00+02:00"', '10:00:00+02:00'],
    [{ type: 'string', contentEncoding: 'base64' }, '"AP+A"', '00ff80'],
    [{ type: 'string', contentEncoding: 'base64' }, '""', ''],
    [{ type: ['boolean', 'null'] }, 'null', null],
    [{ type: 'boolean' }, ' true ', true],
    [{ type: 'array', items: { type: ['integer', 'null'] } }, '[1,null,9007199254740993]', [1n, null, 9007199254740993n]],
    [
      { type: 'object', additionalProperties: { type: 'integer' } },
      '{"b":1,"a":2,"b":3}',
      [
        ['b', 3n],
        ['a', 2n],
      ],
    ],
    [
      { type: 'object', additionalProperties: { type: 'string' } },
      '{"__proto__":"x","constructor":"y"}',
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ],
    ],
  ] as const)
    test(`${text.slice(0, 40)} for ${JSON.stringify(schema)}`, () => expect(valueOf(schema, text)).toStrictEqual(value))
})

test('integers up to twenty digits keep their value in a decimal', () => {
  const schema = '{"type":"integer","maximum":18446744073709551615}'
  expect(valueOf(schema, '18446744073709551615')).toBe(18446744073709551615n)
  expect(valueOf(schema, '-3')).toBe(-3n)
})

describe('a number that no double holds is refused, not turned into infinity', () => {
  for (const text of ['1e309', '-1E+400', '1'.repeat(310)])
    for (const schema of [{ type: 'number' }, { type: ['number', 'null'] }, { type: 'number', minimum: -1e308, maximum: 1e308 }])
      test(`${text.slice(0, 20)} for ${JSON.stringify(schema)}`, () => {
        const verdict = verdictOf({ type: 'object', properties: { n: schema } }, `{"n": ${text}}`)
        expect(verdict).toMatchObject({ error: expect.stringMatching(/^\$\.n: /) as string })
      })
  test('in words', () => expect(verdictOf({ type: 'number' }, '1e309')).toEqual({ error: '$: beyond the largest number of a double' }))
  test('the largest one is not', () => expect(valueOf({ type: 'number' }, '1.7976931348623157e308')).toBe(Number.MAX_VALUE))
})

describe('a part without a fixed shape lands as compact JSON text', () => {
  for (const [text, json] of [
    [
      ' { "b" : [ 1.0, 1e5, -0, 0.10, 12345678901234567890, 1E400 ] , "a" : "\\u00e9\\/" } ',
      '{"b":[1.0,1e5,-0,0.10,12345678901234567890,1E400],"a":"é/"}',
    ],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['"1.0 e5"', '"1.0 e5"'],
    ['"\\ud800"', '"\\ud800"'],
    ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
    ['12.5', '12.5'],
    ['0.0000001', '0.0000001'],
    ['[{"text":"a \\"quoted\\\\\\" 1.0","n":1.0}]', '[{"text":"a \\"quoted\\\\\\" 1.0","n":1.0}]'],
  ] as const)
    test(text, () => expect(valueOf(true, text)).toBe(json))
  test('null is null, not text', () => expect(valueOf(true, 'null')).toBe(null))
})

test('rows of all kinds come out side by side, absent and null alike', () => {
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      user: { type: ['object', 'null'], properties: { name: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } } },
      extra: {},
      at: { type: ['string', 'null'], format: 'date-time' },
    },
  }
  const values = [
    '{"id":1,"user":{"name":"a","tags":["x","y"]},"extra":[1.0],"at":"1970-01-01T00:00:01Z"}',
    '{"user":{"tags":[]},"at":null}',
    '{"id":9007199254740993,"user":null,"unknown":{"a":1}}',
    '{}',
  ]
  expect(verdictsOf(decoderOf(schema), values)).toEqual([
    { row: { id: 1n, user: { name: 'a', tags: ['x', 'y'] }, extra: '[1.0]', at: 1000000n } },
    { row: { id: null, user: { name: null, tags: [] }, extra: null, at: null } },
    { row: { id: 9007199254740993n, user: null, extra: null, at: null } },
    { row: { id: null, user: null, extra: null, at: null } },
  ])
})

test('a column called like a member of every object holds only what was sent', () => {
  const schema = { type: 'object', properties: { constructor: { type: 'string' }, toString: { type: 'integer' }, hasOwnProperty: {} } }
  expect(verdictOf(schema, '{}')).toEqual({ row: { constructor: null, toString: null, hasOwnProperty: null } })
  expect(verdictOf(schema, '{"constructor":"x","toString":5}')).toEqual({ row: { constructor: 'x', toString: 5n, hasOwnProperty: null } })
})

test('a member called __proto__ is a member like any other', () => {
  expect(verdictOf({ type: 'object', required: ['__proto__'], properties: { a: { type: 'string' } } }, '{}')).toEqual({
    error: '$: missing required property "__proto__"',
  })
  expect(verdictOf({ type: 'object', properties: { a: { type: 'string' } } }, '{"__proto__":{"a":"x"}}')).toEqual({ row: { a: null } })
})

describe('multipleOf is decided on decimal values', () => {
  for (const [step, value, isMultiple] of [
    [0.01, '19.99', true],
    [0.1, '0.3', true],
    [0.01, '0.005', false],
    [3, '9', true],
    [3, '-10', false],
    [0.5, '1e308', true],
    [1e-8, '12345678', true],
    [0.123456789, '1e308', false],
  ] as const)
    test(`${value} of ${step}`, () => expect('row' in verdictOf({ type: 'number', multipleOf: step }, value)).toBe(isMultiple))
})
