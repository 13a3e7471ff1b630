import { describe, expect, test } from 'vitest'
import { flushDueInMs, isFlushDue, type Unflushed } from '../../src/sink/flush-policy.ts'

const MiB = 1024 * 1024
const nowMs = 1_000_000
const settings = {
  table: { namespace: 'default', table: 'orders' },
  formats: ['iceberg'],
  partitionBy: 'none',
  commitIntervalMs: 10_000,
  targetFileBytes: 128 * MiB,
} as const

const nothing: Unflushed = { sinceMs: undefined, bufferedBytes: 0, encodedBytes: 0, compressionRatio: 4 }

describe('a file ends when it is large enough or old enough', () => {
  for (const [what, unflushed, isDue] of [
    ['nothing', {}, false],
    ['bytes of other topics only', { bufferedBytes: 1024 * MiB }, false],
    ['a row of now', { sinceMs: nowMs }, false],
    ['a row just younger than the interval', { sinceMs: nowMs - 9_999 }, false],
    ['a row as old as the interval', { sinceMs: nowMs - 10_000 }, true],
    ['a row from before the clock was set back', { sinceMs: nowMs + 60_000 }, false],
    ['encoded bytes just below the target', { sinceMs: nowMs, encodedBytes: 128 * MiB - 1 }, false],
    ['encoded bytes at the target', { sinceMs: nowMs, encodedBytes: 128 * MiB }, true],
    ['buffered bytes that shrink below it', { sinceMs: nowMs, bufferedBytes: 512 * MiB - 4 }, false],
    ['buffered bytes that do not', { sinceMs: nowMs, bufferedBytes: 512 * MiB }, true],
    ['buffered bytes that hardly shrink', { sinceMs: nowMs, bufferedBytes: 128 * MiB, compressionRatio: 1 }, true],
    ['buffered bytes that shrink tenfold', { sinceMs: nowMs, bufferedBytes: 1_200 * MiB, compressionRatio: 10 }, false],
    ['both together', { sinceMs: nowMs, encodedBytes: 64 * MiB, bufferedBytes: 256 * MiB }, true],
  ] as const)
    test(`${what}: ${isDue ? 'due' : 'not due'}`, () => expect(isFlushDue({ ...nothing, ...unflushed }, settings, nowMs)).toBe(isDue))
})

describe('age alone makes a flush due', () => {
  for (const [what, sinceMs, dueInMs] of [
    ['never before there is a row: look again after an interval', undefined, 10_000],
    ['an interval after the row', nowMs, 10_000],
    ['what is left of it', nowMs - 4_000, 6_000],
    ['now', nowMs - 10_000, 0],
    ['not in the past', nowMs - 99_000, 0],
  ] as const)
    test(what, () => expect(flushDueInMs({ ...nothing, sinceMs }, settings, nowMs)).toBe(dueInMs))
})
