import { describe, expect, test } from 'vitest'
import type { PartitionOffsets } from '../../src/state/state-store.ts'
import { PartitionCursors, type Cursor } from '../../src/sink/partition-cursors.ts'

/** A topic whose log is `[start, next)` in each partition, and a table that has come to `committed`. */
function given(
  log: readonly (readonly [start: bigint, next: bigint] | undefined)[],
  committed: readonly (readonly [partition: number, next: bigint])[] = [],
): { readonly cursors: PartitionCursors; readonly open: Cursor[]; readonly grow: (partition: number, next: bigint) => void } {
  const offsets: (PartitionOffsets | undefined)[] = log.map((range) => range && { logStartOffset: range[0], nextOffset: range[1] })
  const cursors = new PartitionCursors({ name: 'orders', topicId: 'id' }, { offsets: (_topicId, partition) => offsets[partition] })
  const open = log.map((_range, partition) => cursors.open(partition, { nextOffsets: new Map(committed) }))
  const grow = (partition: number, nextOffset: bigint): void => void (offsets[partition] = { logStartOffset: 0n, nextOffset })
  return { cursors, open, grow }
}

describe('a partition starts', () => {
  for (const [what, log, committed, expected] of [
    ['at 0 for a table that never saw it', [0n, 5n], [], { committedOffset: 0n, issuedOffset: 0n }],
    ['where the table is', [0n, 5n], [[0, 3n]], { committedOffset: 3n, issuedOffset: 3n }],
    ['at the end', [0n, 5n], [[0, 5n]], { committedOffset: 5n, issuedOffset: 5n }],
    ['behind what retention removed before the table was there', [4n, 9n], [], { committedOffset: 0n, issuedOffset: 4n }],
    ['behind what retention removed since', [4n, 9n], [[0, 2n]], { committedOffset: 2n, issuedOffset: 4n }],
    ['where the table is, when retention came less far', [4n, 9n], [[0, 6n]], { committedOffset: 6n, issuedOffset: 6n }],
    ['where the table is, when all of the log is gone', [9n, 9n], [[0, 9n]], { committedOffset: 9n, issuedOffset: 9n }],
    ['where the table is, while the log does not know it', undefined, [[0, 3n]], { committedOffset: 3n, issuedOffset: 3n }],
  ] as const)
    test(what, () => expect(given([log], committed).open).toMatchObject([{ ...expected, isCatchingUp: false }]))

  test('never where the log has not come to: they do not belong together', () => {
    expect(() => given([[0n, 5n]], [[0, 6n]])).toThrow(
      expect.objectContaining({
        kind: 'fenced',
        message: expect.stringMatching(/orders.*offset 5 of partition 0.*log ends at 5/) as string,
      }),
    )
  })
})

describe('ranges', () => {
  test('are what was issued and is not committed, ascending, from where the table is', () => {
    const { cursors, open } = given([
      [0n, 10n],
      [0n, 10n],
      [3n, 10n],
      [0n, 0n],
    ])
    const [first, second] = open as [Cursor, Cursor]
    Object.assign(first, { issuedOffset: 7n, highTimestampMs: 70n })
    expect(cursors.ranges()).toEqual([
      { partition: 0, offsetFirst: 0n, nextOffset: 7n, highTimestampMs: 70n },
      // What retention removed counts as passed, so that nobody looks for it again.
      { partition: 2, offsetFirst: 0n, nextOffset: 3n, highTimestampMs: -1n },
    ])
    Object.assign(second, { issuedOffset: 2n })
    expect(cursors.ranges().map(({ partition }) => partition)).toEqual([0, 1, 2])
  })

  test('that were committed are not given again, and what was issued meanwhile is', () => {
    const { cursors, open } = given([[0n, 10n]])
    const [cursor] = open as [Cursor]
    cursor.issuedOffset = 4n
    const ranges = cursors.ranges()
    cursor.issuedOffset = 6n
    cursors.committed(ranges)
    expect(cursors.committedOffset(0)).toBe(4n)
    expect(cursors.ranges()).toMatchObject([{ offsetFirst: 4n, nextOffset: 6n }])
    cursors.committed(cursors.ranges())
    expect(cursors.ranges()).toEqual([])
  })
})

test('who is behind is whose log has more than was issued, as the log grows', () => {
  const { cursors, open, grow } = given([[0n, 5n], [0n, 0n], undefined])
  const [first] = open as [Cursor]
  const behind = (): number[] => cursors.behind().map(({ partition }) => partition)
  expect(behind()).toEqual([0])
  first.issuedOffset = 5n
  expect(behind()).toEqual([])
  grow(1, 1n)
  grow(0, 6n)
  expect(behind()).toEqual([0, 1])
})

describe('offsets that somebody waits for', () => {
  for (const [what, awaited, isIssued, isCommitted] of [
    ['nothing', [], true, true],
    ['committed ones', [[0, 2n]], true, true],
    ['issued ones', [[0, 4n]], true, false],
    ['later ones', [[0, 5n]], false, false],
    [
      'one of two that is not there',
      [
        [0, 2n],
        [1, 1n],
      ],
      false,
      false,
    ],
    ['an unknown partition', [[7, 1n]], false, false],
  ] as const)
    test(`${what}: ${isIssued ? '' : 'not '}issued, ${isCommitted ? '' : 'not '}committed`, () => {
      const { cursors, open } = given(
        [
          [0n, 9n],
          [0n, 9n],
        ],
        [[0, 2n]],
      )
      Object.assign(open[0] as Cursor, { issuedOffset: 4n })
      expect([cursors.holdsIssued(new Map(awaited)), cursors.holdsCommitted(new Map(awaited))]).toEqual([isIssued, isCommitted])
    })
})

test('a session is open when every partition of its topic has a cursor', () => {
  expect(given([[0n, 0n], undefined]).cursors.size).toBe(2)
  expect(given([]).cursors.committedOffset(3)).toBe(0n)
})
