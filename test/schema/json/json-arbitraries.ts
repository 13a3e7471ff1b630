import fc from 'fast-check'

/** Random schemas of the kinds that topics have, and texts for them: mostly valid, some damaged in a small way. */
export type Schema = { readonly [keyword: string]: unknown }

const names = ['id', 'name', 'at', 'x', 'ünïcode', 'a.b', '0', 'constructor']

const scalars: fc.Arbitrary<Schema> = fc.oneof(
  fc.constant({ type: 'boolean' }),
  fc.constantFrom<Schema>(
    { type: 'integer' },
    { type: 'integer', minimum: 0 },
    { type: 'integer', exclusiveMinimum: 0, maximum: 100 },
    { type: 'integer', format: 'int64' },
  ),
  fc.constantFrom<Schema>(
    { type: 'number' },
    { type: 'number', minimum: -1.5, exclusiveMaximum: 1e3 },
    { type: 'number', multipleOf: 0.5 },
  ),
  fc.constantFrom<Schema>({ type: 'string' }, { type: 'string', minLength: 2, maxLength: 4 }, { type: 'string', pattern: '^[a-z]*$' }),
  fc.constantFrom<Schema>(
    { type: 'string', format: 'date-time' },
    { type: 'string', format: 'date' },
    { type: 'string', format: 'email' },
    { type: 'string', format: 'time' },
  ),
  fc.constantFrom<Schema>(
    { enum: ['a', 'bb', 'c"d'] },
    { type: 'string', enum: ['a', 'b'] },
    { const: 'a' },
    { type: ['string', 'null'], enum: ['a', null] },
  ),
  fc.constantFrom<Schema>(
    {},
    { type: 'object' },
    { type: 'string', contentEncoding: 'base64' },
    { type: 'object', additionalProperties: { type: 'integer' } },
  ),
)

function nullable(schema: Schema): fc.Arbitrary<Schema> {
  const typed = typeof schema['type'] === 'string' ? [{ ...schema, type: [schema['type'], 'null'] }] : []
  return fc.constantFrom<Schema>(
    schema,
    schema,
    ...typed,
    { anyOf: [schema, { type: 'null' }] },
    { oneOf: [{ type: 'null' }, schema] },
    { allOf: [schema] },
  )
}

