import fc from 'fast-check'

export type Schema = boolean | { readonly [keyword: string]: unknown }

const names = ['a', 'b', 'n1', 'constructor', 'x/y']
const small = fc.nat({ max: 4 })
const constants = fc.constantFrom<unknown>(null, true, 0, 1, 1.5, 'a', 'abc', [], [1], {}, { a: 1 })

/** Schemas of draft 7 with every keyword that compatibility looks at, some it does not, and references to each other. */
export const anySchemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema; root: Schema }>((tie) => {
  const named = fc.dictionary(fc.constantFrom(...names), tie('schema'), { maxKeys: 3, noNullPrototype: true })
  const some = fc.array(tie('schema'), { minLength: 1, maxLength: 3 })
  const types = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object')
  const keywords = {
    type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
    enum: fc.uniqueArray(constants, { minLength: 1, maxLength: 3, selector: (constant) => JSON.stringify(constant) }),
    const: constants,
    multipleOf: fc.constantFrom(1, 2, 0.5),
    maximum: small,
    exclusiveMinimum: small,
    maxLength: small,
    minLength: small,
    pattern: fc.constantFrom('^a', 'b$'),
    format: fc.constantFrom('date', 'int64'),
    items: fc.oneof(tie('schema'), some),
    additionalItems: tie('schema'),
    minItems: small,
    uniqueItems: fc.boolean(),
    contains: tie('schema'),
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^n', 'b'), tie('schema'), { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: tie('schema'),
    required: fc.subarray(names, { maxLength: 2 }),
    dependencies: fc.dictionary(fc.constantFrom(...names), fc.oneof(tie('schema'), fc.subarray(names, { maxLength: 2 })), {
      maxKeys: 2,
      noNullPrototype: true,
    }),
    maxProperties: small,
    propertyNames: tie('schema'),
    allOf: some,
    anyOf: some,
    oneOf: some,
    not: tie('schema'),
    if: tie('schema'),
    default: constants,
    'connect.type': fc.constantFrom('bytes', 'int8'),
  }
  const several = fc
    .subarray(Object.keys(keywords) as (keyof typeof keywords)[], { maxLength: 4 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword] as fc.Arbitrary<unknown>]))))
  const reference = fc.constantFrom(0, 1, 2).map((index) => ({ $ref: `#/definitions/d${index}` }))
  return {
    schema: fc.oneof(
      { maxDepth: 4 },
      { weight: 1, arbitrary: fc.boolean() },
      { weight: 2, arbitrary: reference },
      { weight: 6, arbitrary: several },
    ),
    root: fc
      .tuple(several, tie('schema'), tie('schema'), tie('schema'))
      .map(([root, d0, d1, d2]) => ({ ...root, definitions: { d0, d1, d2 } })),
  }
}).root

/** The members of every object in the opposite order. */
export function reversed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(reversed)
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, unknown] => [name, reversed(member)])
      .toReversed(),
  )
}

export interface Change {
  readonly older: Schema
  readonly newer: Schema
}

/**
 * A schema and a changed one, made only of what the rules judge soundly: every part has a type, and there are no `oneOf`,
 * patterns of names, defaults, or required properties without a schema, about which the registry's rules are generous.
 */
export const soundChanges: fc.Arbitrary<Change> = fc.letrec<{ change: Change }>((tie) => {
  const either = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<readonly [Value, Value]> =>
    fc.oneof(
      values.map((value) => [value, value] as const),
      fc.tuple(values, values),
    )
  const scalar = fc.oneof(
    fc.record({ type: fc.constantFrom('integer', 'number'), minimum: small, maximum: small }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('string'), minLength: small, maxLength: small }, { requiredKeys: ['type'] }),
    fc.record({ type: fc.constant('number'), multipleOf: fc.constantFrom(1, 2, 0.5) }),
    fc.record({ enum: fc.subarray(['a', 1, null, 'abc', 2], { minLength: 1 }) }),
    fc.record({ type: fc.uniqueArray(fc.constantFrom('null', 'integer', 'string'), { minLength: 1 }) }),
    fc.constantFrom<Schema>({ type: 'null' }, { type: 'boolean' }, { const: 'a' }, false),
  )
  const changed = (make: (older: Schema, newer: Schema) => Change): fc.Arbitrary<Change> =>
    tie('change').map(({ older, newer }) => make(older, newer))
  return {
    change: fc.oneof(
      { maxDepth: 3 },
      { weight: 4, arbitrary: either<Schema>(scalar).map(([older, newer]) => ({ older, newer })) },
      { weight: 1, arbitrary: changed((older, newer) => ({ older, newer: { anyOf: [{ type: 'null' }, newer] } })) },
      {
        weight: 1,
        arbitrary: changed((older, newer) => ({ older: { type: 'array', items: older }, newer: { type: 'array', items: newer } })),
      },
      { weight: 1, arbitrary: changed((older, newer) => ({ older: { not: newer }, newer: { not: older } })) },
      { weight: 2, arbitrary: fc.array(tie('change'), { minLength: 1, maxLength: 3 }).chain((changes) => combinations(changes)) },
      { weight: 3, arbitrary: fc.array(tie('change'), { minLength: 1, maxLength: 3 }).chain((changes) => objects(changes)) },
    ),
  }

  function combinations(changes: readonly Change[]): fc.Arbitrary<Change> {
    const side = (key: keyof Change): fc.Arbitrary<readonly Schema[]> =>
      fc.shuffledSubarray(
        changes.map((change) => change[key]),
        { minLength: 1 },
      )
    return fc
      .tuple(either(fc.constantFrom('anyOf', 'allOf')), side('older'), side('newer'))
      .map(([[before, after], older, newer]) => ({ older: { [before]: older }, newer: { [after]: newer } }))
  }

  function objects(changes: readonly Change[]): fc.Arbitrary<Change> {
    const side = (key: keyof Change): fc.Arbitrary<Schema> =>
      fc.subarray([...changes.keys()]).chain((indexes) =>
        fc
          .tuple(fc.subarray(indexes), fc.constantFrom<Schema | undefined>(undefined, true, false, { type: 'integer' }), fc.option(small))
          .map(([required, additionalProperties, maxProperties]) => ({
            type: 'object',
            properties: Object.fromEntries(indexes.map((index) => [names[index], changes[index]?.[key]])),
            required: required.map((index) => names[index]),
            ...(additionalProperties === undefined ? {} : { additionalProperties }),
            ...(maxProperties === null ? {} : { maxProperties }),
          })),
      )
    return fc.tuple(side('older'), side('newer')).map(([older, newer]) => ({ older, newer }))
  }
}).change

/** Values of all types, some of them objects with the names that schemas have. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 4, arbitrary: fc.oneof(fc.constantFrom<unknown>(null, true, 'a', 'abc', '', 1.5, 0.5), fc.integer({ min: -1, max: 5 })) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 2 }) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 3, noNullPrototype: true }) },
  ),
})).value
