import type { OffsetRange, TableAppend, TableProgress } from '../table-commit.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from '../../shared/json.ts'
import { currentSnapshot, idOf, lineageOf, parentIdOf, snapshotById, snapshotsOf, type Snapshot, type TableMetadata } from './metadata.ts'

/**
 * Progress lives in the summary of Headgate's own snapshots: every one of them carries the whole map of offsets, so one
 * look-up is enough, and a tag keeps the newest from being expired by others. Snapshots of other writers (compaction,
 * a person's INSERT) carry nothing and are passed over. A table rolled back behind Headgate's last commit is refused:
 * rows that producers were told are safe are gone, and only a person can say whether that was meant.
 */
export const PROGRESS_TAG = 'headgate'

const summaryKey = {
  topicId: 'headgate.topic-id',
  /** Names the append by its files, so that its commit is recognised after a lost answer. */
  appendId: 'headgate.append-id',
  /** Next offset of every topic partition the table has ever seen: `{"0":1204,"1":87}`. */
  offsets: 'headgate.offsets',
  /** Highest record timestamp of each, in milliseconds. */
  highTimestamps: 'headgate.high-timestamps',
  /** What this commit added: `{"0":[1200,1204]}`, the second exclusive. */
  ranges: 'headgate.ranges',
  schemaIds: 'headgate.schema-ids',
} as const

/** One of Headgate's snapshots, understood. */
export interface OwnSnapshot {
  readonly snapshot: Snapshot
  readonly snapshotId: bigint
  readonly appendId: string
  readonly nextOffsets: ReadonlyMap<number, bigint>
  readonly highTimestampsMs: ReadonlyMap<number, bigint>
  readonly ranges: readonly OffsetRange[]
  readonly schemaIds: readonly number[]
}

/** Whether Headgate made this snapshot for this topic, by adding files alone. */
export function isOwnAppend({ summary }: Snapshot, topicId: string): boolean {
  return summary?.[summaryKey.topicId] === topicId && summary['operation'] === 'append'
}

/** The snapshot that says how far the table is; undefined for a table Headgate never committed to. */
export function latestOwnSnapshot(metadata: TableMetadata, topicId: string): OwnSnapshot | undefined {
  const isOwn = (snapshot: Snapshot): boolean => isOwnAppend(snapshot, topicId)
  const newestOwn = snapshotsOf(metadata).filter(isOwn).sort(newestFirst)[0]
  let oldestSeen: Snapshot | undefined
  for (const ancestor of lineageOf(metadata, currentSnapshot(metadata))) {
    oldestSeen = ancestor
    if (!isOwn(ancestor)) continue
    if (newestOwn !== undefined && newestFirst(newestOwn, ancestor) < 0) throw rolledBack(metadata, newestOwn)
    return ownSnapshotOf(ancestor)
  }
  return outsideLineage(metadata, newestOwn, oldestSeen)
}

/** Headgate's snapshots in the history of `main`, newest first. */
export function* ownLineage(metadata: TableMetadata, topicId: string): Generator<OwnSnapshot> {
  const latest = latestOwnSnapshot(metadata, topicId)
  for (const snapshot of lineageOf(metadata, latest?.snapshot)) if (isOwnAppend(snapshot, topicId)) yield ownSnapshotOf(snapshot)
}

/** When the history that `main` still has holds no snapshot of ours, down to the oldest one seen. */
function outsideLineage(
  metadata: TableMetadata,
  newestOwn: Snapshot | undefined,
  oldestSeen: Snapshot | undefined,
): OwnSnapshot | undefined {
  const isCutOff = oldestSeen !== undefined && parentIdOf(oldestSeen) !== undefined
  if (newestOwn === undefined) {
    if (isCutOff) throw forgotten(metadata)
    return undefined
  }
  if (!isCutOff || newestFirst(newestOwn, oldestSeen) <= 0) throw rolledBack(metadata, newestOwn)
  // Expiry by others cut the line between their snapshots and our older one, which the tag kept.
  if (newestOwn === taggedSnapshot(metadata)) return ownSnapshotOf(newestOwn)
  throw forgotten(metadata)
}

export function progressOf(own: OwnSnapshot | undefined): TableProgress {
  return { nextOffsets: own?.nextOffsets ?? new Map() }
}

