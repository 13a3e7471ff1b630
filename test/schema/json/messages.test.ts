import { describe, expect, test } from 'vitest'
import { errorOf } from './support.ts'

describe('an invalid value is answered with its place and the reason in words', () => {
  const text = { type: 'string' }
  const a = (schema: object | boolean): object => ({ type: 'object', properties: { a: schema } })
  const long = 'x'.repeat(60)
  for (const [schema, value, message] of [
    [
      a({ type: 'object', properties: { size: { type: 'integer' } } }),
      '{"a":{"size":"12k"}}',
      '$.a.size: expected integer, got string "12k"',
    ],
    [a({ type: 'integer' }), '{"a":1.5}', '$.a: expected integer, got number 1.5'],
    [a({ type: 'integer' }), '{"a":true}', '$.a: expected integer, got boolean true'],
    [a({ type: 'integer' }), '{"a":null}', '$.a: expected integer, got null'],
    [a({ type: ['string', 'null'] }), '{"a":[]}', '$.a: expected string, got array'],
    [a({ type: 'array', items: text }), '{"a":["x",{}]}', '$.a[1]: expected string, got object'],
    [a({ type: 'object', additionalProperties: text }), '{"a":{"odd name":1}}', '$.a["odd name"]: expected string, got number 1'],
    [a(text), `{"a":["${long}"]}`, '$.a: expected string, got array'],
    [{ type: 'integer' }, `"${long}"`, `$: expected integer, got string "${'x'.repeat(40)}..."`],
    [{ type: 'object', required: ['id'] }, '{}', '$: missing required property "id"'],
    [a({ type: 'object', required: ['id'] }), '{"a":{}}', '$.a: missing required property "id"'],
    [a({ enum: ['a', 'b'] }), '{"a":"c"}', '$.a: not one of ["a","b"], got string "c"'],
    [a({ enum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }), '{"a":11}', '$.a: not one of [1,2,3,4,5,6,7,8,... 10 in all], got number 11'],
    [
      a({ enum: Array.from({ length: 300 }, (_, index) => `v${index}`) }),
      '{"a":"w"}',
      '$.a: not one of ["v0","v1","v2","v3","v4","v5","v6","v7",... 300 in all], got string "w"',
    ],
    [a({ const: 'x' }), '{"a":"y"}', '$.a: expected "x", got string "y"'],
    [{ ...a({}), additionalProperties: false }, '{"b":1}', '$: unexpected property "b"'],
    [a({ type: 'number', minimum: 0 }), '{"a":-1}', '$.a: expected >= 0, got number -1'],
    [a({ type: 'number', exclusiveMaximum: 10 }), '{"a":10}', '$.a: expected < 10, got number 10'],
    [a({ type: 'number', multipleOf: 0.01 }), '{"a":1.005}', '$.a: expected a multiple of 0.01, got number 1.005'],
    [a({ type: 'string', minLength: 2 }), '{"a":"x"}', '$.a: shorter than 2 characters, got string "x"'],
    [a({ type: 'string', maxLength: 2 }), '{"a":"xyz"}', '$.a: longer than 2 characters, got string "xyz"'],
    [a({ type: 'string', pattern: '^[a-z]+$' }), '{"a":"X"}', '$.a: does not match the pattern ^[a-z]+$, got string "X"'],
    [a({ type: 'string', format: 'date-time' }), '{"a":"today"}', '$.a: not a valid date-time, got string "today"'],
    [a({ type: 'string', format: 'date' }), '{"a":"2023-02-29"}', '$.a: not a valid date, got string "2023-02-29"'],
    [a({ type: 'array', minItems: 1 }), '{"a":[]}', '$.a: has fewer than 1 items'],
    [a({ type: 'array', uniqueItems: true }), '{"a":[{"x":1,"y":2},{"y":2,"x":1}]}', '$.a: items are not unique'],
    [a({ type: 'object', maxProperties: 1 }), '{"a":{"x":1,"y":2}}', '$.a: has more than 1 properties'],
    [a({ type: 'object', propertyNames: { pattern: '^x' } }), '{"a":{"y":1}}', '$.a: property name "y" is not allowed'],
    [{ type: 'object', dependencies: { a: ['b'] } }, '{"a":1}', '$: missing property "b", required beside "a"'],
    [a({ not: { type: 'string' } }), '{"a":"x"}', '$.a: matches what the schema excludes under not'],
    [a({ contains: { type: 'string' } }), '{"a":[1]}', '$.a: fewer than 1 items match contains'],
    [a(false), '{"a":1}', '$.a: no value is allowed here'],
    [a({ anyOf: [{ type: 'integer' }, { type: 'number' }] }), '{"a":"x"}', '$.a: expected integer or number, got string "x"'],
    [
      a({ oneOf: [{ type: 'object', properties: { x: text }, required: ['x'] }, { type: 'null' }] }),
      '{"a":{"x":1}}',
      '$.a.x: expected string, got number 1',
    ],
    [a({ oneOf: [{ type: 'object', required: ['x'] }, { type: 'null' }] }), '{"a":{}}', '$.a: missing required property "x"'],
    [
      a({ type: 'integer', oneOf: [{ minimum: 1 }, { maximum: 5 }] }),
      '{"a":3}',
      '$.a: matches more than one alternative of oneOf (0 and 1)',
    ],
    ['{"if":{"required":["a"]},"then":{"required":["b"]}}', '{"a":"x"}', '$: missing required property "b"'],
    [a(text), '{"a":"\\ud800"}', '$.a: a string with half a surrogate pair, got "\\ud800"'],
    [a({ type: 'string', contentEncoding: 'base64' }), '{"a":"not base64"}', '$.a: expected base64, got string "not base64"'],
    [a({ type: 'integer' }), '{"a":9223372036854775808}', '$.a: not an integer of 64 bits, got number 9223372036854775808'],
    [a({ type: 'integer' }), '{"a":1e300}', '$.a: not an integer of 64 bits, got number 1e300'],
    [{ properties: { a: text } }, '[1]', '$: expected object, got array'],
    [{ properties: { a: { items: text } } }, '{"a":"x"}', '$.a: expected array, got string "x"'],
    [a(text), '{"a"', "$: not JSON: Expected ':' after property name in JSON at position 4 (line 1 column 5)"],
    [a(text), '', '$: not JSON: Unexpected end of JSON input'],
    [a(text), '\ufeff{}', '$: not JSON: Unexpected token \'\ufeff\', "\ufeff{}" is not valid JSON'],
  ] as const)
    test(message, () => expect(errorOf(schema, value)).toBe(message))
})

test('malformed UTF-8 is named as such', () => {
  expect(errorOf({ type: 'string' }, Buffer.from('22c32822', 'hex'))).toBe('$: not valid UTF-8')
})

test('no message grows with the value', () => {
  const name = 'n'.repeat(100_000)
  const schema = { type: 'object', additionalProperties: { type: 'object', additionalProperties: { type: 'integer' } } }
  expect(errorOf(schema, JSON.stringify({ [name]: { [name]: name } })).length).toBeLessThan(300)
  expect(errorOf({ type: 'object', additionalProperties: false }, JSON.stringify({ [name]: 1 })).length).toBeLessThan(100)
})
