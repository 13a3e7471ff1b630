import type { Clock } from '../../../src/shared/clock.ts'
import { randomInt, type Random } from '../../../src/shared/random.ts'

/**
 * The order of events, from a seed: whatever waits at `step` or sleeps goes on when its number is drawn. Time jumps to
 * where a drawn sleep ends. What waits when the process dies never goes on.
 */
export class Scheduler implements Clock {
  readonly #random: Random
  #nowMs = 1_700_000_000_000
  #waiting: { readonly untilMs: number; readonly resume: () => void }[] = []

  constructor(random: Random) {
    this.#random = random
  }

  now(): number {
    return this.#nowMs
  }

  sleep(durationMs: number): Promise<void> {
    return new Promise((resume) => {
      this.#waiting.push({ untilMs: this.#nowMs + durationMs, resume })
    })
  }

  step(): Promise<void> {
    return this.sleep(0)
  }

  /** Lets one thing go on, and everything that follows from it without waiting; false when nothing waits. */
  async turn(): Promise<boolean> {
    await drained()
    if (this.#waiting.length === 0) return false
    const [drawn] = this.#waiting.splice(randomInt(this.#random, this.#waiting.length), 1)
    this.#nowMs = Math.max(this.#nowMs, drawn?.untilMs ?? 0)
    drawn?.resume()
    await drained()
    return true
  }

  crash(): void {
    this.#waiting = []
  }
}

/** All promise reactions have run: the next macrotask comes after them. */
function drained(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
