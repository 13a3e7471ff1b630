import { describe, expect, test } from 'vitest'
import { compressionOf } from '../../../src/protocol/records/batch.ts'
import { checkBatch } from '../../../src/protocol/records/check-batch.ts'
import { foreignBatches } from './foreign-batches.ts'
import { goldenRecords, readRecords } from './read-records.ts'

const batches = await foreignBatches()

describe('batches of foreign producers are accepted and read record by record', () => {
  for (const { name, compression, bytes } of batches)
    test(name, () => {
      const checked = checkBatch(bytes, { sizeBytesMax: 1_048_588 })
      expect(checked).toMatchObject({
        kind: 'ok',
        header: { recordsCount: 20, lastOffsetDelta: 19, baseTimestamp: 1_700_000_000_000n, maxTimestamp: 1_700_000_019_000n },
      })
      if (checked.kind === 'ok') expect(compressionOf(checked.header)).toBe(compression)
      const withoutNulls = (records: typeof goldenRecords) =>
        records.map((record) => ({ ...record, headers: record.headers.map(([key, value]) => [key, value ?? Buffer.alloc(0)]) }))
      if (name.startsWith('kafkajs')) expect(readRecords(bytes)).toEqual(withoutNulls(goldenRecords))
      else expect(readRecords(bytes)).toEqual(goldenRecords)
    })
})

test('an idempotent producer is known by its id, epoch and sequence', () => {
  const java = batches.find(({ name }) => name === 'java, zstd')
  expect(checkBatch(java?.bytes ?? null, { sizeBytesMax: 1_048_588 })).toMatchObject({
    header: { producerId: 4711n, producerEpoch: 3, baseSequence: 17 },
  })
})

test('every truncated prefix of a batch is refused', () => {
  for (const { bytes } of batches)
    for (let length = 0; length < bytes.length; length++)
      expect(checkBatch(bytes.subarray(0, length), { sizeBytesMax: 1_048_588 }).kind).toMatch(/^(corrupt|invalid)$/)
})

test('every flipped bit after the CRC field is noticed by the CRC', () => {
  const bytes = Uint8Array.from(batches.find(({ name }) => name === 'java, snappy')?.bytes ?? [])
  for (let bit = 21 * 8; bit < bytes.length * 8; bit++) {
    const mask = 1 << (bit & 7)
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask
    expect(checkBatch(bytes, { sizeBytesMax: 1_048_588 })).toMatchObject({
      kind: 'corrupt',
      reason: expect.stringMatching(/^CRC-32C/) as string,
    })
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ mask
  }
})
