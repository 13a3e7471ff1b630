import type { Clock } from './clock.ts'
import { HeadgateError } from './errors.ts'

export interface Repetition {
  /** Between the end of one run and the start of the next; before the first as well. */
  readonly intervalMs: number
  readonly clock: Clock
  /** A run failed; the next one comes all the same. */
  readonly onFailure: (error: unknown) => void
}

export interface Repeated {
  /** Ends the wait, or aborts the run under way; resolves when that has ended. */
  stop(): Promise<void>
}

/** Work that comes again and again. */
export function repeatEvery(work: (signal: AbortSignal) => Promise<unknown>, { intervalMs, clock, onFailure }: Repetition): Repeated {
  const stopping = new AbortController()
  const { signal } = stopping
  const run = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(intervalMs, signal).catch(() => undefined)
      if (signal.aborted) return
      await work(signal).catch((error: unknown) => {
        if (!signal.aborted) onFailure(error)
      })
    }
  }
  const running = run()
  return {
    stop() {
      stopping.abort(new HeadgateError('shutting-down', 'the server is closing'))
      return running
    },
  }
}
