import { assert } from './assert.ts'

/**
 * A bounded amount of bytes (or of anything countable) that work must hold while it is in memory.
 * First come, first served; a request above the whole bound waits for all of it instead of for ever.
 */
export class Permits {
  readonly #total: number
  #available: number
  readonly #waiting: { amount: number; grant: () => void }[] = []

  constructor(total: number) {
    assert(total > 0, 'permits need a positive total')
    this.#total = total
    this.#available = total
  }

  get total(): number {
    return this.#total
  }

  get inUse(): number {
    return this.#total - this.#available
  }

  /** Grants at once or answers false; never jumps the queue. */
  tryAcquire(amount: number): boolean {
    const capped = Math.min(amount, this.#total)
    if (this.#waiting.length > 0 || capped > this.#available) return false
    this.#available -= capped
    return true
  }

  async acquire(amount: number): Promise<void> {
    if (this.tryAcquire(amount)) return
    await new Promise<void>((grant) => this.#waiting.push({ amount: Math.min(amount, this.#total), grant }))
  }

  release(amount: number): void {
    this.#available += Math.min(amount, this.#total)
    assert(this.#available <= this.#total, 'permits released twice')
    for (let first = this.#waiting[0]; first && first.amount <= this.#available; first = this.#waiting[0]) {
      this.#waiting.shift()
      this.#available -= first.amount
      first.grant()
    }
  }
}
