import type { Clock } from '../shared/clock.ts'
import type { BatchIdentity } from './log.ts'
import { isSequenceAfter } from './producer-rules.ts'

interface Awaited {
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly failedAtMs: number
}

/**
 * Batches of idempotent producers that failed and will be sent again, the earliest per producer and partition. Clients
 * send five at a time: the ones behind a failed batch must not be called out of order, which is fatal to librdkafka, nor
 * be taken before it. Forgets the oldest above a number, and each after a time: then the ordinary rules hold again.
 */
export class RetriableFailures {
  readonly #awaited = new Map<string, Awaited>()
  readonly #clock: Clock
  readonly #bounds: { readonly retriableFailuresKept: number; readonly retriableFailureKeptMs: number }

  constructor(clock: Clock, bounds: { readonly retriableFailuresKept: number; readonly retriableFailureKeptMs: number }) {
    this.#clock = clock
    this.#bounds = bounds
  }

  add(batch: BatchIdentity): void {
    if (batch.producerId < 0n || this.isBehind(batch)) return
    const key = keyOf(batch)
    this.#awaited.delete(key)
    this.#awaited.set(key, { producerEpoch: batch.producerEpoch, baseSequence: batch.baseSequence, failedAtMs: this.#clock.now() })
    for (const oldest of this.#awaited.keys()) {
      if (this.#awaited.size <= this.#bounds.retriableFailuresKept) break
      this.#awaited.delete(oldest)
    }
  }

  /** Whether an earlier batch of the same producer and epoch is awaited. */
  isBehind(batch: BatchIdentity): boolean {
    const awaited = this.#awaited.get(keyOf(batch))
    return (
      awaited !== undefined &&
      this.#clock.now() - awaited.failedAtMs < this.#bounds.retriableFailureKeptMs &&
      awaited.producerEpoch === batch.producerEpoch &&
      isSequenceAfter(batch.baseSequence, awaited.baseSequence)
    )
  }

  /** The batch has an answer for good: nobody waits for it, nor for anything before it. */
  settle(batch: BatchIdentity): void {
    const awaited = this.#awaited.get(keyOf(batch))
    if (!awaited || batch.producerEpoch < awaited.producerEpoch) return
    const isStillAhead = batch.producerEpoch === awaited.producerEpoch && isSequenceAfter(awaited.baseSequence, batch.baseSequence)
    if (!isStillAhead) this.#awaited.delete(keyOf(batch))
  }
}

function keyOf({ topicId, partition, producerId }: BatchIdentity): string {
  return `${topicId}/${partition}/${producerId}`
}
