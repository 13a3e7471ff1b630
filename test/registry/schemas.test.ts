import { expect, test } from 'vitest'
import { limits } from '../../src/shared/limits.ts'
import { asSent, emptySchemaState, openRegistry, record } from './registry-under-test.ts'

test('a text is kept when it is asked for again, and one that is read once leaves the others alone', async () => {
  const state = emptySchemaState()
  const asked: number[] = []
  const textOf = (context: string, schemaId: number): string | undefined => {
    asked.push(schemaId)
    return state.textOf(context, schemaId)
  }
  await (await openRegistry({ state })).register('hot', record('a'), asSent)
  const registry = await openRegistry({ state: { ...state, textOf } })
  const { schemas, index } = registry
  const hot = index.schema('.', 1)
  if (!hot) throw new Error('it was registered')
  const first = schemas.text(hot)
  expect([schemas.text(hot), schemas.text(hot)]).toEqual([first, first])
  expect(asked).toEqual([1, 1])

  const others = Array.from({ length: limits.registryAskedOnceMax + 1 }, () => ({ ...hot, uses: [] }))
  for (const other of others) schemas.text(other)
  expect(schemas.text(hot)).toBe(first)
  expect(asked).toHaveLength(2 + others.length)
})
