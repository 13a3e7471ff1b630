import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decoderOf, errorOf, verdictOf, verdictsOf } from './support.ts'

const wide = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    name: { type: 'string' },
    tags: { type: 'array', items: { type: 'string' } },
    by: { type: 'object', additionalProperties: { type: 'number' } },
    user: { type: 'object', properties: { at: { type: 'string', format: 'date-time' }, any: {} } },
  },
}

describe('nesting is refused before anything recurses', () => {
  for (const [name, text] of [
    ['arrays', '['.repeat(1_000_000)],
    ['closed arrays', '['.repeat(1_000_000) + ']'.repeat(1_000_000)],
    ['objects', '{"a":'.repeat(1_000_000)],
    ['inside a member', `{"user":{"any":${'['.repeat(1_000_000)}`],
    ['just too deep', '['.repeat(65) + ']'.repeat(65)],
  ] as const)
    test(name, () => expect(errorOf(wide, text)).toBe('$: nested deeper than 64 levels'))

  test('brackets inside strings are text', () => {
    expect(verdictOf({ type: 'string' }, JSON.stringify('["{\\'.repeat(100)))).toEqual({ row: { value: '["{\\'.repeat(100) } })
  })

  test('what is side by side is not nested', () => {
    expect(errorOf({ type: 'array', items: { type: 'array', items: { type: 'integer' } } }, `[${'[],'.repeat(200)}[]]`)).toContain(
      'accepted',
    )
  })
})

test('a pattern that hangs backtracking engines is judged on 50,000 characters', () => {
  expect(errorOf({ type: 'string', pattern: '^(a+)+$' }, JSON.stringify(`${'a'.repeat(50_000)}!`))).toContain(
    '$: does not match the pattern ^(a+)+$',
  )
})

test('formats take hostile strings in linear time', () => {
  const strings = [
    'http://' + ':'.repeat(200_000),
    'a@' + 'a-'.repeat(100_000),
    '/~0'.repeat(70_000) + '~',
    '{' + 'a,'.repeat(100_000),
    'P' + '1'.repeat(200_000),
    '#'.repeat(200_000),
    'a:'.repeat(100_000) + ' ',
    '0:'.repeat(100_000),
    'a.'.repeat(100_000),
  ]
  for (const format of [
    'url',
    'uri',
    'uri-reference',
    'uri-template',
    'email',
    'hostname',
    'ipv4',
    'ipv6',
    'uuid',
    'json-pointer',
    'json-pointer-uri-fragment',
    'relative-json-pointer',
    'duration',
    'byte',
    'regex',
    'date-time',
    'time',
    'date',
  ]) {
    const decoder = decoderOf({ type: 'string', format })
    expect(
      verdictsOf(
        decoder,
        strings.map((text) => JSON.stringify(text)),
      ),
    ).toHaveLength(strings.length)
  }
})

test('uniqueItems takes many different objects in linear time', () => {
  const items = Array.from({ length: 30_000 }, (_, index) => ({ a: { b: index } }))
  expect('row' in verdictOf({ type: 'array', uniqueItems: true }, JSON.stringify(items))).toBe(true)
})

test('a few bytes cannot grow to gigabytes of columns', () => {
  const properties = Object.fromEntries(Array.from({ length: 1_900 }, (_, index) => [`p${index}`, { type: 'integer' }]))
  const schema = { type: 'array', items: { type: 'object', properties } }
  expect(errorOf(schema, `[${'{},'.repeat(20_000)}{}]`)).toBe('$: too large: its items take more than 20000000 column values')
})

test('an integer written with a million digits is refused quickly', () => {
  expect(errorOf({ type: 'integer' }, `1${'0'.repeat(300)}${'1'.repeat(3)}`)).toContain('not an integer of 64 bits')
  expect(errorOf({ type: 'integer' }, `9007199254740993.${'0'.repeat(500_000)}${'1'.repeat(500_000)}`)).toContain(
    'not an integer of 64 bits',
  )
})

test('random bytes, truncated and damaged values are a row or a RecordError, never another error', () => {
  const decoder = decoderOf(wide)
  const valid = Buffer.from(
    '{"id":12,"name":"a\\u00e9\\n","tags":["x",""],"by":{"k":1.5e3},"user":{"at":"2024-01-01T00:00:00Z","any":[null,{"x":1.0}]}}',
  )
  const damaged = fc.tuple(fc.nat({ max: valid.length - 1 }), fc.integer({ min: 0, max: 255 })).map(([position, byte]) => {
    const copy = Buffer.from(valid)
    copy[position] = byte
    return copy
  })
  const prefix = fc.nat({ max: valid.length }).map((length) => valid.subarray(0, length))
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 40 }), damaged, prefix), { minLength: 20, maxLength: 40 }), (values) => {
      expect(verdictsOf(decoder, values)).toHaveLength(values.length)
    }),
    { numRuns: 100 },
  )
})
