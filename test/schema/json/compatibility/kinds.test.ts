import { describe, expect, test } from 'vitest'
import { backward, in2020, inDraft4, judged, told } from './compare.ts'

const changed = (path: string): string[] => [`TYPE_CHANGED ${path}`]

describe('a value of one type is none of another', () => {
  const types = ['null', 'boolean', 'number', 'string', 'array', 'object'] as const
  for (const older of types)
    for (const newer of types)
      test(`${older} to ${newer}`, () => {
        const expected = (path: string): string[] => (older === newer ? [] : changed(path))
        expect(told(backward({ type: older }, { type: newer }))).toEqual(expected('#/'))
        expect(told(backward({ items: { type: older } }, { items: { type: newer } }))).toEqual(expected('#/items'))
        const holding = (type: string): object => ({ type: 'object', properties: { a: { type } } })
        expect(told(backward(holding(older), holding(newer)))).toEqual(expected('#/properties/a'))
      })
})

judged('what allows everything or nothing', [
  ['true to false', true, false, changed('#/'), []],
  ['true to {}', true, {}, [], []],
  ['a type and {}', { type: 'string' }, {}, [], changed('#/')],
  ['a type and {} of annotations', { type: 'string' }, { title: 'x', description: 'y', examples: [1] }, [], changed('#/')],
  ['false to a type', false, { type: 'string' }, [], changed('#/')],
  ['false to several', false, { anyOf: [{ type: 'string' }, { type: 'null' }] }, [], changed('#/')],
  ['a combination and {}', { allOf: [{ type: 'string' }, { minLength: 1 }] }, {}, [], changed('#/')],
])

judged('annotations do not matter', [
  ['title, description, default, examples', { type: 'string', title: 'a', default: 'x' }, { type: 'string', description: 'b' }, [], []],
  ['an address', { $id: 'http://x.org/a', type: 'string' }, { $id: 'http://x.org/b', type: 'string' }, [], []],
  ['definitions that nothing refers to', { type: 'string', definitions: { a: { type: 'null' } } }, { type: 'string' }, [], []],
  ['a format of a string', { type: 'string', format: 'date' }, { type: 'string', format: 'email' }, [], []],
  ['a keyword of another draft', { type: 'integer', dependentRequired: { a: ['b'] } }, { type: 'integer' }, [], []],
])

judged('strings', [
  ['maxLength added', { type: 'string' }, { type: 'string', maxLength: 5 }, ['MAX_LENGTH_ADDED #/maxLength'], []],
  ['maxLength raised', { type: 'string', maxLength: 5 }, { type: 'string', maxLength: 6 }, [], ['MAX_LENGTH_DECREASED #/maxLength']],
  ['minLength added', { type: 'string' }, { type: 'string', minLength: 1 }, ['MIN_LENGTH_ADDED #/minLength'], []],
  ['minLength raised', { type: 'string', minLength: 1 }, { type: 'string', minLength: 2 }, ['MIN_LENGTH_INCREASED #/minLength'], []],
  ['minLength of nothing', { type: 'string' }, { type: 'string', minLength: 0 }, ['MIN_LENGTH_ADDED #/minLength'], []],
  ['pattern added', { type: 'string' }, { type: 'string', pattern: 'a' }, ['PATTERN_ADDED #/pattern'], []],
  [
    'pattern changed',
    { type: 'string', pattern: 'a' },
    { type: 'string', pattern: 'b' },
    ['PATTERN_CHANGED #/pattern'],
    ['PATTERN_CHANGED #/pattern'],
  ],
  ['only the constraint is left', { type: 'string', maxLength: 5 }, { maxLength: 5 }, [], []],
])

judged('numbers', [
  ['integer to number', { type: 'integer' }, { type: 'number' }, [], ['TYPE_NARROWED #/']],
  ['integer to any number above', { type: 'integer', minimum: 0 }, { minimum: 0 }, [], ['TYPE_NARROWED #/']],
  ['maximum added', { type: 'number' }, { type: 'number', maximum: 1.5 }, ['MAXIMUM_ADDED #/maximum'], []],
  ['maximum lowered', { type: 'number', maximum: 2 }, { type: 'number', maximum: 1.5 }, ['MAXIMUM_DECREASED #/maximum'], []],
  ['minimum added', { type: 'number' }, { type: 'number', minimum: -1 }, ['MINIMUM_ADDED #/minimum'], []],
  ['minimum raised', { type: 'number', minimum: -2 }, { type: 'number', minimum: -1 }, ['MINIMUM_INCREASED #/minimum'], []],
  [
    'exclusiveMaximum added',
    { type: 'number' },
    { type: 'number', exclusiveMaximum: 1 },
    ['EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum'],
    [],
  ],
  [
    'exclusiveMaximum lowered, without a maximum',
    { type: 'number', exclusiveMaximum: 2 },
    { type: 'number', exclusiveMaximum: 1 },
    ['EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum'],
    [],
  ],
  [
    'exclusiveMinimum added',
    { type: 'number' },
    { type: 'number', exclusiveMinimum: 1 },
    ['EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum'],
    [],
  ],
  [
    'exclusiveMinimum raised',
    { type: 'number', exclusiveMinimum: 1 },
    { type: 'number', exclusiveMinimum: 2 },
    ['EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum'],
    [],
  ],
  [
    'draft 4: a bound made exclusive',
    inDraft4({ type: 'number', maximum: 5, minimum: 1 }),
    inDraft4({ type: 'number', maximum: 5, exclusiveMaximum: true, minimum: 1, exclusiveMinimum: true }),
    ['EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum', 'EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum'],
    [],
  ],
  [
    'draft 4: a flag that is off',
    inDraft4({ type: 'number', maximum: 5 }),
    inDraft4({ type: 'number', maximum: 5, exclusiveMaximum: false }),
    [],
    [],
  ],
  ['multipleOf added', { type: 'number' }, { type: 'number', multipleOf: 2 }, ['MULTIPLE_OF_ADDED #/multipleOf'], []],
  ['multipleOf reduced', { type: 'number', multipleOf: 4 }, { type: 'number', multipleOf: 2 }, [], ['MULTIPLE_OF_EXPANDED #/multipleOf']],
  [
    'multipleOf reduced below one',
    { type: 'number', multipleOf: 0.1 },
    { type: 'number', multipleOf: 0.01 },
    [],
    ['MULTIPLE_OF_EXPANDED #/multipleOf'],
  ],
  [
    'multipleOf changed',
    { type: 'number', multipleOf: 4 },
    { type: 'number', multipleOf: 6 },
    ['MULTIPLE_OF_CHANGED #/multipleOf'],
    ['MULTIPLE_OF_CHANGED #/multipleOf'],
  ],
])

