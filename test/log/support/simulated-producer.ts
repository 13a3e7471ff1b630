import type { AppendOutcome, BatchToAppend } from '../../../src/log/log.ts'
import { assert } from '../../../src/shared/assert.ts'
import { randomInt, type Random } from '../../../src/shared/random.ts'
import { batchOf } from './batches.ts'

export interface Acknowledged {
  readonly partition: number
  readonly value: string
  readonly baseOffset: bigint
}

interface Pending {
  readonly value: string
  readonly batch: BatchToAppend
  isInFlight: boolean
}

export interface SimulatedProducerOptions {
  readonly name: string
  readonly partition: number
  /** -1n for one without idempotence. */
  readonly producerId: bigint
  readonly random: Random
}

/**
 * A client as librdkafka is one: up to five batches in flight, in order; what failed in a retriable way is sent again
 * with its sequence, in order, once the answers to all others are there. It keeps what it was promised.
 */
export class SimulatedProducer {
  readonly acknowledged: Acknowledged[] = []
  /** Values of which the log said that nothing was stored, and which were not sent again. */
  readonly refused: string[] = []
  /** Answers that a client which keeps to the rules must never get. */
  readonly wronged: string[] = []
  readonly #options: SimulatedProducerOptions
  #sent = 0
  #epoch = 0
  #nextSequence = 0
  #pending: Pending[] = []
  #hasFailed = false

  constructor(options: SimulatedProducerOptions) {
    this.#options = options
  }

  get hasUnanswered(): boolean {
    return this.#pending.length > 0
  }

  /** Sends one batch: a new one, or the first that failed when nothing else is under way. */
  send(append: (batch: BatchToAppend) => Promise<AppendOutcome>, { isFinishing }: { readonly isFinishing: boolean }): void {
    const inFlight = this.#pending.filter(({ isInFlight }) => isInFlight).length
    if (this.#hasFailed && inFlight > 0) return
    this.#hasFailed = false
    const again = this.#pending.filter(({ isInFlight }) => !isInFlight)
    if (again.length === 0 && (isFinishing || inFlight >= 5)) return
    for (const pending of again.length > 0 ? again : [this.#newBatch()]) void this.#append(pending, append)
  }

  /** The broker died: nothing in flight will be answered. */
  crash(): void {
    for (const pending of this.#pending) pending.isInFlight = false
    if (this.#options.producerId < 0n) this.#pending = []
    this.#hasFailed = false
  }

  #newBatch(): Pending {
    const { name, partition, producerId, random } = this.#options
    // After a batch that was refused above the log, clients raise their epoch by themselves and start again at 0.
    if (this.#pending.length === 0 && random.next() < 0.05) this.#startEpoch()
    const value = `${name}/${this.#sent++}`
    const values = Array.from({ length: 1 + randomInt(random, 3) }, (_, index) => `${value}/${index}`)
    const producer = { id: producerId, epoch: this.#epoch, baseSequence: this.#nextSequence }
    this.#nextSequence += values.length
    const pending = { value, batch: batchOf({ partition, values, ...(producerId >= 0n && { producer }) }), isInFlight: false }
    this.#pending.push(pending)
    return pending
  }

  #startEpoch(): void {
    this.#epoch += 1 + randomInt(this.#options.random, 2)
    this.#nextSequence = 0
  }

  async #append(pending: Pending, append: (batch: BatchToAppend) => Promise<AppendOutcome>): Promise<void> {
    pending.isInFlight = true
    const outcome = await append(pending.batch)
    pending.isInFlight = false
    const { value } = pending
    switch (outcome.kind) {
      case 'appended':
      case 'duplicate':
        assert(outcome.kind === 'appended' || this.#options.producerId >= 0n, 'a duplicate of a batch without a producer')
        this.acknowledged.push({ partition: this.#options.partition, value, baseOffset: outcome.baseOffset })
        return this.#forget(pending)
      case 'unavailable':
      case 'outcome-unknown':
        this.#hasFailed = true
        if (this.#options.producerId >= 0n) return
        if (outcome.kind === 'unavailable') this.refused.push(value)
        return this.#forget(pending)
      case 'unknown-partition':
      case 'out-of-order-sequence':
      case 'stale-producer-epoch':
        this.wronged.push(`${value} was answered with ${outcome.kind}`)
        return this.#forget(pending)
    }
  }

  #forget(pending: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== pending)
  }
}
