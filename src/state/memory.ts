import { assert } from '../shared/assert.ts'
import { assertDense, partitionKeyOf } from './append-decision.ts'
import { clusterIdFrom } from './cluster-id.ts'
import { emptyPartition, type MemoryPartition } from './memory-partition.ts'
import { memorySchemas } from './memory-schemas.ts'
import { MemoryTopics } from './memory-topics.ts'
import type { StateWorld } from './open.ts'
import type { AppendDecision, AppendScope, LoadedScope, StateStore, TopicPartition } from './state-store.ts'

/**
 * A state store that forgets everything with the process: for tests and simulation. Every method does its work in one
 * turn, which makes it a transaction; a decision that throws has changed nothing, because it is applied afterwards.
 */
export function memoryState({ clock, random }: StateWorld): StateStore {
  const partitions = new MemoryPartitions()
  const topics = new MemoryTopics(clock, {
    add: (topicPartition) => partitions.add(topicPartition),
    remove: (topicPartition) => partitions.remove(topicPartition),
  })
  let clusterId: string | undefined
  let nextProducerId = 1000n

  return {
    clusterId: async () => (clusterId ??= clusterIdFrom(random)),
    createTopic: async (topic) => topics.create(topic),
    deleteTopic: async (topicId) => topics.remove(topicId),
    setTopicConfigs: async (topicId, configs) => topics.update(topicId, { configs }),
    addPartitions: async (topicId, partitionCount) => topics.grow(topicId, partitionCount),
    listTopics: async () => topics.list(),
    allocateProducerId: async () => nextProducerId++,
    appendBatches: async (scope, decide) => partitions.append(scope, decide),
    partitionOffsets: async (topicId, partition) => partitions.get({ topicId, partition })?.offsets,
    listPartitions: async () =>
      partitions.all().map(({ topicPartition, offsets, sizeBytes }) => ({ ...topicPartition, ...offsets, sizeBytes })),
    findBatches: async (query) => partitions.get(query)?.findBatches(query) ?? [],
    findBatchByTimestamp: async (query) => partitions.get(query)?.findByTimestamp(query),
    findBatchOfMaxTimestamp: async (topicId, partition) => partitions.get({ topicId, partition })?.findOfMaxTimestamp(),
    advanceLogStart: async (topicId, partition, logStartOffset) => partitions.get({ topicId, partition })?.advance(logStartOffset),
    livePieces: async () => [...new Set(partitions.all().flatMap(({ batches }) => batches.map(({ piece }) => piece)))].sort(),
    expireProducers: async (topicId, partition, beforeMs) => partitions.get({ topicId, partition })?.expireProducers(beforeMs) ?? 0,
    schemas: memorySchemas(),
    close: async () => {},
  }
}

class MemoryPartitions {
  readonly #partitions = new Map<string, MemoryPartition>()

  add(topicPartition: TopicPartition): void {
    this.#partitions.set(partitionKeyOf(topicPartition), emptyPartition(topicPartition))
  }

  remove(topicPartition: TopicPartition): void {
    this.#partitions.delete(partitionKeyOf(topicPartition))
  }

  get(topicPartition: TopicPartition): MemoryPartition | undefined {
    return this.#partitions.get(partitionKeyOf(topicPartition))
  }

  all(): MemoryPartition[] {
    return [...this.#partitions.values()]
  }

  append<Result>(scope: AppendScope, decide: (loaded: LoadedScope) => AppendDecision<Result>): Result {
    const loaded = this.#load(scope)
    const decision = decide(loaded)
    assertDense(loaded, decision)
    for (const batch of decision.batches) this.#known(batch).add(batch)
    for (const producer of decision.producers) this.#known(producer).producers.set(producer.state.producerId, producer.state)
    return decision.result
  }

  /** Only what the scope names, so that a caller who forgets to name something finds out here, not on a database. */
  #load(scope: AppendScope): LoadedScope {
    const named = new Set([...scope.partitions, ...scope.producers].map(partitionKeyOf))
    const producers = new Set(scope.producers.map((producer) => `${partitionKeyOf(producer)}/${producer.producerId}`))
    return {
      offsetsOf: (topicPartition) => (named.has(partitionKeyOf(topicPartition)) ? this.get(topicPartition)?.offsets : undefined),
      producerOf: (topicPartition, producerId) =>
        producers.has(`${partitionKeyOf(topicPartition)}/${producerId}`) ? this.get(topicPartition)?.producers.get(producerId) : undefined,
    }
  }

  #known(topicPartition: TopicPartition): MemoryPartition {
    const found = this.get(topicPartition)
    assert(found, 'a decision names a partition that was not loaded')
    return found
  }
}
