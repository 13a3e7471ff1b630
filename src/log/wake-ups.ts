import { partitionKeyOf } from '../state/append-decision.ts'
import type { PartitionOffsets, TopicPartition } from '../state/state-store.ts'

export interface AwaitedOffset extends TopicPartition {
  readonly offset: bigint
}

/** Readers that wait at the end of the log, woken by the append itself: nobody polls. */
export class WakeUps {
  readonly #wakersByPartition = new Map<string, Set<() => void>>()
  readonly #waitersMax: number
  #waiters = 0

  constructor(waitersMax: number) {
    this.#waitersMax = waitersMax
  }

  /**
   * Resolves when one of the partitions may have data at its offset, is unknown or is removed, or when the signal fires.
   * Above the bound a waiter is not registered and waits for its signal alone.
   */
  async wait(
    awaited: readonly AwaitedOffset[],
    offsetsOf: (awaited: AwaitedOffset) => PartitionOffsets | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted || awaited.some((partition) => isReady(partition, offsetsOf(partition)))) return
    const keys = this.#waiters < this.#waitersMax ? awaited.map(partitionKeyOf) : []
    this.#waiters++
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const key of keys) this.#register(key, resolve)
    const onAbort = (): void => resolve()
    signal.addEventListener('abort', onAbort, { once: true })
    await promise
    signal.removeEventListener('abort', onAbort)
    for (const key of keys) this.#unregister(key, resolve)
    this.#waiters--
  }

  wake(topicPartition: TopicPartition): void {
    for (const waker of this.#wakersByPartition.get(partitionKeyOf(topicPartition)) ?? []) waker()
  }

  /** The log is closing: nothing will come any more. */
  wakeAll(): void {
    for (const wakers of this.#wakersByPartition.values()) for (const waker of wakers) waker()
  }

  #register(key: string, waker: () => void): void {
    const wakers = this.#wakersByPartition.get(key) ?? new Set()
    this.#wakersByPartition.set(key, wakers)
    wakers.add(waker)
  }

  #unregister(key: string, waker: () => void): void {
    const wakers = this.#wakersByPartition.get(key)
    wakers?.delete(waker)
    if (wakers?.size === 0) this.#wakersByPartition.delete(key)
  }
}

/** An offset outside of the log is ready too: reading it gives the answer. */
function isReady({ offset }: AwaitedOffset, offsets: PartitionOffsets | undefined): boolean {
  return !offsets || offset < offsets.nextOffset
}
