import { Ajv } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import draft6 from 'ajv/dist/refs/json-schema-draft-06.json' with { type: 'json' }
import Ajv4 from 'ajv-draft-04'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileJudge } from '../../../src/schema/json/compile.ts'
import { readSchema } from '../../../src/schema/json/language.ts'

/**
 * Every schema is rewritten into one dialect before it is judged. Here ajv judges it in the dialect it was written in,
 * and must come to the same verdicts. Left out is what ajv and the standards see differently: what stands beside a
 * `$ref` up to draft 7, keywords that ajv also takes in dialects without them, and unevaluated members (see their own test).
 */
type Keywords = { readonly [keyword: string]: fc.Arbitrary<unknown> }

const options = { strict: false, ownProperties: true, logger: false } as const
const names = ['a', 'b', 'c']
const types = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']
const small = fc.nat({ max: 3 })
const constants = fc.constantFrom<unknown>(null, true, 0, 1, 1.5, 'a', 'abc', [], [1], {}, { a: 1 })

function commonKeywords(schema: fc.Arbitrary<unknown>): Keywords {
  const named = fc.dictionary(fc.constantFrom(...names), schema, { maxKeys: 2, noNullPrototype: true })
  const some = fc.array(schema, { minLength: 1, maxLength: 3 })
  return {
    type: fc.oneof(fc.constantFrom(...types), fc.subarray(types, { minLength: 2, maxLength: 3 })),
    enum: fc.uniqueArray(constants, { minLength: 1, maxLength: 3, selector: (constant) => JSON.stringify(constant) }),
    multipleOf: fc.constantFrom(1, 2),
    maximum: small,
    minimum: small,
    maxLength: small,
    minLength: small,
    pattern: fc.constantFrom('^a', 'b$', '^.{2}$'),
    maxItems: small,
    minItems: small,
    uniqueItems: fc.boolean(),
    required: fc.subarray(names, { minLength: 1, maxLength: 2 }),
    maxProperties: small,
    minProperties: small,
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b'), schema, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: schema,
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: schema,
  }
}

