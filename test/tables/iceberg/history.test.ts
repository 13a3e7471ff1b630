import { describe, expect, test } from 'vitest'
import { limits } from '../../../src/shared/limits.ts'
import { boundedHistory } from '../../../src/tables/iceberg/history.ts'
import { idOf, type Snapshot, type TableMetadata } from '../../../src/tables/iceberg/metadata.ts'
import { newTableMetadata } from '../../../src/tables/iceberg/new-table.ts'
import { newTable } from './test-table.ts'

const minute = 60_000
const isOwn = (snapshot: Snapshot): boolean => snapshot.summary?.['own'] === 'yes'

/** `count` snapshots, one a minute, ending at the last whole hour; `foreign` are the indexes that others made. */
function tableOf(count: number, { foreign = [] as number[], tagged = [] as number[] } = {}): TableMetadata {
  const empty = newTableMetadata(newTable(), { uuid: 'u', location: 'file:///lake/t', nowMs: 0 })
  const startMs = 1000 * limits.snapshotSpanMs
  const snapshots: Snapshot[] = Array.from({ length: count }, (_, index) => ({
    'snapshot-id': index + 1,
    ...(index === 0 ? {} : { 'parent-snapshot-id': index }),
    'sequence-number': index + 1,
    'timestamp-ms': startMs + index * minute,
    'manifest-list': `l${index}`,
    summary: { own: foreign.includes(index) ? 'no' : 'yes' },
  }))
  return {
    ...empty,
    snapshots,
    'last-updated-ms': startMs + (count - 1) * minute,
    'current-snapshot-id': count,
    'snapshot-log': snapshots.map((snapshot) => ({ 'snapshot-id': snapshot['snapshot-id'], 'timestamp-ms': snapshot['timestamp-ms'] })),
    refs: {
      main: { 'snapshot-id': count, type: 'branch' },
      ...Object.fromEntries(tagged.map((index) => [`t${index}`, { 'snapshot-id': index + 1, type: 'tag' as const }])),
    },
  }
}

const keptIndexes = (metadata: TableMetadata): number[] =>
  (boundedHistory(metadata, isOwn).snapshots ?? []).map((snapshot) => Number(idOf(snapshot['snapshot-id'])) - 1)

describe('of a long history there stay', () => {
  test('the newest snapshots, and the last of each hour before', () => {
    const kept = keptIndexes(tableOf(500))
    expect(kept.slice(-limits.recentSnapshotsMax)).toEqual(Array.from({ length: limits.recentSnapshotsMax }, (_, index) => 400 + index))
    expect(kept.slice(0, -limits.recentSnapshotsMax)).toEqual([59, 119, 179, 239, 299, 359])
  })

  test('nothing from beyond the age at which Iceberg expires', () => {
    const days = 7 * 24 * 60
    const kept = keptIndexes(tableOf(days))
    const oldest = kept[0] ?? 0
    expect((days - 1 - oldest) * minute).toBeLessThanOrEqual(limits.snapshotAgeMsMax)
    expect(kept.length).toBeLessThan(limits.recentSnapshotsMax + limits.snapshotAgeMsMax / limits.snapshotSpanMs + 1)
  })

  test('what a tag or branch names', () => {
    expect(keptIndexes(tableOf(500, { tagged: [7] }))).toContain(7)
  })

  test('what others made, and the state they made it from', () => {
    const kept = keptIndexes(tableOf(500, { foreign: [30] }))
    expect(kept).toContain(30)
    expect(kept).toContain(29)
    expect(kept).not.toContain(28)
  })
})

test('a short history is left alone', () => {
  const metadata = tableOf(limits.recentSnapshotsMax)
  expect(boundedHistory(metadata, isOwn)).toBe(metadata)
})

test('the log of main never skips over a snapshot that was forgotten', () => {
  const log = boundedHistory(tableOf(500), isOwn)['snapshot-log'] ?? []
  expect(log.map((entry) => Number(entry['snapshot-id']) - 1)).toEqual(
    Array.from({ length: limits.recentSnapshotsMax }, (_, index) => 400 + index),
  )
})
