import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { murmur2, Partitioner } from '../../../src/commands/kafka/partitioner.ts'

/** Another implementation of the same hash; the package exports it no longer. */
const entry = createRequire(import.meta.url).resolve('@platformatic/kafka')
const { murmur2: theirs } = (await import(pathToFileURL(join(dirname(entry), 'protocol', 'murmur2.js')).href)) as {
  murmur2: (this: void, key: Buffer) => number
}

describe('the partition of a key is the one that other clients choose', () => {
  /** From the tests of Kafka's Java client. */
  for (const [key, hash] of [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ] as const)
    test(key, () => expect(murmur2(Buffer.from(key)) | 0).toBe(hash))

  test('for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (key) => {
        expect(murmur2(key)).toBe(theirs(Buffer.from(key)) >>> 0)
      }),
    )
  })
})

test('records without keys go to one partition at a time, and to each in turn', () => {
  const partitioner = new Partitioner(3)
  const chosen = Array.from({ length: 4 }, () => {
    const both = [partitioner.withoutKey, partitioner.withoutKey]
    partitioner.advance()
    return both
  })
  expect(chosen).toEqual([
    [0, 0],
    [1, 1],
    [2, 2],
    [0, 0],
  ])
})
