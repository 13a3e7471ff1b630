import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Incompatibility } from '../../../src/schema/compatibility.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'
import { checkProtobufCompatibility } from '../../../src/schema/protobuf/compatibility.ts'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'
import { wellKnownFile } from '../../../src/schema/protobuf/well-known/well-known-files.ts'
import { StepBudget } from '../../../src/schema/step-budget.ts'
import { limits } from '../../../src/shared/limits.ts'
import { corpusFiles } from './corpus.ts'
import { protoText, schemaWithValues } from './schema-arbitrary.ts'

const parse = (text: string, references: readonly ResolvedReference[] = []): ProtobufSchema => parseProtobuf({ text, references })

function check(reader: ProtobufSchema, writer: ProtobufSchema, budget?: StepBudget): readonly Incompatibility[] {
  return checkProtobufCompatibility({ reader, writer, names: { reader: 'new', writer: 'old' }, policy: 'STRICT' }, budget)
}

describe('every schema is compatible with itself', () => {
  test('random schemas', () => {
    fc.assert(
      fc.property(schemaWithValues, ({ model }) => {
        expect(check(parse(protoText(model)), parse(protoText(model)))).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  test('files of Google and of gRPC, with all that they import', () => {
    const references = corpusFiles.filter(({ path }) => !wellKnownFile(path)).map(({ path, text }) => ({ name: path, text }))
    for (const { text } of corpusFiles.filter((_, index) => index % 5 === 0))
      expect(check(parse(text, references), parse(text, references))).toEqual([])
  })
})

test('fields may be added to any message and be taken away again, and renamed', () => {
  fc.assert(
    fc.property(schemaWithValues, ({ model }) => {
      const loose = { ...model, fields: model.fields.filter(({ shape }) => shape !== 'oneof') }
      const renamed = { ...loose, fields: loose.fields.map((field) => ({ ...field, name: `${field.name}_renamed` })) }
      const fewer = { ...renamed, fields: renamed.fields.filter((field, index) => index % 2 === 0 || typeof field.type === 'object') }
      for (const other of [renamed, fewer]) {
        expect(check(parse(protoText(loose)), parse(protoText(other)))).toEqual([])
        expect(check(parse(protoText(other)), parse(protoText(loose)))).toEqual([])
      }
    }),
    { numRuns: 200 },
  )
})

describe('hostile schemas are bounded work', () => {
  const stepsOf = (reader: ProtobufSchema, writer: ProtobufSchema): number => {
    const budget = new StepBudget()
    check(reader, writer, budget)
    return budget.spent
  }
  const count = 10_000
  const numbers = Array.from({ length: count }, (_, index) => index)
  const ofFields = (line: (index: number) => string): ProtobufSchema =>
    parse(`syntax = "proto3"; message M { ${numbers.map(line).join('\n')} }`)

  test('a megabyte of oneofs', () => {
    const oneofs = (name: string): ProtobufSchema =>
      ofFields(
        (index) =>
          `oneof ${name}_${index} { int32 first_of_${name}_${index} = ${20_001 + 2 * index}; string second_of_${name}_${index} = ${20_002 + 2 * index}; }`,
      )
    expect(stepsOf(oneofs('a'), oneofs('b'))).toBeLessThan(10 * count)
  }, 20_000)

  test('one oneof of 10,000 members, all but one gone', () => {
    const members = ofFields(
      (index) => `${index === 0 ? 'oneof c {' : ''} int32 f${index} = ${index + 1}; ${index === count - 1 ? '}' : ''}`,
    )
    const last = parse(`syntax = "proto3"; message M { int32 f = ${count}; }`)
    expect(stepsOf(last, members)).toBeLessThan(10 * count)
    expect(check(last, members)).toHaveLength(limits.incompatibilitiesMax)
  })

  test('messages that chain without end need no stack', () => {
    const chain = (last: string): ProtobufSchema =>
      parse('syntax = "proto3"; import "chain.proto"; message M { chain.N0 n = 1; }', [
        {
          name: 'chain.proto',
          text: `syntax = "proto3"; package chain; ${numbers.map((index) => `message N${index} { ${index === count - 1 ? last : `N${index + 1}`} n = 1; }`).join('\n')}`,
        },
      ])
    expect(check(chain('int32'), chain('string')).map(({ path }) => path)).toEqual([`#/N${count - 1}/1`, `#/N${count - 2}/1`])
    expect(check(chain('int32'), chain('int32'))).toEqual([])
  })

  test('messages that could each be any other are refused past the bound', () => {
    // X of package 9 holds X of the packages 8 and 7, in another order in the other schema: the pairs drift apart.
    const packageCount = 50
    const ladder = (steps: readonly [number, number]): ProtobufSchema => {
      const files = numbers.slice(0, packageCount).map((index) => {
        const below = [1, 2].filter((step) => step <= index)
        const fields = steps.flatMap((step, field) => (below.includes(step) ? [`p${index - step}.X f${field} = ${field + 1};`] : []))
        const imports = below.map((step) => `import "${index - step}.proto";`)
        return {
          name: `${index}.proto`,
          text: `syntax = "proto3"; package p${index}; ${imports.join(' ')} message X { ${fields.join(' ')} }`,
        }
      })
      const last = packageCount - 1
      return parse(`syntax = "proto3"; import "${last}.proto"; message M { p${last}.X x = 1; }`, files)
    }
    expect(check(ladder([1, 2]), ladder([2, 1]))).toEqual([])
    const budget = new StepBudget(5_000)
    expect(() => check(ladder([1, 2]), ladder([2, 1]), budget)).toThrow('too large to compare')
    expect(budget.spent).toBeLessThan(6_000)
  })
})
