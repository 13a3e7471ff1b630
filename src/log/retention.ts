import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { StateStore, StoredPartition } from '../state/state-store.ts'
import type { GroupCommit } from './append.ts'
import type { LogPieces } from './log-pieces.ts'
import type { PartitionCache } from './partition-cache.ts'

export interface RetentionRules {
  /** A topic's `retention.ms` and `retention.bytes`, -1 for no limit; undefined for a topic to leave alone. */
  readonly policyOf: (topicId: string) => RetentionPolicy | undefined
  /** Records from here on are still needed, by the table for one; undefined when nobody needs any. */
  readonly keepFrom: (topicId: string, partition: number) => bigint | undefined
  readonly signal?: AbortSignal
}

export interface RetentionPolicy {
  readonly retentionMs: number
  readonly retentionBytes: number
}

export interface RetentionReport {
  readonly removedBatches: number
  readonly removedBytes: number
  readonly removedPieces: number
}

export interface RetentionContext {
  readonly state: StateStore
  readonly pieces: LogPieces
  readonly partitions: PartitionCache
  readonly groups: Pick<GroupCommit, 'settled'>
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * One pass over all partitions: moves log starts on as the policies say, never past `keepFrom`, forgets producers that
 * are long gone, and deletes the pieces that no batch uses any more. Works batch by batch, the oldest first, in steps
 * that each take a bounded number of batches.
 */
export async function enforceRetention(rules: RetentionRules, context: RetentionContext): Promise<RetentionReport> {
  let removedBatches = 0
  let removedBytes = 0
  for (const partition of await context.state.listPartitions()) {
    rules.signal?.throwIfAborted()
    const removed = await enforceInPartition(partition, rules, context)
    removedBatches += removed.batches
    removedBytes += removed.bytes
    const { topicId, partition: index } = partition
    await context.state.expireProducers(topicId, index, context.clock.now() - limits.producerIdExpiryMs)
  }
  return { removedBatches, removedBytes, removedPieces: await removeUnusedPieces(context) }
}

async function enforceInPartition(
  { topicId, partition, logStartOffset, nextOffset, sizeBytes }: StoredPartition,
  { policyOf, keepFrom, signal }: RetentionRules,
  { state, partitions, clock }: RetentionContext,
): Promise<{ batches: number; bytes: number }> {
  const policy = policyOf(topicId)
  const removed = { batches: 0, bytes: 0 }
  if (!policy) return removed
  const end = earlierOf(keepFrom(topicId, partition) ?? nextOffset, nextOffset)
  for (let start = logStartOffset; start < end;) {
    signal?.throwIfAborted()
    const found = await state.findBatches({ topicId, partition, offset: start, bytesMax: Infinity, batchesMax: limits.readBatchesMax })
    const step = batchesToRemove(found, {
      end,
      olderThanMs: olderThanMs(policy, clock),
      bytesAbove: bytesAbove(policy, sizeBytes - removed.bytes),
    })
    const last = found[step.batches - 1]
    if (!last) break
    start = last.lastOffset + 1n
    const offsets = await state.advanceLogStart(topicId, partition, start)
    if (offsets) partitions.advance(topicId, partition, offsets)
    removed.batches += step.batches
    removed.bytes += step.bytes
    if (step.batches < found.length) break
  }
  return removed
}

/** How many of the oldest batches may go: each wholly below `end`, and either too old or above the size. */
function batchesToRemove(
  oldest: readonly { readonly lastOffset: bigint; readonly maxTimestampMs: bigint; readonly length: number }[],
  { end, olderThanMs, bytesAbove }: { end: bigint; olderThanMs: bigint | undefined; bytesAbove: number },
): { batches: number; bytes: number } {
  let bytes = 0
  for (const [index, batch] of oldest.entries()) {
    const isTooOld = olderThanMs !== undefined && batch.maxTimestampMs < olderThanMs
    const isAboveSize = bytes + batch.length <= bytesAbove
    if (batch.lastOffset >= end || !(isTooOld || isAboveSize)) return { batches: index, bytes }
    bytes += batch.length
  }
  return { batches: oldest.length, bytes }
}

function olderThanMs({ retentionMs }: RetentionPolicy, clock: Clock): bigint | undefined {
  return retentionMs < 0 ? undefined : BigInt(clock.now() - retentionMs)
}

function bytesAbove({ retentionBytes }: RetentionPolicy, sizeBytes: number): number {
  return retentionBytes < 0 ? 0 : sizeBytes - retentionBytes
}

/**
 * Deletes pieces that no batch uses. The order matters: a piece that was finished before every append under way was
 * settled is either named by the index by now, or will never be.
 */
export async function removeUnusedPieces({
  state,
  pieces,
  groups,
  logger,
}: Omit<RetentionContext, 'partitions' | 'clock'>): Promise<number> {
  const finished = await pieces.listFinished()
  if (finished.length === 0) return 0
  await groups.settled()
  const live = new Set(await state.livePieces())
  const unused = finished.filter((piece) => !live.has(piece))
  for (const piece of unused) await pieces.delete(piece)
  if (unused.length > 0) logger.info({ pieces: unused.length }, 'log pieces removed')
  return unused.length
}

function earlierOf(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