judged('constants', [
  ['enum extended', { enum: ['a', 'b'] }, { enum: ['c', 'b', 'a'] }, [], ['ENUM_ARRAY_NARROWED #/enum']],
  ['enum in another order', { enum: ['a', { x: 1, y: [2] }] }, { enum: [{ y: [2], x: 1.0 }, 'a'] }, [], []],
  ['enum changed', { enum: ['a', 'b'] }, { enum: ['a', 'c'] }, ['ENUM_ARRAY_CHANGED #/enum'], ['ENUM_ARRAY_CHANGED #/enum']],
  ['a constant of another type', { enum: [1] }, { enum: ['1'] }, ['ENUM_ARRAY_CHANGED #/enum'], ['ENUM_ARRAY_CHANGED #/enum']],
  ['const changed', { const: 'a' }, { const: 'b' }, ['ENUM_ARRAY_CHANGED #/const'], ['ENUM_ARRAY_CHANGED #/const']],
  ['const kept', { const: { a: null, b: 0 } }, { const: { b: -0, a: null } }, [], []],
  ['const and enum', { const: 'a' }, { enum: ['a'] }, changed('#/'), changed('#/')],
  ['draft 4 knows no const', inDraft4({ const: 'a' }), inDraft4({ const: 'b' }), [], []],
  [
    'an enum beside its type, extended',
    { type: 'string', enum: ['a'] },
    { enum: ['a', 'b'], type: 'string' },
    [],
    ['COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
  ],
  ['a type beside the enum, dropped', { type: 'string', enum: ['a'] }, { enum: ['a'] }, [], changed('#/')],
])

judged('what must not be', [
  ['not narrowed', { not: { type: 'number' } }, { not: { type: 'integer' } }, [], ['NOT_TYPE_EXTENDED #/not']],
  ['not kept', { not: { type: 'number' } }, { not: { type: 'number' } }, [], []],
  ['not of not', { not: { not: { type: 'integer' } } }, { not: { not: { type: 'number' } } }, [], ['NOT_TYPE_EXTENDED #/not']],
  ['not dropped beside a type', { type: 'string', not: { enum: ['a'] } }, { type: 'string' }, [], changed('#/')],
])

judged('keywords of a type that is not named are of its kind all the same', [
  ['properties beside a type of strings', { type: 'string', properties: { a: {} } }, { type: 'string' }, [], changed('#/')],
  ['a format of numbers, up to draft 7', { type: 'integer' }, { type: 'integer', format: 'int64' }, changed('#/'), []],
  ['a format of numbers, in 2020-12', in2020({ type: 'integer' }), in2020({ type: 'integer', format: 'int64' }), [], []],
  ['a condition added', { type: 'object' }, { type: 'object', if: { required: ['a'] }, else: { required: ['b'] } }, changed('#/'), []],
  ['a condition changed', { if: { type: 'null' } }, { if: { type: 'string' }, else: false }, [], []],
  ['draft 4 knows no condition', inDraft4({ type: 'object' }), inDraft4({ type: 'object', if: { required: ['a'] } }), [], []],
])

judged('bytes of Kafka Connect may be of any type', [
  ['from text to numbers', { type: 'string', 'connect.type': 'bytes' }, { type: 'number', 'connect.type': 'bytes' }, [], []],
  [
    'from text to either',
    { type: 'string', 'connect.type': 'bytes' },
    { oneOf: [{ type: 'number' }, { type: 'null' }], 'connect.type': 'bytes' },
    [],
    [],
  ],
  ['marked on one side only', { type: 'string', 'connect.type': 'bytes' }, { type: 'number' }, changed('#/'), changed('#/')],
  ['another mark', { type: 'string', 'connect.type': 'int8' }, { type: 'number', 'connect.type': 'int8' }, changed('#/'), changed('#/')],
  [
    'but of one type keep its constraints',
    { type: 'string', 'connect.type': 'bytes' },
    { type: 'string', maxLength: 1, 'connect.type': 'bytes' },
    ['MAX_LENGTH_ADDED #/maxLength'],
    [],
  ],
])
