import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/objects/lake-root.ts'
import { MemoryObjectStore } from '../../src/objects/memory.ts'

describe('the object key of a URI', () => {
  const store = new MemoryObjectStore()
  for (const [uri, key] of [
    ['file:///var/lake/default/t/data/a.parquet', 'default/t/data/a.parquet'],
    ['file:/var/lake/default/t/data/a.parquet', 'default/t/data/a.parquet'],
    ['file:///var/lakes/a', undefined],
    ['file:/elsewhere/a', undefined],
    ['s3://var/lake/a', undefined],
  ] as const)
    test(`${uri} is ${key ?? 'of another place'}`, () => expect(keyOf({ uri: 'file:///var/lake', store }, uri)).toBe(key))
})
