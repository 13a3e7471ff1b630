/**
 * Says in the log why batches are refused, since many clients show their users no more than an error code. One line for
 * a topic, and then none for a while, so that a producer that never stops costs a line now and then.
 */
import type { Clock } from '../shared/clock.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'

export interface RefusedBatch {
  readonly topic: string
  /** Kafka's name of the error code. */
  readonly error: string
  readonly reason: string
}

interface Said {
  readonly atMs: number
  /** Refusals since, which had no line. */
  unsaid: number
}

export class RefusalLog {
  readonly #logger: Logger
  readonly #clock: Clock
  readonly #saidOf = new Map<string, Said>()

  constructor({ logger, clock }: { readonly logger: Logger; readonly clock: Clock }) {
    this.#logger = logger
    this.#clock = clock
  }

  note(batch: RefusedBatch): void {
    const said = this.#saidOf.get(batch.topic)
    const nowMs = this.#clock.now()
    // A clock that was set back does not make it silent.
    if (said && nowMs >= said.atMs && nowMs < said.atMs + limits.refusalLogPauseMs) {
      said.unsaid++
      return
    }
    if (this.#saidOf.size >= limits.refusalLogTopicsMax) this.#saidOf.clear()
    this.#saidOf.set(batch.topic, { atMs: nowMs, unsaid: 0 })
    this.#logger.warn({ ...batch, ...(said && said.unsaid > 0 && { othersSince: said.unsaid }) }, 'refused a batch')
  }
}