const { object } = fc.letrec<{ value: Schema; object: Schema }>((tie) => ({
  value: fc
    .oneof(
      { maxDepth: 3 },
      { weight: 5, arbitrary: scalars },
      { weight: 1, arbitrary: tie('object') },
      { weight: 1, arbitrary: fc.record({ type: fc.constant('array'), items: tie('value') }) },
    )
    .chain(nullable),
  object: fc
    .record({
      properties: fc.dictionary(fc.constantFrom(...names), tie('value'), { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
      required: fc.subarray(names, { maxLength: 2 }),
      additionalProperties: fc.constantFrom(undefined, true, false),
    })
    .map(({ properties, required, additionalProperties }) => ({
      type: 'object',
      properties,
      required: required.filter((name) => Object.hasOwn(properties, name)),
      ...(additionalProperties === undefined ? {} : { additionalProperties }),
    })),
}))

export const schemas: fc.Arbitrary<Schema> = object

/** Texts of records: of the schema's own shape, and the same with bytes dropped, doubled or replaced. */
export function recordTexts(schema: Schema): fc.Arbitrary<string> {
  const valid = textOf(schema)
  const damaged = fc
    .tuple(
      valid,
      fc.nat(),
      fc.constantFrom('', '"', '{', '}', ',', ':', '0', '1', '.', '-', 'e', ' ', '\\', '\u0001', 'null', '[', ']', 'é'),
    )
    .map(([text, where, insert]) => {
      const position = where % (text.length + 1)
      return text.slice(0, position) + insert + text.slice(position + (where % 2))
    })
  return fc.oneof({ weight: 3, arbitrary: valid }, { weight: 1, arbitrary: damaged })
}

const numbers = [
  '0',
  '-0',
  '1',
  '42',
  '100',
  '-7',
  '999',
  '1.0',
  '1.5',
  '-1.5',
  '1e2',
  '1E-3',
  '0.1',
  '12.50',
  '999999999999999',
  '1234567890123456',
  '-123456789012345678',
  '1714979289123456789',
  '-9223372036854775808',
  '9007199254740993000',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '0.30000000000000004',
  '1e400',
]
const strings = [
  '""',
  '"a"',
  '"bb"',
  '"abc"',
  '"hello"',
  '"é😀"',
  '"\\u0061"',
  '"a\\n\\\\"',
  '"\\ud83d\\ude00é"',
  '"c\\"d"',
  '"\\ud800"',
  '"a@b.c"',
  '"AAEC"',
  '"not base64"',
]
const instants = [
  '"2024-05-06T07:08:09Z"',
  '"2024-05-06T07:08:09.123456789+02:00"',
  '"0001-01-01t00:00:00z"',
  '"2024-02-30T00:00:00Z"',
  '"2024-05-06"',
  '"2023-02-29"',
  '"07:08:09Z"',
  '"x"',
]
const others = ['null', 'true', 'false', '[]', '{}', '[1]', '{"a":1}', '{"id":1.0}', 'nul', '"unterminated']

function textOf(schema: Schema): fc.Arbitrary<string> {
  const usual = usualText(schema)
  return fc.oneof(
    { weight: 12, arbitrary: usual },
    { weight: 1, arbitrary: fc.constantFrom(...numbers, ...strings, ...instants, ...others) },
  )
}

function usualText(schema: Schema): fc.Arbitrary<string> {
  const branches = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as Schema[] | undefined
  if (branches !== undefined) return fc.oneof(...branches.map(textOf))
  const type = [schema['type']].flat()[0]
  if (type === 'object' && schema['properties'] !== undefined)
    return objectText(schema['properties'] as { [name: string]: Schema }, schema['required'] as string[])
  if (type === 'array') return fc.array(textOf(schema['items'] as Schema), { maxLength: 3 }).map((items) => `[${items.join(',')}]`)
  if (type === 'boolean') return fc.constantFrom('true', 'false')
  if (type === 'integer' || type === 'number') return fc.oneof(fc.constantFrom(...numbers), fc.integer().map(String))
  if (type === 'null') return fc.constant('null')
  if (schema['format'] !== undefined) return fc.constantFrom(...instants, '"a@b"')
  if (schema['enum'] !== undefined || schema['const'] !== undefined) return fc.constantFrom('"a"', '"b"', '"bb"', '"c\\"d"', 'null')
  if (type === 'string') return fc.constantFrom(...strings)
  return fc.constantFrom(...numbers, ...strings, ...others.slice(0, 8))
}

/** Members in any order, some missing, now and then one too many or one twice, with spaces of two styles. */
function objectText(properties: { [name: string]: Schema }, required: readonly string[]): fc.Arbitrary<string> {
  const members = Object.entries(properties).map(([name, schema]) =>
    fc
      .tuple(textOf(schema), fc.integer({ min: 0, max: 9 }))
      .map(([text, dice]) => (dice === 0 || (dice < 4 && !required.includes(name)) ? undefined : ([name, text] as const))),
  )
  const extra = fc.oneof(
    { weight: 8, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.constant([['extra', '[1.0]'] as const]) },
    { weight: 1, arbitrary: fc.constantFrom(...Object.keys(properties)).map((name) => [[name, '1'] as const]) },
  )
  return fc
    .tuple(fc.tuple(...members), extra, fc.nat({ max: 3 }), fc.constantFrom('', '', ' ', '\n'))
    .map(([own, more, rotation, space]) => {
      const present = [...own.filter((member) => member !== undefined), ...more]
      const rotated = [...present.slice(rotation), ...present.slice(0, rotation)]
      return `{${space}${rotated.map(([name, text]) => `${JSON.stringify(name)}${space}:${space}${text}`).join(`,${space}`)}${space}}`
    })
}
