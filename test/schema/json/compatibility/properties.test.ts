import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileJudge } from '../../../../src/schema/json/compile.ts'
import { readSchema } from '../../../../src/schema/json/language.ts'
import { backward, forward, told } from './compare.ts'
import { anySchemas, reversed, soundChanges, values, type Schema } from './schema-arbitraries.ts'

test('every schema is compatible with itself, under both policies, however its members are ordered', () => {
  fc.assert(
    fc.property(anySchemas, fc.constantFrom('STRICT', 'LENIENT'), (schema, policy) => {
      expect(told(backward(schema, schema, { policy }))).toEqual([])
      expect(told(backward(schema, reversed(schema) as Schema, { policy }))).toEqual([])
    }),
    { numRuns: 500 },
  )
})

test('everything is compatible with {}, and nothing with what allows nothing but itself', () => {
  fc.assert(
    fc.property(anySchemas, (schema) => {
      expect(told(backward(schema, {}))).toEqual([])
      expect(told(backward(false, schema))).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('an optional property may be added to a closed model, and removed from an open one', () => {
  fc.assert(
    fc.property(anySchemas, anySchemas, (old, added) => {
      const model = (properties: object, rest: object): object => ({
        type: 'object',
        properties: { kept: wrapped(old, 'old'), ...properties },
        definitions: { ...definitionsOf(old), ...definitionsOf(added) },
        ...rest,
      })
      const closed = { additionalProperties: false }
      const extra = { added: wrapped(added, 'added') }
      expect(told(backward(model({}, closed), model(extra, closed)))).toEqual([])
      expect(told(backward(model(extra, {}), model({}, {})))).toEqual([])
    }),
    { numRuns: 200 },
  )

  /** Without its own definitions, which move to the root: its references point there. */
  function wrapped(schema: Schema, name: string): Schema {
    return typeof schema === 'boolean' ? schema : { ...schema, definitions: {}, title: name }
  }

  function definitionsOf(schema: Schema): object {
    return typeof schema === 'boolean' ? {} : (schema['definitions'] as object)
  }
})

test('what is compatible strictly is so leniently', () => {
  const counts = { compatible: 0, incompatible: 0 }
  fc.assert(
    fc.property(soundChanges, ({ older, newer }) => {
      const isCompatible = backward(older, newer).length === 0
      counts[isCompatible ? 'compatible' : 'incompatible']++
      const lenient = told(backward(older, newer, { policy: 'LENIENT' }))
      if (isCompatible) expect(lenient).toEqual([])
    }),
    { numRuns: 500 },
  )
  expect(Math.min(counts.compatible, counts.incompatible)).toBeGreaterThan(50)
})

test('forward is backward with the schemas exchanged', () => {
  fc.assert(
    fc.property(soundChanges, ({ older, newer }) => {
      expect(told(forward(older, newer))).toEqual(told(backward(newer, older)))
    }),
    { numRuns: 200 },
  )
})

test('a value that fits the older schema fits every newer one that is compatible, as the judge of records sees it', () => {
  const isValid = (schema: Schema): ((value: unknown) => boolean) => {
    const { schema: unified, patterns } = readSchema({ schemaType: 'JSON', text: JSON.stringify(schema), references: [] })
    return compileJudge(unified, patterns)
  }
  let compared = 0
  fc.assert(
    fc.property(soundChanges, fc.array(values, { minLength: 40, maxLength: 40 }), ({ older, newer }, candidates) => {
      fc.pre(JSON.stringify(older) !== JSON.stringify(newer) && backward(older, newer).length === 0)
      const fits = candidates.filter(isValid(older))
      compared += fits.length
      expect(fits.filter((value) => !isValid(newer)(value))).toEqual([])
    }),
    { numRuns: 150, maxSkipsPerRun: 1_000 },
  )
  expect(compared).toBeGreaterThan(300)
})
