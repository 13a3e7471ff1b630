import { expect, test } from 'vitest'
import { listText } from '../../src/registry/http/listings.ts'
import { RegistryError } from '../../src/registry/registry-error.ts'

test('a list is put together from JSON texts', () => {
  expect(listText([])).toBe('[]')
  expect(listText(['1', '{"a":2}'])).toBe('[1,{"a":2}]')
})

test('a list that would be too long is not made, and the client is told how many it may ask for', () => {
  let made = 0
  function* values(): Generator<string> {
    for (; made < 100; made++) yield 'x'.repeat(9)
  }
  expect(() => listText(values(), { lengthMax: 35 })).toThrow(
    new RegistryError(400, 'The answer would have more than 35 characters; ask for fewer with limit=3'),
  )
  expect(made).toBe(3)
})