/** The summary of an append's snapshot: everything known before, moved on. */
export function progressSummary(append: TableAppend, identity: AppendIdentity, before: OwnSnapshot | undefined): { [key: string]: string } {
  const offsets = new Map(before?.nextOffsets)
  const highTimestampsMs = new Map(before?.highTimestampsMs)
  for (const { partition, nextOffset, highTimestampMs } of append.ranges) {
    offsets.set(partition, nextOffset)
    const before = highTimestampsMs.get(partition)
    highTimestampsMs.set(partition, before === undefined || highTimestampMs > before ? highTimestampMs : before)
  }
  return {
    [summaryKey.topicId]: identity.topicId,
    [summaryKey.appendId]: identity.appendId,
    [summaryKey.offsets]: mapJson(offsets),
    [summaryKey.highTimestamps]: mapJson(highTimestampsMs),
    [summaryKey.ranges]: stringifyJson(
      Object.fromEntries(append.ranges.map(({ partition, offsetFirst, nextOffset }) => [partition, [offsetFirst, nextOffset]])),
    ),
    [summaryKey.schemaIds]: stringifyJson([...append.schemaIds]),
  }
}

type Summary = { readonly [key: string]: string }

export interface AppendIdentity {
  readonly topicId: string
  readonly appendId: string
}

function taggedSnapshot(metadata: TableMetadata): Snapshot | undefined {
  const tag = metadata.refs?.[PROGRESS_TAG]
  return tag === undefined ? undefined : snapshotById(metadata, idOf(tag['snapshot-id']))
}

function newestFirst(a: Snapshot, b: Snapshot): number {
  return Number(idOf(b['sequence-number']) - idOf(a['sequence-number']))
}

function ownSnapshotOf(snapshot: Snapshot): OwnSnapshot {
  const { summary = {} } = snapshot
  const nextOffsets = bigintMap(summary, summaryKey.offsets)
  const highTimestampsMs = bigintMap(summary, summaryKey.highTimestamps)
  return {
    snapshot,
    snapshotId: idOf(snapshot['snapshot-id']),
    appendId: summary[summaryKey.appendId] ?? '',
    nextOffsets,
    highTimestampsMs,
    ranges: rangesOf(summary, highTimestampsMs),
    schemaIds: (parsed(summary, summaryKey.schemaIds) as number[]).map(Number),
  }
}

function rangesOf(summary: Summary, highTimestampsMs: ReadonlyMap<number, bigint>): OffsetRange[] {
  return Object.entries(parsed(summary, summaryKey.ranges) as JsonObject).map(([partition, range]) => {
    const [offsetFirst, nextOffset] = (range as (number | bigint)[]).map(BigInt)
    if (offsetFirst === undefined || nextOffset === undefined) throw unreadable(summaryKey.ranges)
    return { partition: Number(partition), offsetFirst, nextOffset, highTimestampMs: highTimestampsMs.get(Number(partition)) ?? -1n }
  })
}

function bigintMap(summary: Summary, key: string): Map<number, bigint> {
  return new Map(
    Object.entries(parsed(summary, key) as JsonObject).map(([partition, value]) => [Number(partition), BigInt(value as number)]),
  )
}

function parsed(summary: Summary, key: string): JsonValue {
  try {
    return parseJson(summary[key] ?? '')
  } catch (cause) {
    throw unreadable(key, cause)
  }
}

function mapJson(map: ReadonlyMap<number, bigint>): string {
  return stringifyJson(Object.fromEntries(map))
}

function unreadable(key: string, cause?: unknown): HeadgateError {
  return new HeadgateError('store-corrupt', `a snapshot's ${key} cannot be read; was its summary edited?`, { cause })
}

function rolledBack({ location }: TableMetadata, newestOwn: Snapshot): HeadgateError {
  const snapshotId = idOf(newestOwn['snapshot-id'])
  return new HeadgateError(
    'fenced',
    `${location} was rolled back behind Headgate's snapshot ${snapshotId}; set main to it or to one after it, or drop the table to write it anew`,
    { facts: { location, snapshotId } },
  )
}

function forgotten({ location }: TableMetadata): HeadgateError {
  return new HeadgateError(
    'fenced',
    `the snapshots of ${location} that say how far Headgate wrote it were expired together with their tag; roll back to a metadata file that has them`,
    { facts: { location } },
  )
}
