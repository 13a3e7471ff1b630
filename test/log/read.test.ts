import { describe, expect, test } from 'vitest'
import { computedCrc, readBatchHeader } from '../../src/protocol/records/batch.ts'
import { limits } from '../../src/shared/limits.ts'
import type { ReadOutcome } from '../../src/log/log.ts'
import { batchOf, topicId } from './support/batches.ts'
import { openTestLog, type TestLog } from './support/test-log.ts'
import { countingReads } from './support/wrappers.ts'
import { valueOf } from './support/value-of.ts'

const all = 1_000_000

describe('a read gives', () => {
  test('the producer’s own bytes, with the base offset and the leader epoch patched and nothing else', async () => {
    const { log } = await openTestLog()
    const batches = [batchOf({ values: ['a', 'b', 'c'] }), batchOf({ values: ['d'], compression: 'zstd' })]
    for (const batch of batches) await log.append(batch)
    const read = batchesOf(await log.read({ topicId, partition: 0, offset: 0n, bytesMax: all }))
    expect(read.map(({ baseOffset, nextOffset }) => [baseOffset, nextOffset])).toEqual([
      [0n, 3n],
      [3n, 4n],
    ])
    for (const [index, { bytes, baseOffset }] of read.entries()) {
      expect(readBatchHeader(bytes)).toMatchObject({ baseOffset, partitionLeaderEpoch: 0 })
      expect(bytes.subarray(16)).toEqual(batches[index]?.bytes.subarray(16))
    }
  })

  test('the broker’s time where it replaced the producer’s, under a CRC that holds', async () => {
    const { log } = await openTestLog()
    await log.append(batchOf({ timestamps: [5n], logAppendTimeMs: 77n }))
    const [batch] = batchesOf(await log.read({ topicId, partition: 0, offset: 0n, bytesMax: all }))
    const header = readBatchHeader(batch?.bytes ?? new Uint8Array(0))
    expect(header).toMatchObject({ maxTimestamp: 77n, attributes: 8 })
    expect(header.crc).toBe(computedCrc(batch?.bytes ?? new Uint8Array(0)))
    expect(batch?.maxTimestampMs).toBe(77n)
  })

  for (const [offset, bases] of [
    [0n, [0n, 3n, 5n]],
    [1n, [0n, 3n, 5n]],
    [2n, [0n, 3n, 5n]],
    [4n, [3n, 5n]],
    [5n, [5n]],
    [6n, []],
  ] as const)
    test(`from offset ${offset}: the batches at ${bases.join(', ') || 'none'}`, async () => {
      const { log } = await logOfThree()
      expect(batchesOf(await log.read({ topicId, partition: 0, offset, bytesMax: all })).map(({ baseOffset }) => baseOffset)).toEqual(bases)
    })

  test('whole batches within the bytes, and one however large it is', async () => {
    const { log } = await logOfThree()
    const [first, second] = batchesOf(await log.read({ topicId, partition: 0, offset: 0n, bytesMax: all }))
    const two = (first?.bytes.length ?? 0) + (second?.bytes.length ?? 0)
    for (const [bytesMax, count] of [
      [1, 1],
      [two - 1, 1],
      [two, 2],
    ] as const)
      expect(batchesOf(await log.read({ topicId, partition: 0, offset: 1n, bytesMax }))).toHaveLength(count)
  })

  test('out-of-range with the offsets there are, below the log start and past the end', async () => {
    const { log } = await logOfThree()
    await log.enforceRetention({ policyOf: () => ({ retentionMs: 0, retentionBytes: -1 }), keepFrom: () => 5n })
    const offsets = { logStartOffset: 5n, nextOffset: 6n }
    expect(await log.read({ topicId, partition: 0, offset: 4n, bytesMax: all })).toEqual({ kind: 'out-of-range', offsets })
    expect(await log.read({ topicId, partition: 0, offset: 7n, bytesMax: all })).toEqual({ kind: 'out-of-range', offsets })
    expect(await log.read({ topicId, partition: 0, offset: 6n, bytesMax: all })).toEqual({ kind: 'batches', batches: [], offsets })
  })

  test('unknown-partition for one that is not there', async () => {
    const { log } = await openTestLog()
    expect(await log.read({ topicId, partition: 9, offset: 0n, bytesMax: all })).toEqual({ kind: 'unknown-partition' })
  })
})

describe('reading the bytes', () => {
  test('batches that lie side by side are one read, and so are those with a little of other partitions between them', async () => {
    const reads: number[] = []
    const { log } = await openTestLog({ wrapPieces: (pieces) => countingReads(pieces, reads) })
    await Promise.all([0, 0, 0].map((partition) => log.append(batchOf({ partition }))))
    await Promise.all([1, 0].map((partition) => log.append(batchOf({ partition, values: [`of partition ${partition}`] }))))
    const large = batchOf({ partition: 1, values: ['x'.repeat(limits.readGapBytesMax)] })
    const last = batchOf({ values: ['last'] })
    await Promise.all([large, last].map((batch) => log.append(batch)))
    const read = batchesOf(await log.read({ topicId, partition: 0, offset: 0n, bytesMax: all }))
    expect(read.map(({ bytes }) => valueOf(bytes))).toEqual(['value', 'value', 'value', 'of partition 0', 'last'])
    const length = batchOf({}).bytes.length
    const between = batchOf({ values: ['of partition 0'] }).bytes.length
    expect(reads).toEqual([3 * length + 2 * between, last.bytes.length])
  })

  test('bytes that are not the batch that was written are corruption, in the header and, under the broker’s time, anywhere', async () => {
    for (const [position, logAppendTimeMs] of [
      [8, undefined],
      [16, undefined],
      [70, 5n],
    ] as const) {
      const { log, files } = await openTestLog()
      await log.append(batchOf({ values: ['something long enough to be hit'], ...(logAppendTimeMs && { logAppendTimeMs }) }))
      for (const file of files.files.values()) file.bytes[position] = (file.bytes[position] ?? 0) ^ 0x40
      await expect(log.read({ topicId, partition: 0, offset: 0n, bytesMax: all })).rejects.toMatchObject({ kind: 'store-corrupt' })
    }
  })

  test('a piece that vanished is reported with its partition and offset', async () => {
    const { log, files } = await openTestLog()
    await log.append(batchOf({}))
    files.files.clear()
    await expect(log.read({ topicId, partition: 0, offset: 0n, bytesMax: all })).rejects.toMatchObject({
      kind: 'store-corrupt',
      facts: { partition: 0, offset: 0n },
    })
  })

  test('an aborted read stops', async () => {
    const { log } = await logOfThree()
    const read = log.read({ topicId, partition: 0, offset: 0n, bytesMax: all, signal: AbortSignal.abort() })
    await expect(read).rejects.toThrow('aborted')
  })
})

/** Batches of 3, 2 and 1 records. */
async function logOfThree(): Promise<TestLog> {
  const opened = await openTestLog()
  for (const values of [['a', 'b', 'c'], ['d', 'e'], ['f']]) await opened.log.append(batchOf({ values }))
  return opened
}

function batchesOf(outcome: ReadOutcome) {
  if (outcome.kind === 'batches') return outcome.batches
  throw new Error(`the read gave ${outcome.kind}`)
}
