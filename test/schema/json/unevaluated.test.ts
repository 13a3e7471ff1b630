import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileJudge } from '../../../src/schema/json/compile.ts'
import { readSchema } from '../../../src/schema/json/language.ts'
import { errorOf, verdictOf, type SchemaSource } from './support.ts'

const in2020 = (schema: object): object => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema })
const in2019 = (schema: object): object => ({ $schema: 'https://json-schema.org/draft/2019-09/schema', ...schema })

function judgeOf(schema: SchemaSource): (value: unknown) => boolean {
  const text = JSON.stringify(in2020(schema as object))
  const { schema: unified, patterns } = readSchema({ schemaType: 'JSON', text, references: [] })
  return compileJudge(unified, patterns)
}

describe('members that nothing has evaluated are named', () => {
  const open = { type: 'object', properties: { a: {} } }
  for (const [name, schema, value, error] of [
    ['a property', in2020({ ...open, unevaluatedProperties: false }), '{"a":1,"b":2}', '$: unexpected property "b"'],
    ['an item', in2020({ prefixItems: [{}], unevaluatedItems: false }), '[1,2]', '$: has more than 1 items'],
    [
      'a property of another type',
      in2020({ ...open, unevaluatedProperties: { properties: { 'x/y': { type: 'null' } } } }),
      '{"b":{"x/y":1}}',
      '$.b["x/y"]: expected null, got number 1',
    ],
    [
      'an item of another type',
      in2020({ prefixItems: [{}], unevaluatedItems: { type: 'null' } }),
      '[1,null,2]',
      '$[2]: expected null, got number 2',
    ],
    [
      'deep inside',
      in2020({ properties: { list: { items: { properties: { a: {} }, unevaluatedProperties: false } } } }),
      '{"list":[{"a":1},{"z":1}]}',
      '$.list[1]: unexpected property "z"',
    ],
    [
      'what an if that fails has seen does not count',
      in2020({ if: { properties: { kind: { const: 1 } } }, unevaluatedProperties: false }),
      '{"kind":2}',
      '$: unexpected property "kind"',
    ],
    ['2019-09: contains does not count', in2019({ contains: { const: 1 }, unevaluatedItems: false }), '[1]', '$: has more than 0 items'],
    ['2020-12: contains counts', in2020({ contains: { const: 1 }, unevaluatedItems: false }), '[1,2]', '$: has more than 1 items'],
  ] as const)
    test(name, () => expect(errorOf(schema, value)).toBe(error))

  test('and nothing is said when there are none', () => {
    const schema = in2020({
      anyOf: [{ patternProperties: { '^a': {} } }, { patternProperties: { '^b': {} } }],
      unevaluatedProperties: false,
    })
    expect(verdictOf(schema, '{"a":1,"b1":2}')).toEqual({ row: { value: '{"a":1,"b1":2}' } })
  })

  test('ajv loses its own track of this one', () => {
    const schema = {
      patternProperties: { '^a': { const: null } },
      anyOf: [{ $ref: '#/definitions/y' }, { minimum: 0 }],
      definitions: { y: { additionalProperties: {}, minProperties: 2 } },
      unevaluatedProperties: false,
    }
    expect(verdictOf(in2020(schema), '{"a":null}')).toEqual({ row: { value: '{"a":null}' } })
    expect(errorOf(in2020(schema), '{"a":1}')).toBe('$.a: expected null, got number 1')
  })
})

/** Keywords put where they apply to the same value by another way. */
function wrapped(keywords: object): fc.Arbitrary<object> {
  return fc.constantFrom<object>(
    { allOf: [keywords] },
    { anyOf: [keywords, false] },
    { oneOf: [false, keywords] },
    { if: true, then: keywords },
    { if: false, else: keywords },
    { if: keywords, else: false },
    { allOf: [{ anyOf: [{ allOf: [keywords] }] }] },
  )
}

const names = ['a', 'b', 'ab', 'c']
const schemas = fc.constantFrom<object | boolean>(
  true,
  false,
  { type: 'string' },
  { type: 'integer' },
  { properties: { a: { type: 'null' } } },
)
const values = fc.constantFrom<unknown>('x', 1, null, { a: null }, { a: 1 }, [])

test('of an object, what one schema says in several places is as if it stood in one', () => {
  const named = (keys: readonly string[]): fc.Arbitrary<object> =>
    fc.dictionary(fc.constantFrom(...keys), schemas, { maxKeys: 2, noNullPrototype: true })
  const cases = fc.tuple(named(names), named(['^a', 'b$']), schemas).chain(([properties, patternProperties, left]) =>
    fc.tuple(wrapped({ properties }), wrapped({ patternProperties })).map(([first, second]) => ({
      apart: { allOf: [first, second], unevaluatedProperties: left },
      together: { properties, patternProperties, additionalProperties: left },
    })),
  )
  const objects = fc.array(fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3, noNullPrototype: true }), {
    minLength: 10,
    maxLength: 10,
  })
  fc.assert(
    fc.property(cases, objects, ({ apart, together }, samples) => {
      expect(samples.map(judgeOf(apart))).toEqual(samples.map(judgeOf(together)))
    }),
    { numRuns: 80 },
  )
})

test('of an array, what one schema says in several places is as if it stood in one', () => {
  const cases = fc.tuple(fc.array(schemas, { minLength: 1, maxLength: 2 }), schemas).chain(([prefixItems, left]) =>
    wrapped({ prefixItems }).map((first) => ({
      apart: { ...first, unevaluatedItems: left },
      together: { prefixItems, items: left },
    })),
  )
  fc.assert(
    fc.property(cases, fc.array(fc.array(values, { maxLength: 4 }), { minLength: 10, maxLength: 10 }), ({ apart, together }, samples) => {
      expect(samples.map(judgeOf(apart))).toEqual(samples.map(judgeOf(together)))
    }),
    { numRuns: 80 },
  )
})

test('schemas one inside the other that each ask are judged without asking all again on every level', () => {
  // Without keeping verdicts this would take 3 to the power of the depth.
  let schema: object = { properties: { a: {} } }
  for (let depth = 0; depth < 60; depth++) schema = { anyOf: [schema, { required: ['never'] }], unevaluatedProperties: false }
  expect(judgeOf(schema)({ a: 1 })).toBe(true)
  expect(judgeOf(schema)({ a: 1, b: 1 })).toBe(false)
})
