import { boundedHistory, nextMetadataLog, withRefs } from './history.ts'
import { currentSnapshot, idOf, type Snapshot, type TableMetadata } from './metadata.ts'
import { PROGRESS_TAG } from './progress.ts'

/** An append as a pure step from one table metadata to the next; all that depends on the base is decided here, per attempt. */
export interface AppendPlan {
  readonly snapshotId: bigint
  readonly parentSnapshotId: bigint | undefined
  readonly sequenceNumber: bigint
  readonly timestampMs: number
}

export function planSnapshot(base: TableMetadata, snapshotId: bigint, nowMs: number): AppendPlan {
  const parent = currentSnapshot(base)
  return {
    snapshotId,
    parentSnapshotId: parent && idOf(parent['snapshot-id']),
    sequenceNumber: idOf(base['last-sequence-number']) + 1n,
    // Readers reject time that runs backwards, and two brokers' clocks differ.
    timestampMs: Math.max(nowMs, base['last-updated-ms'] + 1),
  }
}

/** What the append adds, for the summary. */
export interface AddedTotals {
  readonly files: number
  readonly rows: number
  readonly sizeBytes: number
  readonly partitions: number
}

export interface PlannedCommit {
  readonly plan: AppendPlan
  readonly manifestList: string
  readonly added: AddedTotals
  /** Headgate's own keys. */
  readonly progress: { readonly [key: string]: string }
  /** URI of the metadata file that `base` was read from. */
  readonly baseLocation: string
  readonly isOwnAppend: (snapshot: Snapshot) => boolean
}

export function planAppend(base: TableMetadata, commit: PlannedCommit): TableMetadata {
  const { snapshotId, parentSnapshotId, sequenceNumber, timestampMs } = commit.plan
  const snapshot: Snapshot = {
    'snapshot-id': snapshotId,
    ...(parentSnapshotId === undefined ? {} : { 'parent-snapshot-id': parentSnapshotId }),
    'sequence-number': sequenceNumber,
    'timestamp-ms': timestampMs,
    'manifest-list': commit.manifestList,
    summary: { ...appendSummary(currentSnapshot(base), commit.added), ...commit.progress },
    'schema-id': base['current-schema-id'],
  }
  return boundedHistory(
    {
      ...base,
      'last-sequence-number': sequenceNumber,
      'last-updated-ms': timestampMs,
      'current-snapshot-id': snapshotId,
      snapshots: [...(base.snapshots ?? []), snapshot],
      'snapshot-log': [...(base['snapshot-log'] ?? []), { 'timestamp-ms': timestampMs, 'snapshot-id': snapshotId }],
      'metadata-log': nextMetadataLog(base, { 'timestamp-ms': base['last-updated-ms'], 'metadata-file': commit.baseLocation }),
      refs: withRefs(base, snapshotId, PROGRESS_TAG),
    },
    commit.isOwnAppend,
  )
}

/** Readers such as Redshift need the totals; where the parent has none, none are invented (spec, Optional Snapshot Summary Fields). */
function appendSummary(parent: Snapshot | undefined, added: AddedTotals): { [key: string]: string } {
  const summary: { [key: string]: string } = {
    operation: 'append',
    'added-data-files': String(added.files),
    'added-records': String(added.rows),
    'added-files-size': String(added.sizeBytes),
    'changed-partition-count': String(added.partitions),
    'engine-name': 'headgate',
  }
  const increments = {
    'total-records': added.rows,
    'total-files-size': added.sizeBytes,
    'total-data-files': added.files,
    'total-delete-files': 0,
    'total-position-deletes': 0,
    'total-equality-deletes': 0,
  }
  for (const [key, increment] of Object.entries(increments)) {
    const before = parent === undefined ? '0' : parent.summary?.[key]
    if (before !== undefined && /^\d+$/.test(before)) summary[key] = String(BigInt(before) + BigInt(increment))
  }
  return summary
}
