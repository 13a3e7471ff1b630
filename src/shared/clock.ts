import { setTimeout as sleepTimer } from 'node:timers/promises'

/** Time, as a parameter. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. */
  now(): number
  /** Resolves after `durationMs`, or rejects with the signal's reason. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(durationMs, signal) {
    try {
      await sleepTimer(durationMs, undefined, signal ? { signal } : {})
    } catch (error) {
      // Node's own error says only that there was a reason.
      signal?.throwIfAborted()
      throw error
    }
  },
}

/** A clock that moves only when told to: for tests and simulation. */
export class ManualClock implements Clock {
  #nowMs: number
  #sleepers: { atMs: number; wake: () => void }[] = []

  constructor(nowMs = 1_700_000_000_000) {
    this.#nowMs = nowMs
  }

  now(): number {
    return this.#nowMs
  }

  sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      this.#sleepers.push({ atMs: this.#nowMs + durationMs, wake: resolve })
    })
  }

  /** Moves time on and wakes whoever slept until then, earliest first. */
  async advance(durationMs: number): Promise<void> {
    this.#nowMs += durationMs
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs)
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { wake } of due) {
      wake()
      await Promise.resolve()
    }
  }
}
