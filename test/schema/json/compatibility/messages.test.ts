import { describe, expect, test } from 'vitest'
import { jsonSchema } from '../../../../src/schema/json/language.ts'
import { backward, forward, in2019, type Source } from './compare.ts'
import { parseSchema } from '../support.ts'

const object = (properties: object, rest: object = {}): object => ({ type: 'object', properties, ...rest })
const text = { type: 'string' }

describe('every broken rule says in a sentence what is wrong where, and in which schema', () => {
  for (const [older, newer, sentence] of [
    [text, { type: 'null' }, "The type at '#/' of the new schema is not the one of the old schema"],
    [{ type: 'number' }, { type: 'integer' }, "The schema at '#/' allows less in the new schema than in the old schema"],
    [{}, text, "The type at '#/' of the new schema is not the one of the old schema"],
    [
      object({ a: text }),
      object({ a: { ...text, maxLength: 5 } }),
      "The new schema has a constraint at '#/properties/a/maxLength' that the old schema does not have",
    ],
    [
      { ...text, maxLength: 6 },
      { ...text, maxLength: 5 },
      "The value at '#/maxLength' is smaller in the new schema than in the old schema",
    ],
    [
      { ...text, minLength: 5 },
      { ...text, minLength: 6 },
      "The value at '#/minLength' is greater in the new schema than in the old schema",
    ],
    [{ ...text, pattern: 'a' }, { ...text, pattern: 'b' }, "The value at '#/pattern' differs between the new and the old schema"],
    [{ enum: [1, 2] }, { enum: [1] }, "The list at '#/enum' allows less in the new schema than in the old schema"],
    [
      object({}, { dependencies: { a: ['b'] } }),
      object({}, { dependencies: { a: ['b', 'c'] } }),
      "The list at '#/dependencies/a' asks for more in the new schema than in the old schema",
    ],
    [
      object({}),
      object({}, { additionalProperties: false }),
      "The new schema does not allow what the old schema allows at '#/additionalProperties'",
    ],
    [
      object({}),
      object({ a: text }),
      "The new schema names '#/properties/a', where the open content model of the old schema allowed any value",
    ],
    [
      object({}, { additionalProperties: false }),
      object({ a: text }, { additionalProperties: false, required: ['a'] }),
      "The new schema requires '#/properties/a', which does not exist in the old schema",
    ],
    [
      object({ a: text }, { additionalProperties: false }),
      object({}, { additionalProperties: false }),
      "The closed content model of the new schema does not allow '#/properties/a', which the old schema has",
    ],
    [
      object({ a: text }),
      object({ a: text }, { required: ['a'] }),
      "The new schema requires '#/required/a', which has no default and is optional in the old schema",
    ],
    [
      { anyOf: [text, { type: 'null' }] },
      { oneOf: [text, { type: 'null' }] },
      "The schemas at '#/' are combined in another way by the new schema than by the old schema",
    ],
    [
      { anyOf: [text, { type: 'null' }] },
      { anyOf: [text, { type: 'number' }] },
      "The schemas combined at '#/' cannot be paired so that each of the new schema allows what one of the old schema allows",
    ],
    [{ not: { type: 'integer' } }, { not: { type: 'number' } }, "The new schema excludes more at '#/not' than the old schema"],
  ] as const satisfies readonly (readonly [Source, Source, string])[])
    test(sentence, () => {
      expect(backward(older, newer).map(({ description }) => description)).toEqual([sentence])
      const otherWay = sentence.replaceAll(/\b(new|old)\b/g, (word) => (word === 'new' ? 'old' : 'new'))
      expect(forward(newer, older).map(({ description }) => description)).toEqual([otherWay])
    })

  test('of a partially open model, what differs inside comes first', () => {
    const older = object({}, { additionalProperties: text })
    const newer = object({ a: { type: 'null' } }, { additionalProperties: text })
    expect(backward(older, newer).map(({ description }) => description)).toEqual([
      "The type at '#/properties/a' of the new schema is not the one of the old schema",
      "The new schema names '#/properties/a' and does not allow what the partially open content model of the old schema allowed there",
    ])
    expect(backward(newer, older).map(({ description }) => description)[1]).toBe(
      "The new schema does not name '#/properties/a', and its partially open content model does not allow what the old schema has there",
    )
  })
})

test('the rules broken in one schema are told together, in the order of the text', () => {
  const older = object({ id: text, tags: { type: 'array', items: text }, gone: { type: 'null' } }, { additionalProperties: false })
  const newer = object(
    { id: { ...text, maxLength: 3, pattern: 'x' }, tags: { type: 'array', items: { enum: ['a'] }, minItems: 1 } },
    { additionalProperties: false, required: ['id'] },
  )
  expect(backward(older, newer).map(({ errorType, path }) => `${errorType} ${path}`)).toEqual([
    'REQUIRED_ATTRIBUTE_ADDED #/required/id',
    'MAX_LENGTH_ADDED #/properties/id/maxLength',
    'PATTERN_ADDED #/properties/id/pattern',
    'TYPE_CHANGED #/properties/tags/items',
    'MIN_ITEMS_ADDED #/properties/tags/minItems',
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/gone',
  ])
})

test('the language asks the same question, and several times of one schema', () => {
  const [older, newer, newest] = [parseSchema(object({})), parseSchema(object({ a: text })), parseSchema(in2019(object({})))]
  const names = { reader: 'new', writer: 'old' } as const
  const ask = (reader: typeof older, writer: typeof older): string[] =>
    (jsonSchema.checkCompatibility?.({ reader, writer, names, policy: 'STRICT' }) ?? []).map(({ errorType }) => errorType)
  expect(ask(newer, older)).toEqual(['OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL'])
  expect(ask(newest, newer)).toEqual([])
  expect(ask(newest, older)).toEqual([])
})
