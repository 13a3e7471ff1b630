import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

export interface Backoff {
  readonly firstMs: number
  readonly maxMs: number
}

/** Exponential with full jitter; `attempt` counts from 1. */
export function backoffMs(attempt: number, { firstMs, maxMs }: Backoff, random: Random): number {
  return Math.ceil(random.next() * Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30)))
}

export interface RetryOptions {
  readonly attemptsMax: number
  readonly backoff: Backoff
  readonly clock: Clock
  readonly random: Random
  readonly signal?: AbortSignal
  readonly isRetriable: (error: unknown) => boolean
}

/** Runs `operation` until it succeeds, fails for good, or has used its attempts; the last error is thrown. */
export async function retry<T>(operation: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt)
    } catch (error) {
      if (attempt >= options.attemptsMax || !options.isRetriable(error)) throw error
      await options.clock.sleep(backoffMs(attempt, options.backoff, options.random), options.signal)
    }
  }
}
