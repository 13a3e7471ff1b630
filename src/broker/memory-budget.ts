import { assert } from '../shared/assert.ts'
import type { Clock } from '../shared/clock.ts'

export interface MemoryBudgetOptions {
  readonly bytesMax: number
  /** How long somebody waits for room before those who dawdle are told to go, milliseconds. */
  readonly patienceMs: number
  readonly clock: Clock
}

/**
 * Bytes that clients may make the broker hold. Room comes back whatever they do: while somebody waits for it, whoever has
 * dawdled for longer than the patience is let go. And who asks for little does not wait behind those who ask for much.
 */
export class MemoryBudget {
  readonly bytesMax: number
  readonly #options: MemoryBudgetOptions
  #usedBytes = 0
  /** The smallest first. */
  readonly #waiting: { readonly bytes: number; readonly grant: () => void }[] = []
  /** Since when each of them depends on its client, the longest first. */
  readonly #dawdlers = new Map<() => void, number>()

  constructor(options: MemoryBudgetOptions) {
    this.#options = options
    this.bytesMax = options.bytesMax
  }

  get usedBytes(): number {
    return this.#usedBytes
  }

  tryTake(bytes: number): boolean {
    assert(bytes <= this.bytesMax, 'more than there will ever be')
    if (this.#usedBytes + bytes > this.bytesMax) return false
    this.#usedBytes += bytes
    return true
  }

  async take(bytes: number): Promise<void> {
    if (this.tryTake(bytes)) return
    await new Promise<void>((grant) => {
      const place = this.#waiting.findIndex((waiter) => waiter.bytes > bytes)
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, { bytes, grant })
      if (this.#waiting.length === 1) void this.#makeRoom()
    })
  }

  giveBack(bytes: number): void {
    this.#usedBytes -= bytes
    assert(this.#usedBytes >= 0, 'memory given back twice')
    for (let first = this.#waiting[0]; first && this.tryTake(first.bytes); first = this.#waiting[0]) {
      this.#waiting.shift()
      first.grant()
    }
  }

  /** From now on, until the answered function is called, it depends on its client for how long memory is held. */
  watch(letGo: () => void): () => void {
    this.#dawdlers.set(letGo, this.#options.clock.now())
    return () => this.#dawdlers.delete(letGo)
  }

  async #makeRoom(): Promise<void> {
    const { clock, patienceMs } = this.#options
    while (this.#waiting.length > 0) {
      await clock.sleep(patienceMs)
      if (this.#waiting.length === 0) return
      const sinceMax = clock.now() - patienceMs
      for (const [letGo, sinceMs] of this.#dawdlers) if (sinceMs <= sinceMax) letGo()
    }
  }
}

/** What one request takes of a budget; `close` gives back what is left of it. */
export class MemoryLease {
  readonly #budget: MemoryBudget
  #bytes = 0
  #isClosed = false
  #unwatch: () => void = () => undefined

  constructor(budget: MemoryBudget) {
    this.#budget = budget
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Answers whether there was room at once. */
  tryTake(bytes: number): boolean {
    const taken = this.#clipped(bytes)
    if (!this.#budget.tryTake(taken)) return false
    this.#bytes += taken
    return true
  }

  /** What is granted after `close` goes straight back. */
  async take(bytes: number): Promise<void> {
    const taken = this.#clipped(bytes)
    await this.#budget.take(taken)
    if (this.#isClosed) this.#budget.giveBack(taken)
    else this.#bytes += taken
  }

  /** From now on the client decides how long this is held; `letGo` is called when that is too long for others. */
  watch(letGo: () => void): void {
    this.#unwatch = this.#budget.watch(letGo)
  }

  unwatch(): void {
    this.#unwatch()
  }

  /** At most what is held. */
  giveBack(bytes: number): void {
    const returned = Math.min(Math.max(0, bytes), this.#bytes)
    this.#bytes -= returned
    this.#budget.giveBack(returned)
  }

  close(): void {
    this.#isClosed = true
    this.#unwatch()
    this.giveBack(this.#bytes)
  }

  /** Who wants more than there is waits for all of it, not for ever. */
  #clipped(bytes: number): number {
    return Math.max(0, Math.min(bytes, this.#budget.bytesMax - this.#bytes))
  }
}
