import { assert } from '../shared/assert.ts'
import type { AppendDecision, LoadedScope, StoredBatch, TopicPartition } from './state-store.ts'

/** The text key of a partition in maps. Topic ids are UUIDs, so no two pairs share one. */
export function partitionKeyOf({ topicId, partition }: TopicPartition): string {
  return `${topicId}/${partition}`
}

/**
 * What every engine checks before it writes a decision: offsets stay dense (no gap, no overlap), and each partition
 * ends exactly where its batches end. A decision that breaks this is a bug above the store, and must not be kept.
 */
export function assertDense(loaded: LoadedScope, { batches, nextOffsets }: AppendDecision<unknown>): void {
  const ends = new Map<string, bigint>()
  for (const batch of batches) {
    assert(batch.baseOffset === endOf(ends, loaded, batch), 'a batch does not follow the one before it')
    assert(batch.lastOffset >= batch.baseOffset && batch.length > 0, 'an empty batch')
    ends.set(partitionKeyOf(batch), batch.lastOffset + 1n)
  }
  for (const next of nextOffsets) assert(next.nextOffset === endOf(ends, loaded, next), 'the next offset is not where the batches end')
  assert(nextOffsets.length >= ends.size, 'a partition got batches but no next offset')
}

function endOf(ends: Map<string, bigint>, loaded: LoadedScope, topicPartition: TopicPartition): bigint {
  const end = ends.get(partitionKeyOf(topicPartition)) ?? loaded.offsetsOf(topicPartition)?.nextOffset
  assert(end !== undefined, 'a decision names a partition that was not loaded')
  return end
}

/** The batches of a decision, per piece they lie in. */
export function countByPiece(batches: readonly StoredBatch[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { piece } of batches) counts.set(piece, (counts.get(piece) ?? 0) + 1)
  return counts
}
