import { describe, expect, test } from 'vitest'
import { backward, forward, in2019, in2020, judged, told } from './compare.ts'

const text = { type: 'string' }
const none = { type: 'null' }
const number = { type: 'number' }
const integer = { type: 'integer' }
const sameKind = (name: string): object => ({ type: 'object', properties: { kind: { const: name } }, required: ['kind'] })

judged('one schema becomes one of several', [
  ['in anyOf', text, { anyOf: [none, text] }, [], ['TYPE_CHANGED #/']],
  ['in oneOf', integer, { oneOf: [text, number] }, [], ['TYPE_CHANGED #/']],
  ['in a list of types', { ...text, maxLength: 2 }, { type: ['null', 'string'], maxLength: 3 }, [], ['TYPE_CHANGED #/']],
  ['that does not allow it', text, { anyOf: [none, { ...text, maxLength: 1 }] }, ['TYPE_CHANGED #/'], ['TYPE_CHANGED #/']],
  ['in allOf with another', text, { allOf: [text, { minLength: 1 }] }, ['TYPE_CHANGED #/'], []],
  ['alone', text, { anyOf: [text] }, [], []],
  ['alone, and narrower', text, { allOf: [{ ...text, maxLength: 1 }] }, ['MAX_LENGTH_ADDED #/maxLength'], []],
  ['alone in a list of types', text, { type: ['string'] }, [], []],
  ['alone inside of alone', { anyOf: [text] }, { allOf: [{ oneOf: [text] }] }, [], []],
  [
    'alone inside of alone, another',
    { anyOf: [text] },
    { allOf: [{ oneOf: [none] }] },
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
  ],
])

judged('schemas combined in another way', [
  ['oneOf to anyOf', { oneOf: [text, none] }, { anyOf: [text, none] }, [], ['COMBINED_TYPE_CHANGED #/']],
  ['allOf to anyOf', { allOf: [text, { minLength: 1 }] }, { anyOf: [text, { minLength: 1 }] }, [], ['COMBINED_TYPE_CHANGED #/']],
  ['allOf to oneOf', { allOf: [text, none] }, { oneOf: [text, none] }, ['COMBINED_TYPE_CHANGED #/'], ['COMBINED_TYPE_CHANGED #/']],
  ['one schema: allOf to oneOf', { allOf: [text] }, { oneOf: [text] }, [], []],
  ['one schema to one of several', { allOf: [text] }, { oneOf: [none, text] }, [], ['COMBINED_TYPE_CHANGED #/']],
  // By the criterion of the new schema, as Confluent's registry counts.
  [
    'all of several to one that is alone',
    { allOf: [text, { minLength: 1 }] },
    { oneOf: [text] },
    ['SUM_TYPE_NARROWED #/'],
    ['COMBINED_TYPE_CHANGED #/'],
  ],
])

