import { assert } from '../shared/assert.ts'
import { assertDense, partitionKeyOf } from './append-decision.ts'
import { clusterIdFrom } from './cluster-id.ts'
import { emptyPartition, type MemoryPartition } from './memory-partition.ts'
import { memorySchemas } from './memory-schemas.ts'
import type { StateWorld } from './open.ts'
import type { AppendDecision, AppendScope, LoadedScope, StateStore, StoredTopic, TopicConfigs, TopicPartition } from './state-store.ts'
import { assertGrows } from './topic-growth.ts'

/**
 * A state store that forgets everything with the process: for tests and simulation. Every method does its work in one
 * turn, which makes it a transaction; a decision that throws has changed nothing, because it is applied afterwards.
 */
export function memoryState({ clock, random }: StateWorld): StateStore {
  const topics = new Map<string, StoredTopic>()
  const partitions = new Map<string, MemoryPartition>()
  let clusterId: string | undefined
  let nextProducerId = 1000n

  return {
    clusterId: async () => (clusterId ??= clusterIdFrom(random)),

    async createTopic(topic) {
      if (topics.has(topic.topicId) || [...topics.values()].some(({ name }) => name === topic.name)) return { kind: 'exists' }
      topics.set(topic.topicId, { ...topic, createdAtMs: clock.now() })
      growPartitions(topic.topicId, { from: 0, to: topic.partitionCount })
      return { kind: 'created' }
    },
    async deleteTopic(topicId) {
      const topic = topics.get(topicId)
      if (!topic) return { kind: 'not-found' }
      for (let partition = 0; partition < topic.partitionCount; partition++) partitions.delete(partitionKeyOf({ topicId, partition }))
      topics.delete(topicId)
      return { kind: 'deleted' }
    },
    setTopicConfigs: async (topicId, configs) => updateTopic(topicId, { configs }),
    async addPartitions(topicId, partitionCount) {
      const from = topics.get(topicId)?.partitionCount
      if (from === undefined) return { kind: 'not-found' }
      assertGrows({ from, to: partitionCount })
      growPartitions(topicId, { from, to: partitionCount })
      return updateTopic(topicId, { partitionCount })
    },
    listTopics: async () => [...topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),

    allocateProducerId: async () => nextProducerId++,

    async appendBatches(scope, decide) {
      const loaded = loadScope(scope)
      const decision = decide(loaded)
      assertDense(loaded, decision)
      applyDecision(decision)
      return decision.result
    },
    partitionOffsets: async (topicId, partition) => partitionOf({ topicId, partition })?.offsets,
    listPartitions: async () =>
      [...partitions.values()].map((found) => ({ ...found.topicPartition, ...found.offsets, sizeBytes: found.sizeBytes })),
    findBatches: async (query) => partitionOf(query)?.findBatches(query) ?? [],
    findBatchByTimestamp: async (query) => partitionOf(query)?.findByTimestamp(query),
    findBatchOfMaxTimestamp: async (topicId, partition) => partitionOf({ topicId, partition })?.findOfMaxTimestamp(),
    advanceLogStart: async (topicId, partition, logStartOffset) => partitionOf({ topicId, partition })?.advance(logStartOffset),
    livePieces: async () => [...new Set([...partitions.values()].flatMap(({ batches }) => batches.map(({ piece }) => piece)))].sort(),
    expireProducers: async (topicId, partition, beforeMs) => partitionOf({ topicId, partition })?.expireProducers(beforeMs) ?? 0,

    schemas: memorySchemas(),
    close: async () => {},
  }

  function partitionOf(topicPartition: TopicPartition): MemoryPartition | undefined {
    return partitions.get(partitionKeyOf(topicPartition))
  }

  function growPartitions(topicId: string, { from, to }: { from: number; to: number }): void {
    for (let partition = from; partition < to; partition++)
      partitions.set(partitionKeyOf({ topicId, partition }), emptyPartition({ topicId, partition }))
  }

  function updateTopic(
    topicId: string,
    update: { configs?: TopicConfigs; partitionCount?: number },
  ): { kind: 'updated' } | { kind: 'not-found' } {
    const topic = topics.get(topicId)
    if (!topic) return { kind: 'not-found' }
    topics.set(topicId, { ...topic, ...update })
    return { kind: 'updated' }
  }

  /** Only what the scope names, so that a caller who forgets to name something finds out here, not on a database. */
  function loadScope(scope: AppendScope): LoadedScope {
    const named = new Set([...scope.partitions, ...scope.producers].map(partitionKeyOf))
    const producers = new Set(scope.producers.map((producer) => `${partitionKeyOf(producer)}/${producer.producerId}`))
    return {
      offsetsOf: (topicPartition) => (named.has(partitionKeyOf(topicPartition)) ? partitionOf(topicPartition)?.offsets : undefined),
      producerOf: (topicPartition, producerId) =>
        producers.has(`${partitionKeyOf(topicPartition)}/${producerId}`)
          ? partitionOf(topicPartition)?.producers.get(producerId)
          : undefined,
    }
  }

  function applyDecision({ batches, nextOffsets, producers }: AppendDecision<unknown>): void {
    for (const batch of batches) loadedPartition(batch).add(batch)
    for (const next of nextOffsets) assert(loadedPartition(next).offsets.nextOffset === next.nextOffset, 'offsets are not dense')
    for (const producer of producers) loadedPartition(producer).producers.set(producer.state.producerId, producer.state)
  }

  function loadedPartition(topicPartition: TopicPartition): MemoryPartition {
    const found = partitionOf(topicPartition)
    assert(found, 'a decision names a partition that was not loaded')
    return found
  }
}
