import type { PartitionOffsets } from '../state/state-store.ts'

/**
 * The offsets of every partition, in memory: what reads and waits are answered from. Holds only what is committed, and
 * offsets never go back, so a late answer of the store cannot undo what a later one brought.
 */
export class PartitionCache {
  readonly #topics = new Map<string, Map<number, PartitionOffsets>>()

  get(topicId: string, partition: number): PartitionOffsets | undefined {
    return this.#topics.get(topicId)?.get(partition)
  }

  /** Makes a partition known; one that is known keeps what is further on. */
  add(topicId: string, partition: number, offsets: PartitionOffsets): void {
    const partitions = this.#topics.get(topicId) ?? new Map<number, PartitionOffsets>()
    this.#topics.set(topicId, partitions)
    partitions.set(partition, furthest(partitions.get(partition), offsets))
  }

  /** Does nothing for a partition that is not known: its topic was removed meanwhile. */
  advance(topicId: string, partition: number, offsets: PartitionOffsets): void {
    const known = this.get(topicId, partition)
    if (known) this.#topics.get(topicId)?.set(partition, furthest(known, offsets))
  }

  /** Answers the partitions that were known. */
  removeTopic(topicId: string): number[] {
    const partitions = [...(this.#topics.get(topicId)?.keys() ?? [])]
    this.#topics.delete(topicId)
    return partitions
  }
}

function furthest(a: PartitionOffsets | undefined, b: PartitionOffsets): PartitionOffsets {
  if (!a) return b
  return { logStartOffset: later(a.logStartOffset, b.logStartOffset), nextOffset: later(a.nextOffset, b.nextOffset) }
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
