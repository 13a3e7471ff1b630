import { describe, expect, test } from 'vitest'
import { limits } from '../../../../src/shared/limits.ts'
import { StepBudget } from '../../../../src/schema/step-budget.ts'
import { refusalOf, type SchemaSource } from '../support.ts'
import { backward, told } from './compare.ts'

/** Definitions of `width` alternatives each, every one of them referring to all definitions again. */
function entangled(count: number, width: number, leaf: object): object {
  const definitions = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `d${index}`,
      {
        oneOf: Array.from({ length: width }, (_, branch) => ({
          type: 'object',
          properties: { next: { $ref: `#/definitions/d${(index * width + branch) % count}` }, leaf, [`b${branch}`]: {} },
        })),
      },
    ]),
  )
  return { $ref: '#/definitions/d0', definitions }
}

/** A combination inside of a combination and so on, each twice: 2^depth ways down. */
function doubling(keyword: string, depth: number, leaf: object): object {
  const definitions: Record<string, object> = { [`d${depth}`]: leaf }
  for (let level = depth - 1; level >= 0; level--)
    definitions[`d${level}`] = {
      [keyword]: [1, 2].map((number) => ({ type: 'object', properties: { [`p${number}`]: { $ref: `#/definitions/d${level + 1}` } } })),
    }
  return { $ref: '#/definitions/d0', definitions }
}

const text = { type: 'string' }
const wide = (count: number, schema: (index: number) => object): object[] => Array.from({ length: count }, (_, index) => schema(index))

describe('work is bounded, however often schemas are reached', () => {
  for (const [name, older, newer, stepsMax] of [
    ['oneOf that doubles', doubling('oneOf', 60, text), doubling('oneOf', 60, text), 60_000],
    ['anyOf that doubles, of another leaf', doubling('anyOf', 60, text), doubling('anyOf', 60, { type: 'null' }), 60_000],
    ['allOf that doubles', doubling('allOf', 60, text), doubling('allOf', 60, text), 60_000],
    ['definitions that all refer to each other', entangled(20, 5, text), entangled(20, 5, text), 3_000_000],
    ['the same, of another leaf', entangled(20, 5, text), entangled(20, 5, { type: 'null' }), 3_000_000],
    [
      'many constants to choose from',
      { oneOf: wide(500, (index) => ({ const: index })) },
      { oneOf: wide(500, (index) => ({ const: 499 - index })) },
      1_000_000,
    ],
    [
      'bounds that all fit into each other',
      { anyOf: wide(300, (maximum) => ({ maximum })) },
      { anyOf: wide(300, (index) => ({ maximum: index + 300 })) },
      2_000_000,
    ],
    [
      'long names against patterns',
      { properties: Object.fromEntries(wide(100, (index) => ({ index })).map((_, index) => ['x'.repeat(1_000) + index, {}])) },
      { patternProperties: { 'x{500}y': {} } },
      200_000_000,
    ],
  ] as const satisfies readonly (readonly [string, SchemaSource, SchemaSource, number])[])
    test(name, () => {
      const budget = new StepBudget(stepsMax)
      backward(older, newer, { budget })
      expect(budget.spent).toBeLessThanOrEqual(stepsMax)
    })
})

describe('past the bound the answer is an error, not a guess', () => {
  for (const [name, older, newer] of [
    ['alternatives of alternatives', entangled(60, 60, text), entangled(60, 60, text)],
    [
      'constants in constants',
      { oneOf: wide(900, (index) => ({ enum: wide(30, (each) => ({ index, each })) })) },
      { oneOf: wide(900, (index) => ({ enum: wide(30, (each) => ({ each, index })) })) },
    ],
    [
      'large patterns over long names',
      { properties: Object.fromEntries(wide(2_000, (index) => ({ index })).map((_, index) => ['x'.repeat(1_000) + index, {}])) },
      { patternProperties: { 'x{500}y': {} } },
    ],
  ] as const)
    test(name, () => {
      const refusal = refusalOf(() => backward(older, newer, { budget: new StepBudget(500_000) }))
      expect(refusal).toContain('too-large: the two schemas are too large to compare: more than 500000 steps')
    })

  test('which bound limits.ts says', () => {
    expect(refusalOf(() => backward(entangled(60, 60, text), entangled(60, 60, text)))).toContain(
      `more than ${limits.compatibilityStepsMax} steps`,
    )
  })
})

test('a chain of references without end is followed without recursion', () => {
  const chain = (length: number): object => ({
    $ref: '#/definitions/d0',
    definitions: Object.fromEntries(
      Array.from({ length }, (_, index) => [`d${index}`, { properties: { next: { $ref: `#/definitions/d${(index + 1) % length}` } } }]),
    ),
  })
  // Neither length divides the other: the pairs are all of theirs, one inside the other.
  expect(told(backward(chain(199), chain(200)))).toEqual([])
})

test('a long way to what is broken is cut short where it is told', () => {
  const chain = (length: number, leaf: object): object => ({
    $ref: '#/definitions/d0',
    definitions: {
      ...Object.fromEntries(
        Array.from({ length }, (_, index) => [`d${index}`, { properties: { n: { $ref: `#/definitions/d${index + 1}` } } }]),
      ),
      [`d${length}`]: leaf,
    },
  })
  expect(told(backward(chain(5_000, text), chain(5_000, { type: 'null' })))[0]).toMatch(/^TYPE_CHANGED #\/…(\/properties\/n){50,100}$/)
})

test('of very many broken rules the first ones are told', () => {
  const properties = (type: string): object => ({
    properties: Object.fromEntries(wide(2_000, () => ({ type })).map((schema, index) => [`p${index}`, schema])),
  })
  const incompatibilities = backward(properties('string'), properties('null'))
  expect(incompatibilities).toHaveLength(limits.incompatibilitiesMax)
  expect(told(incompatibilities.slice(0, 1))).toEqual(['TYPE_CHANGED #/properties/p0'])
})
