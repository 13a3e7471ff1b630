import type { Clock } from '../shared/clock.ts'
import type { NewTopic, StoredTopic, TopicPartition } from './state-store.ts'
import { assertGrows } from './topic-growth.ts'

/** Topics in memory; tells of every partition that comes and goes with them. */
export class MemoryTopics {
  readonly #topics = new Map<string, StoredTopic>()
  readonly #clock: Clock
  readonly #partitions: { add(topicPartition: TopicPartition): void; remove(topicPartition: TopicPartition): void }

  constructor(clock: Clock, partitions: { add(topicPartition: TopicPartition): void; remove(topicPartition: TopicPartition): void }) {
    this.#clock = clock
    this.#partitions = partitions
  }

  list(): StoredTopic[] {
    return [...this.#topics.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  create(topic: NewTopic): { kind: 'created' } | { kind: 'exists' } {
    if (this.list().some(({ topicId, name }) => topicId === topic.topicId || name === topic.name)) return { kind: 'exists' }
    this.#topics.set(topic.topicId, { ...topic, createdAtMs: this.#clock.now() })
    this.#addPartitions(topic.topicId, { from: 0, to: topic.partitionCount })
    return { kind: 'created' }
  }

  remove(topicId: string): { kind: 'deleted' } | { kind: 'not-found' } {
    const topic = this.#topics.get(topicId)
    if (!topic) return { kind: 'not-found' }
    for (let partition = 0; partition < topic.partitionCount; partition++) this.#partitions.remove({ topicId, partition })
    this.#topics.delete(topicId)
    return { kind: 'deleted' }
  }

  grow(topicId: string, partitionCount: number): { kind: 'updated' } | { kind: 'not-found' } {
    const from = this.#topics.get(topicId)?.partitionCount
    if (from === undefined) return { kind: 'not-found' }
    assertGrows({ from, to: partitionCount })
    this.#addPartitions(topicId, { from, to: partitionCount })
    return this.update(topicId, { partitionCount })
  }

  update(topicId: string, change: Partial<StoredTopic>): { kind: 'updated' } | { kind: 'not-found' } {
    const topic = this.#topics.get(topicId)
    if (!topic) return { kind: 'not-found' }
    this.#topics.set(topicId, { ...topic, ...change })
    return { kind: 'updated' }
  }

  #addPartitions(topicId: string, { from, to }: { from: number; to: number }): void {
    for (let partition = from; partition < to; partition++) this.#partitions.add({ topicId, partition })
  }
}
