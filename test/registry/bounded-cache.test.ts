import { expect, test } from 'vitest'
import { BoundedCache } from '../../src/registry/bounded-cache.ts'

const cacheOf = (weightMax: number, ...texts: readonly string[]): BoundedCache<string, string> => {
  const cache = new BoundedCache<string, string>(weightMax, ({ length }) => length)
  for (const text of texts) cache.set(text, text)
  return cache
}

const kept = (cache: BoundedCache<string, string>, ...texts: readonly string[]): string[] => texts.filter((text) => cache.get(text))

test('what was not used for longest goes first', () => {
  const cache = cacheOf(3, 'a', 'b', 'c')
  cache.get('a')
  cache.set('d', 'd')
  expect(kept(cache, 'a', 'b', 'c', 'd')).toEqual(['a', 'c', 'd'])
})

test('the last one is kept whatever it weighs, and makes room again', () => {
  const cache = cacheOf(3, 'a', 'much')
  expect(kept(cache, 'a', 'much')).toEqual(['much'])
  cache.set('b', 'b')
  expect(kept(cache, 'much', 'b')).toEqual(['b'])
})

test('a value that replaces another weighs once', () => {
  const cache = cacheOf(3, 'a', 'b', 'b', 'b')
  expect(kept(cache, 'a', 'b')).toEqual(['a', 'b'])
})