judged('more or fewer schemas', [
  ['in anyOf', { anyOf: [text, none] }, { anyOf: [text, none, number] }, [], ['SUM_TYPE_NARROWED #/']],
  ['in oneOf', { oneOf: [text, none] }, { oneOf: [number, text, none] }, [], ['SUM_TYPE_NARROWED #/']],
  ['in a list of types', { type: ['string', 'null'] }, { type: ['null', 'integer', 'string'] }, [], ['SUM_TYPE_NARROWED #/']],
  ['in allOf', { allOf: [text, { minLength: 1 }] }, { allOf: [text] }, [], ['PRODUCT_TYPE_EXTENDED #/']],
  ['the same one twice', { anyOf: [text, none] }, { anyOf: [text, { type: 'string' }, none] }, [], []],
  [
    'more, but without a place for one',
    { oneOf: [text, none] },
    { oneOf: [number, none, { type: 'boolean' }] },
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ['SUM_TYPE_NARROWED #/', 'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
  ],
  [
    'as many, one of them another',
    { oneOf: [text, none] },
    { oneOf: [text, number] },
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
  ],
  ['in another order', { oneOf: [sameKind('a'), sameKind('b')] }, { oneOf: [sameKind('b'), sameKind('a')] }, [], []],
  [
    'a type beside anyOf, dropped',
    { type: 'object', anyOf: [{ required: ['a'] }, { required: ['b'] }] },
    { type: 'object' },
    [],
    ['TYPE_CHANGED #/'],
  ],
  [
    'inside of a property',
    { properties: { a: { anyOf: [text, none] } } },
    { properties: { a: { anyOf: [text] } } },
    ['SUM_TYPE_NARROWED #/properties/a'],
    [],
  ],
])

describe('schemas are paired so that as many as can be have a place', () => {
  const upTo = (...maxima: readonly number[]): object => ({ anyOf: maxima.map((maximum) => ({ maximum })) })
  for (const [older, newer, isCompatible] of [
    // The first fits all, the last only the greatest: taking the first free place for each would leave one out.
    [upTo(1, 2, 3), upTo(3, 2, 1), true],
    [upTo(1, 2, 3), upTo(4, 3, 2), true],
    [upTo(3, 3.5, 1), upTo(1, 3.5, 4), true],
    [upTo(2, 3, 4), upTo(1, 3, 4), false],
    [upTo(2, 3, 4), upTo(5, 1, 1.5), false],
    [upTo(2, 3), upTo(2, 1, 4), true],
    [upTo(2, 3), upTo(1, 1.5, 4), false],
  ] as const)
    test(`${JSON.stringify(older)} to ${JSON.stringify(newer)}`, () => {
      expect(told(backward(older, newer))).toEqual(isCompatible ? [] : ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'])
    })
})

const referring = (definitions: object, schema: object): object => ({ ...schema, definitions })
const list = (item: object): object => ({
  $ref: '#/definitions/node',
  definitions: { node: { type: 'object', properties: { item, next: { $ref: '#/definitions/node' } } } },
})
const unrolled = {
  first: { type: 'object', properties: { item: text, next: { $ref: '#/definitions/node' } } },
  node: { type: 'object', properties: { item: text, next: { $ref: '#/definitions/first' } } },
}
const external = (common: object, schema: object): { schema: object; references: { name: string; text: string }[] } => ({
  schema,
  references: [{ name: 'common.json', text: JSON.stringify(common) }],
})

judged('references are what they refer to', [
  ['inlined', referring({ t: text }, { properties: { a: { $ref: '#/definitions/t' } } }), { properties: { a: text } }, [], []],
  [
    'to another type',
    referring({ t: text }, { properties: { a: { $ref: '#/definitions/t' } } }),
    referring({ t: none }, { properties: { a: { $ref: '#/definitions/t' } } }),
    ['TYPE_CHANGED #/properties/a'],
    ['TYPE_CHANGED #/properties/a'],
  ],
  [
    'through other references',
    referring({ t: { $ref: '#/definitions/u' }, u: text }, { items: { $ref: '#/definitions/t' } }),
    referring({ t: { ...text, maxLength: 1 } }, { items: { $ref: '#/definitions/t' } }),
    ['MAX_LENGTH_ADDED #/items/maxLength'],
    [],
  ],
  [
    'in another document',
    external(text, { properties: { a: { $ref: 'common.json' } } }),
    external(number, { properties: { a: { $ref: 'common.json' } } }),
    ['TYPE_CHANGED #/properties/a'],
    ['TYPE_CHANGED #/properties/a'],
  ],
  [
    'draft 7: what stands beside them does not count',
    referring({ t: text }, { items: { $ref: '#/definitions/t' } }),
    referring({ t: text }, { items: { $ref: '#/definitions/t', maxLength: 1 } }),
    [],
    [],
  ],
  [
    '2019-09: what stands beside them counts',
    in2019({ $defs: { t: text }, items: { $ref: '#/$defs/t' } }),
    in2019({ $defs: { t: text }, items: { $ref: '#/$defs/t', maxLength: 1 } }),
    ['TYPE_CHANGED #/items'],
    [],
  ],
  ['that only lead back to themselves', { $ref: '#' }, text, ['TYPE_CHANGED #/'], []],
])

/** A list whose items each user of it says: the outermost schema with the anchor counts. */
const listOf = (item: object): object =>
  in2020({
    $id: 'http://x.org/texts',
    $ref: 'list',
    $defs: {
      item: { $dynamicAnchor: 'item', ...item },
      list: { $id: 'list', type: 'array', items: { $dynamicRef: '#item' }, $defs: { item: { $dynamicAnchor: 'item' } } },
    },
  })
const recursive = (leaf: object): object =>
  in2019({ type: 'object', $recursiveAnchor: true, properties: { child: { $recursiveRef: '#' }, leaf }, additionalProperties: false })

judged('dynamic references are what they come to from the root', [
  ['the same', listOf(text), listOf(text), [], []],
  ['another item', listOf(integer), listOf(number), [], ['TYPE_NARROWED #/items']],
  ['recursive', recursive(integer), recursive(number), [], ['TYPE_NARROWED #/properties/leaf']],
])

judged('schemas that contain themselves', [
  ['unchanged', list(text), list(text), [], []],
  ['unrolled once', list(text), { ...list(text), $ref: '#/definitions/first', definitions: unrolled }, [], []],
  ['with another item', list(integer), list(number), [], ['TYPE_NARROWED #/properties/item']],
])

test('a cycle does not hide what breaks behind it, whichever side is asked first', () => {
  // The pair of nodes is compatible as long as it is undecided, and both properties rest on it.
  const tree = (leaf: object): object => ({
    $ref: '#/definitions/node',
    definitions: {
      node: {
        type: 'object',
        properties: {
          left: { oneOf: [{ $ref: '#/definitions/node' }, none] },
          right: { oneOf: [{ $ref: '#/definitions/node' }, none] },
          leaf,
        },
      },
    },
  })
  expect(told(backward(tree(number), tree(integer)))).toEqual([
    'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/left',
    'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/right',
    'TYPE_NARROWED #/properties/leaf',
  ])
  expect(told(forward(tree(number), tree(integer)))).toEqual([])
})

test('a definition that is used twice is told once, in the first place', () => {
  const address = (city: object): object => ({
    properties: { home: { $ref: '#/definitions/address' }, work: { $ref: '#/definitions/address' } },
    definitions: { address: { properties: { city } } },
  })
  expect(told(backward(address(text), address(number)))).toEqual(['TYPE_CHANGED #/properties/home/properties/city'])
})
