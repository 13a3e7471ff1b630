import type { AppendDecision, LoadedScope, ProducerState, StateStore, StoredBatch } from '../../src/state/state-store.ts'

/** Rows and calls of the state store's suite, with one topic in the middle of them. */
export const orders = '11111111-1111-4111-8111-111111111111'
export const users = '22222222-2222-4222-8222-222222222222'

export function topic(overrides: Partial<{ topicId: string; name: string; configs: { [key: string]: string } }>) {
  return { topicId: orders, name: 'orders', partitionCount: 2, configs: {}, ...overrides }
}

export function at(partition: number) {
  return { topicId: orders, partition }
}

export function batch({ records = 1, ...overrides }: Partial<StoredBatch> & { records?: number }): StoredBatch {
  const baseOffset = overrides.baseOffset ?? 0n
  return {
    topicId: orders,
    partition: 0,
    baseOffset,
    lastOffset: baseOffset + BigInt(records) - 1n,
    piece: 'first',
    position: 0,
    length: 100,
    maxTimestampMs: 50n,
    logAppendTimeMs: null,
    ...overrides,
  }
}

export function producer(producerId: bigint): ProducerState {
  const recentBatches = [{ sequenceFirst: 0, sequenceLast: 4, baseOffset: 0n, logAppendTimeMs: null }]
  return { producerId, producerEpoch: 1, recentBatches, lastTimestampMs: 1_000 }
}

export function nothing<Result>(result: Result): AppendDecision<Result> {
  return { batches: [], nextOffsets: [], producers: [], result }
}

export function decision<Result>(batches: readonly StoredBatch[], result: Result): AppendDecision<Result> {
  const ends = new Map(
    batches.map(({ topicId, partition, lastOffset }) => [`${topicId}/${partition}`, { topicId, partition, nextOffset: lastOffset + 1n }]),
  )
  return { batches, nextOffsets: [...ends.values()], producers: [], result }
}

export function append(store: StateStore, batches: readonly StoredBatch[]): Promise<undefined> {
  return store.appendBatches({ partitions: batches, producers: [] }, () => decision(batches, undefined))
}

export function putProducer(store: StateStore, topicId: string, state: ProducerState): Promise<undefined> {
  return store.appendBatches(
    { partitions: [{ topicId, partition: 0 }], producers: [{ topicId, partition: 0, producerId: state.producerId }] },
    () => ({
      ...nothing(undefined),
      producers: [{ topicId, partition: 0, state }],
    }),
  )
}

export function loadProducer(store: StateStore, topicId: string, producerId: bigint): Promise<ProducerState | undefined> {
  const where = { topicId, partition: 0 }
  return store.appendBatches({ partitions: [where], producers: [{ ...where, producerId }] }, (loaded: LoadedScope) =>
    nothing(loaded.producerOf(where, producerId)),
  )
}

export function findBatches(store: StateStore, query: { offset: bigint; bytesMax?: number; batchesMax?: number }): Promise<StoredBatch[]> {
  return store.findBatches({ ...at(0), bytesMax: 10_000, batchesMax: 10, ...query })
}
