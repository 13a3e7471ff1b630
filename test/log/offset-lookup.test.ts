import { describe, expect, test } from 'vitest'
import { compressionTypes } from '../../src/protocol/records/compression.ts'
import { openLog } from '../../src/log/open.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { batchOf, topicId } from './support/batches.ts'
import { openTestLog, type TestLog } from './support/test-log.ts'

describe('an offset is looked up', () => {
  test('at the ends, from memory', async () => {
    const { log } = await logOfTimes()
    expect(await log.offsetAt(topicId, 0, { kind: 'earliest' })).toEqual({ kind: 'offset', offset: 0n, timestampMs: -1n })
    expect(await log.offsetAt(topicId, 0, { kind: 'latest' })).toEqual({ kind: 'offset', offset: 7n, timestampMs: -1n })
    expect(await log.offsetAt(topicId, 9, { kind: 'latest' })).toEqual({ kind: 'unknown-partition' })
  })

  for (const [timestampMs, offset, at] of [
    [0n, 0n, 100n],
    [100n, 0n, 100n],
    [101n, 1n, 130n],
    [130n, 1n, 130n],
    [131n, 4n, 200n],
    [200n, 4n, 200n],
    [201n, 5n, 400n],
    [401n, 6n, 500n],
    [500n, 6n, 500n],
  ] as const)
    test(`the first record at or after ${timestampMs} is at ${offset}, inside its batch`, async () => {
      const { log } = await logOfTimes()
      expect(await log.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs })).toEqual({ kind: 'offset', offset, timestampMs: at })
    })

  test('none when every record is older, and in an empty partition', async () => {
    const { log } = await logOfTimes()
    expect(await log.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 501n })).toEqual({ kind: 'none' })
    expect(await log.offsetAt(topicId, 1, { kind: 'timestamp', timestampMs: 0n })).toEqual({ kind: 'none' })
    expect(await log.offsetAt(topicId, 1, { kind: 'max-timestamp' })).toEqual({ kind: 'none' })
  })

  test('by the newest time: the first record that has it', async () => {
    const { log } = await logOfTimes()
    expect(await log.offsetAt(topicId, 0, { kind: 'max-timestamp' })).toEqual({ kind: 'offset', offset: 6n, timestampMs: 500n })
    await log.append(batchOf({ timestamps: [3n, 500n, 3n, 700n, 700n, 1n], values: ['a', 'b', 'c', 'd', 'e', 'f'] }))
    expect(await log.offsetAt(topicId, 0, { kind: 'max-timestamp' })).toEqual({ kind: 'offset', offset: 10n, timestampMs: 700n })
  })

  for (const compression of compressionTypes)
    test(`inside a batch compressed with ${compression}`, async () => {
      const { log } = await openTestLog()
      await log.append(batchOf({ values: ['a', 'b', 'c', 'd', 'e'], timestamps: [50n, 10n, 60n, 20n, 90n], compression }))
      expect(await log.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 61n })).toEqual({
        kind: 'offset',
        offset: 4n,
        timestampMs: 90n,
      })
    })

  test('at a time beyond what a double holds', async () => {
    const { log } = await openTestLog()
    const far = 2n ** 62n
    await log.append(batchOf({ values: ['a', 'b'], timestamps: [0n, far] }))
    expect(await log.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 1n })).toEqual({ kind: 'offset', offset: 1n, timestampMs: far })
  })

  test('under the broker’s time: the first record of the batch', async () => {
    const { log } = await openTestLog()
    await log.append(batchOf({ values: ['a', 'b'], timestamps: [1n, 2n], logAppendTimeMs: 77n }))
    expect(await log.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 50n })).toEqual({
      kind: 'offset',
      offset: 0n,
      timestampMs: 77n,
    })
    expect(await log.offsetAt(topicId, 0, { kind: 'max-timestamp' })).toEqual({ kind: 'offset', offset: 0n, timestampMs: 77n })
  })

  test('among the records that are still in the log', async () => {
    const { log, state, pieces, clock } = await logOfTimes()
    // A start inside a batch, as DeleteRecords makes them: the record of 130 ms is gone, its batch is not.
    await state.advanceLogStart(topicId, 0, 2n)
    const again = await openLog({ state, pieces, clock, random: seededRandom(1), logger: silentLogger })
    expect(await again.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 125n })).toEqual({
      kind: 'offset',
      offset: 4n,
      timestampMs: 200n,
    })
    expect(await again.offsetAt(topicId, 0, { kind: 'timestamp', timestampMs: 115n })).toEqual({
      kind: 'offset',
      offset: 2n,
      timestampMs: 120n,
    })
    await log.close()
  })
})

/** Offsets 0-2: 100, 130, 120; 3-5: 110, 200, 400; 6: 500. */
async function logOfTimes(): Promise<TestLog> {
  const opened = await openTestLog()
  await opened.log.append(batchOf({ values: ['a', 'b', 'c'], timestamps: [100n, 130n, 120n] }))
  await opened.log.append(batchOf({ values: ['d', 'e', 'f'], timestamps: [110n, 200n, 400n] }))
  await opened.log.append(batchOf({ values: ['g'], timestamps: [500n] }))
  return opened
}
