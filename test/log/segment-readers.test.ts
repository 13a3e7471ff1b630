import { expect, test } from 'vitest'
import type { SegmentFiles, SegmentReader } from '../../src/log/segment-files.ts'
import { SegmentReaders } from '../../src/log/segment-readers.ts'

test('a file that is read while everything closes is closed by its last read', async () => {
  const { promise: held, resolve: letGo } = Promise.withResolvers<void>()
  let closed = 0
  const reader: SegmentReader = {
    async read(_position, length) {
      await held
      return new Uint8Array(length)
    },
    async close() {
      closed++
    },
  }
  const files = { open: async () => reader } as unknown as SegmentFiles
  const readers = new SegmentReaders(files, 10)
  const reads = [readers.read('a.log', 0, 3), readers.read('a.log', 3, 3)]
  await readers.close()
  expect(closed).toBe(0)
  letGo()
  await Promise.all(reads)
  expect(closed).toBe(1)
})