/** Before 2020-12: `items` may be a list, and one keyword holds all dependencies. */
function olderKeywords(schema: fc.Arbitrary<unknown>): Keywords {
  return {
    items: fc.oneof(schema, fc.array(schema, { minLength: 1, maxLength: 2 })),
    additionalItems: schema,
    dependencies: fc.dictionary(fc.constantFrom(...names), fc.oneof(schema, fc.subarray(names, { minLength: 1, maxLength: 2 })), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
  }
}

function laterKeywords(schema: fc.Arbitrary<unknown>): Keywords {
  return { const: constants, contains: schema, propertyNames: schema, exclusiveMaximum: small, exclusiveMinimum: small }
}

function conditionKeywords(schema: fc.Arbitrary<unknown>): Keywords {
  return Object.fromEntries(['if', 'then', 'else'].map((keyword) => [keyword, schema]))
}

function newestKeywords(schema: fc.Arbitrary<unknown>): Keywords {
  return {
    ...laterKeywords(schema),
    ...conditionKeywords(schema),
    dependentSchemas: fc.dictionary(fc.constantFrom(...names), schema, { maxKeys: 2, noNullPrototype: true }),
    dependentRequired: fc.dictionary(fc.constantFrom(...names), fc.subarray(names, { maxLength: 2 }), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    minContains: small,
    maxContains: small,
  }
}

function schemasOf(
  keywordsOf: (schema: fc.Arbitrary<unknown>) => Keywords,
  { isBooleanAllowed, definitions }: { isBooleanAllowed: boolean; definitions: string },
): fc.Arbitrary<object> {
  const withRefs = (refs: fc.Arbitrary<unknown>[]): fc.Arbitrary<object> =>
    fc.letrec<{ schema: unknown; object: object }>((tie) => {
      const keywords = Object.entries(keywordsOf(tie('schema')))
      const booleans = isBooleanAllowed ? [fc.boolean()] : []
      return {
        schema: fc.oneof(
          { maxDepth: 3 },
          fc.constantFrom({}, { type: 'string' }, { type: 'integer' }),
          ...booleans,
          ...refs,
          tie('object'),
        ),
        object: fc
          .shuffledSubarray(keywords, { minLength: 1, maxLength: 4 })
          .chain((chosen) => fc.record(Object.fromEntries(chosen))) as fc.Arbitrary<object>,
      }
    }).object
  const targets = fc.record({ x: withRefs([]), y: withRefs([]) })
  const root = withRefs([fc.constantFrom({ $ref: `#/${definitions}/x` }, { $ref: `#/${definitions}/y` }, { $ref: `#/${definitions}/x` })])
  return fc.tuple(root, targets).map(([schema, target]) => ({ ...schema, [definitions]: target }))
}

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 3, 1.5, '', 'a', 'ab', 'abc', 'b'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names, 'd'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value

function draft4Keywords(schema: fc.Arbitrary<unknown>): Keywords {
  return { ...commonKeywords(schema), ...olderKeywords(schema) }
}

describe('a schema judges as ajv judges it in its own dialect', () => {
  for (const [name, uri, ajv, arbitrary] of [
    [
      'draft-04',
      'http://json-schema.org/draft-04/schema#',
      () => new Ajv4.default(options),
      schemasOf(draft4Keywords, { isBooleanAllowed: false, definitions: 'definitions' }).chain((schema) =>
        fc.record({ maximum: small, exclusiveMaximum: fc.boolean() }).map((bounds) => ({ ...schema, ...bounds })),
      ),
    ],
    [
      'draft-06',
      'http://json-schema.org/draft-06/schema#',
      () => new Ajv(options).addMetaSchema(draft6),
      schemasOf((schema) => ({ ...draft4Keywords(schema), ...laterKeywords(schema) }), {
        isBooleanAllowed: true,
        definitions: 'definitions',
      }),
    ],
    [
      'draft-07',
      'http://json-schema.org/draft-07/schema#',
      () => new Ajv(options),
      schemasOf((schema) => ({ ...draft4Keywords(schema), ...laterKeywords(schema), ...conditionKeywords(schema) }), {
        isBooleanAllowed: true,
        definitions: 'definitions',
      }),
    ],
    [
      '2019-09',
      'https://json-schema.org/draft/2019-09/schema',
      () => new Ajv2019(options),
      schemasOf(
        (schema) => ({
          ...commonKeywords(schema),
          ...newestKeywords(schema),
          items: olderKeywords(schema)['items'] ?? schema,
          additionalItems: schema,
        }),
        { isBooleanAllowed: true, definitions: '$defs' },
      ),
    ],
    [
      '2020-12',
      'https://json-schema.org/draft/2020-12/schema',
      () => new Ajv2020(options),
      schemasOf(
        (schema) => ({
          ...commonKeywords(schema),
          ...newestKeywords(schema),
          items: schema,
          prefixItems: fc.array(schema, { minLength: 1, maxLength: 2 }),
        }),
        { isBooleanAllowed: true, definitions: '$defs' },
      ),
    ],
  ] as const)
    test(name, () => {
      fc.assert(
        fc.property(arbitrary, fc.array(values, { minLength: 10, maxLength: 20 }), (keywords, samples) => {
          const schema = { $schema: uri, ...keywords }
          const own = readSchema({ schemaType: 'JSON', text: JSON.stringify(schema), references: [] })
          const judge = compileJudge(own.schema, own.patterns)
          const oracle = withoutTracking(ajv()).compile(schema)
          expect(samples.map((sample) => judge(sample))).toEqual(samples.map((sample) => oracle(sample)))
        }),
        { numRuns: 60 },
      )
    })
})

/** Without unevaluated members there is nothing to track, and ajv's code for it has faults. */
function withoutTracking(ajv: Ajv): Ajv {
  ajv.opts.unevaluated = false
  return ajv
}
