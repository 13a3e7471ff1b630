import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkAvroCompatibility } from '../../../src/schema/avro/compatibility.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import type { Incompatibility } from '../../../src/schema/compatibility.ts'
import type { ParsedSchema } from '../../../src/schema/language.ts'
import { StepBudget } from '../../../src/schema/step-budget.ts'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { limits } from '../../../src/shared/limits.ts'
import { samples, type SchemaJson } from './avro-arbitraries.ts'
import { schemaPairs } from './schema-pair-arbitrary.ts'

const parse = (schema: unknown): ParsedSchema => avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references: [] })

function check(reader: ParsedSchema, writer: ParsedSchema, budget?: StepBudget): Incompatibility[] {
  return checkAvroCompatibility({ reader, writer, names: { reader: 'new', writer: 'old' }, policy: 'STRICT' }, budget)
}

describe('every schema is compatible with itself', () => {
  test('schemas of every type', () => {
    fc.assert(
      fc.property(samples, ({ schema }) => {
        expect(check(parse(schema), parse(schema))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('schemas that contain themselves', () => {
    fc.assert(
      fc.property(schemaPairs, ({ older, newer }) => {
        expect(check(parse(older), parse(older))).toEqual([])
        expect(check(parse(newer), parse(newer))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})

/** avsc compares names with their namespaces (there are none here) and otherwise by the same rules. */
function isReadableByAvsc(reader: SchemaJson, writer: SchemaJson): boolean {
  const [readerType, writerType] = [avsc.Type.forSchema(reader as never), avsc.Type.forSchema(writer as never)]
  try {
    readerType.createResolver(writerType)
    return true
  } catch {
    return false
  }
}

test('avsc can resolve two schemas exactly where they are compatible', () => {
  const verdicts = new Set<boolean>()
  fc.assert(
    fc.property(schemaPairs, ({ older, newer }) => {
      const isReadable = isReadableByAvsc(newer, older)
      expect(check(parse(newer), parse(older)).length === 0).toBe(isReadable)
      expect(check(parse(older), parse(newer)).length === 0).toBe(isReadableByAvsc(older, newer))
      verdicts.add(isReadable)
    }),
    { numRuns: 1_000 },
  )
  expect(verdicts).toEqual(new Set([true, false]))
})

describe('hostile schemas are bounded work', () => {
  const stepsOf = (reader: unknown, writer: unknown): number => {
    const budget = new StepBudget()
    check(parse(reader), parse(writer), budget)
    return budget.spent
  }
  const count = 10_000
  const numbers = Array.from({ length: count }, (_, index) => index)

  test('unions of 10,000 branches take steps in proportion to the branches', () => {
    const union = numbers.map((index) => ({ type: 'record', name: `R${index}`, fields: [{ name: 'x', type: 'int' }] }))
    expect(stepsOf(union, union.toReversed())).toBeLessThan(100 * count)
    expect(stepsOf(union, union.slice(1))).toBeLessThan(100 * count)
    expect(check(parse(union.slice(1)), parse(union))).toHaveLength(1)
  })

  test('records of 10,000 fields and enums of 10,000 symbols', () => {
    const record = { type: 'record', name: 'R', fields: numbers.map((index) => ({ name: `f${index}`, type: 'int' })) }
    const symbols = numbers.map((index) => `S${index}`)
    expect(stepsOf(record, record)).toBeLessThan(100 * count)
    expect(stepsOf({ type: 'enum', name: 'E', symbols }, { type: 'enum', name: 'E', symbols })).toBeLessThan(100 * count)
  })

  test('of broken rules the first are named', () => {
    const record = (type: string): object => ({ type: 'record', name: 'R', fields: numbers.map((index) => ({ name: `f${index}`, type })) })
    const broken = check(parse(record('int')), parse(record('string')))
    expect(broken).toHaveLength(limits.incompatibilitiesMax)
    expect(broken[1]?.path).toBe('/fields/1/type')
  })

  test('many missing symbols are told in part', () => {
    const symbols = numbers.map((index) => `S${index}`)
    const [broken] = check(parse({ type: 'enum', name: 'E', symbols: ['S0'] }), parse({ type: 'enum', name: 'E', symbols }))
    expect(broken?.additionalInfo).toMatch(/^\[S1, S10, S100, .*…\]$/)
  })

  test('types that chain without end need no stack, and their paths stay short', () => {
    const schema = (last: string): ParsedSchema => {
      const chain = numbers.map((index) => ({
        type: 'record',
        name: `R${index}`,
        fields: [{ name: 'x', type: index === 0 ? last : `R${index - 1}` }],
      }))
      const references = [{ name: 'chain', text: JSON.stringify(chain) }]
      return avro.parse({ schemaType: 'AVRO', text: JSON.stringify({ type: 'array', items: `R${count - 1}` }), references })
    }
    const broken = check(schema('int'), schema('string'))
    expect(broken).toHaveLength(1)
    expect(broken[0]?.path).toMatch(/^\/…(?:\/fields\/0\/type){100}$/)
    expect(check(schema('int'), schema('int'))).toEqual([])
  })

  test('types that could each be any other are refused past the bound', () => {
    const sameNames = (prefix: string): object[] =>
      numbers.slice(0, 500).map((index) => ({ type: 'record', name: `${prefix}${index}.R`, fields: [{ name: 'x', type: 'int' }] }))
    const budget = new StepBudget(100_000)
    expect(() => check(parse(sameNames('a')), parse(sameNames('b')), budget)).toThrow('too large to compare')
    expect(budget.spent).toBeLessThan(101_000)
  })

  test('the refusal is an error of kind too-large', () => {
    try {
      check(parse('int'), parse('int'), new StepBudget(0))
      expect.unreachable()
    } catch (error) {
      expect(isErrorOfKind(error, 'too-large')).toBe(true)
    }
  })
})
