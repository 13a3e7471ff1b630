import { assert } from '../shared/assert.ts'
import type { BatchQuery, PartitionOffsets, ProducerState, StoredBatch, TimestampQuery, TopicPartition } from './state-store.ts'

/** One partition of the memory engine: its batches in offset order, and its producers. */
export interface MemoryPartition {
  readonly topicPartition: TopicPartition
  readonly offsets: PartitionOffsets
  readonly sizeBytes: number
  readonly batches: readonly StoredBatch[]
  readonly producers: Map<bigint, ProducerState>
  add(batch: StoredBatch): void
  findBatches(query: BatchQuery): StoredBatch[]
  findByTimestamp(query: TimestampQuery): StoredBatch | undefined
  findOfMaxTimestamp(): StoredBatch | undefined
  advance(logStartOffset: bigint): PartitionOffsets
  expireProducers(lastTimestampBeforeMs: number): number
}

export function emptyPartition(topicPartition: TopicPartition): MemoryPartition {
  let offsets: PartitionOffsets = { logStartOffset: 0n, nextOffset: 0n }
  let batches: StoredBatch[] = []
  const producers = new Map<bigint, ProducerState>()

  return {
    topicPartition,
    producers,
    get offsets() {
      return offsets
    },
    get sizeBytes() {
      return batches.reduce((sum, { length }) => sum + length, 0)
    },
    get batches() {
      return batches
    },
    add(batch) {
      assert(batch.baseOffset === offsets.nextOffset, 'offsets are not dense')
      batches.push(batch)
      offsets = { ...offsets, nextOffset: batch.lastOffset + 1n }
    },
    findBatches({ offset, bytesMax, batchesMax }) {
      const from = firstReaching(batches, offset)
      return batches.slice(from, from + countWithin(batches, { from, bytesMax, batchesMax }))
    },
    findByTimestamp: ({ timestampMs, fromOffset = 0n }) =>
      batches.slice(firstReaching(batches, fromOffset)).find(({ maxTimestampMs }) => maxTimestampMs >= timestampMs),
    findOfMaxTimestamp: () =>
      batches.reduce<StoredBatch | undefined>(
        (best, batch) => (best && best.maxTimestampMs >= batch.maxTimestampMs ? best : batch),
        undefined,
      ),
    advance(wanted) {
      const logStartOffset = wanted > offsets.nextOffset ? offsets.nextOffset : wanted
      if (logStartOffset <= offsets.logStartOffset) return offsets
      batches = batches.slice(firstReaching(batches, logStartOffset))
      offsets = { ...offsets, logStartOffset }
      return offsets
    },
    expireProducers(lastTimestampBeforeMs) {
      const expired = [...producers.values()].filter(({ lastTimestampMs }) => lastTimestampMs < lastTimestampBeforeMs)
      for (const { producerId } of expired) producers.delete(producerId)
      return expired.length
    },
  }
}

/** Index of the first batch that contains `offset` or lies above it, by bisection. */
function firstReaching(batches: readonly StoredBatch[], offset: bigint): number {
  let low = 0
  let high = batches.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((batches[middle]?.lastOffset ?? 0n) < offset) low = middle + 1
    else high = middle
  }
  return low
}

function countWithin(batches: readonly StoredBatch[], query: { from: number; bytesMax: number; batchesMax: number }): number {
  const { from, bytesMax, batchesMax } = query
  let count = 0
  for (let bytes = 0; count < batchesMax && from + count < batches.length; count++) {
    bytes += batches[from + count]?.length ?? 0
    if (count > 0 && bytes > bytesMax) break
  }
  return count
}
