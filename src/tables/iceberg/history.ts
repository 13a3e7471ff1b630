import { limits } from '../../shared/limits.ts'
import {
  MAIN_BRANCH,
  idOf,
  parentIdOf,
  snapshotsOf,
  type MetadataLogEntry,
  type Snapshot,
  type SnapshotLogEntry,
  type TableMetadata,
} from './metadata.ts'

/**
 * Keeps metadata from growing with every commit: beyond the newest snapshots, only the last one of each hour stays, for
 * some days. Forgotten are plain appends of Headgate's alone: every file they made live is live in the next one too, so
 * no data file loses its last mention. Snapshots that others made, the ones just before those, and whatever a branch or
 * tag names stay for a real expiry to judge.
 */
export function boundedHistory(metadata: TableMetadata, isOwnAppend: (snapshot: Snapshot) => boolean): TableMetadata {
  const snapshots = snapshotsOf(metadata)
  if (snapshots.length <= limits.recentSnapshotsMax) return metadata
  const needed = neededSnapshotIds(metadata, isOwnAppend)
  const oldestFirst = [...snapshots].sort((a, b) => Number(idOf(a['sequence-number']) - idOf(b['sequence-number'])))
  const forgotten = new Set<bigint>()
  for (const [index, snapshot] of oldestFirst.slice(0, -limits.recentSnapshotsMax).entries()) {
    const snapshotId = idOf(snapshot['snapshot-id'])
    const isKept = isLastOfSpan(snapshot, oldestFirst[index + 1]) && !isTooOld(snapshot, metadata)
    if (isOwnAppend(snapshot) && !needed.has(snapshotId) && !isKept) forgotten.add(snapshotId)
  }
  if (forgotten.size === 0) return metadata
  return {
    ...metadata,
    snapshots: snapshots.filter((snapshot) => !forgotten.has(idOf(snapshot['snapshot-id']))),
    'snapshot-log': boundedLog(metadata['snapshot-log'] ?? [], forgotten),
  }
}

function isLastOfSpan(snapshot: Snapshot, next: Snapshot | undefined): boolean {
  const spanOf = ({ 'timestamp-ms': timestampMs }: Snapshot): number => Math.floor(timestampMs / limits.snapshotSpanMs)
  return next !== undefined && spanOf(snapshot) !== spanOf(next)
}

function isTooOld(snapshot: Snapshot, metadata: TableMetadata): boolean {
  return metadata['last-updated-ms'] - snapshot['timestamp-ms'] > limits.snapshotAgeMsMax
}

function neededSnapshotIds(metadata: TableMetadata, isOwnAppend: (snapshot: Snapshot) => boolean): Set<bigint> {
  const needed = new Set(Object.values(metadata.refs ?? {}).map((ref) => idOf(ref['snapshot-id'])))
  for (const snapshot of snapshotsOf(metadata)) {
    const parentId = parentIdOf(snapshot)
    // What a foreign commit replaced was last live in its parent.
    if (!isOwnAppend(snapshot) && parentId !== undefined) needed.add(parentId)
  }
  return needed
}

/** The log must not skip over a gap: what came before a forgotten snapshot goes as well (spec, Table Metadata Fields). */
function boundedLog(log: readonly SnapshotLogEntry[], forgotten: ReadonlySet<bigint>): SnapshotLogEntry[] {
  return log.slice(log.findLastIndex((entry) => forgotten.has(idOf(entry['snapshot-id']))) + 1)
}

/** The log of earlier metadata files with one more, at most as long as the table's property says. */
export function nextMetadataLog(metadata: TableMetadata, previous: MetadataLogEntry): MetadataLogEntry[] {
  const configured = Number(metadata.properties?.['write.metadata.previous-versions-max'] ?? limits.previousMetadataFilesMax)
  const kept = Number.isInteger(configured) && configured > 0 ? configured : limits.previousMetadataFilesMax
  return [...(metadata['metadata-log'] ?? []), previous].slice(-kept)
}

/** Metadata files that a commit's log no longer names; the table's property says whether they may be deleted. */
export function droppedMetadataFiles(before: TableMetadata, after: TableMetadata): string[] {
  if (before.properties?.['write.metadata.delete-after-commit.enabled'] !== 'true') return []
  const kept = new Set((after['metadata-log'] ?? []).map((entry) => entry['metadata-file']))
  return (before['metadata-log'] ?? []).map((entry) => entry['metadata-file']).filter((file) => !kept.has(file))
}

/** Moves `main` and a tag to a snapshot. */
export function withRefs(metadata: TableMetadata, snapshotId: bigint, tag: string): NonNullable<TableMetadata['refs']> {
  return {
    ...metadata.refs,
    [MAIN_BRANCH]: { ...metadata.refs?.[MAIN_BRANCH], 'snapshot-id': snapshotId, type: 'branch' },
    [tag]: { 'snapshot-id': snapshotId, type: 'tag' },
  }
}
