import { HeadgateError } from '../shared/errors.ts'

/**
 * All that one session has under way. Nothing fails unheard: the first failure ends the session, and the signal tells
 * everything else of it.
 */
export class SessionWork {
  readonly #stop = new AbortController()
  readonly #barriers = new Set<Promise<void>>()
  #failure: unknown

  /** Fires when the session ends, with the reason. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get hasEnded(): boolean {
    return this.#stop.signal.aborted
  }

  /** What ended the session, if it was not asked to end. */
  get failure(): unknown {
    return this.#failure
  }

  end(reason: unknown = new HeadgateError('shutting-down', 'the sink session ended')): void {
    this.#stop.abort(reason)
  }

  track(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => this.#fail(error))
  }

  /** The same of rows that were issued to a lane: a flush waits for them. */
  trackIssued(work: Promise<void>): void {
    const settled = this.track(work)
    this.#barriers.add(settled)
    void settled.finally(() => this.#barriers.delete(settled))
  }

  /** What was issued until now and is not buffered yet. */
  issued(): Promise<void>[] {
    return [...this.#barriers]
  }

  #fail(error: unknown): void {
    if (this.hasEnded) return
    this.#failure = error
    this.#stop.abort(error)
  }
}
