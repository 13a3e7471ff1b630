import { buildBatch, type RecordToWrite } from '../../../src/protocol/records/build-batch.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { randomInt, type Random } from '../../../src/shared/random.ts'
import { DAY_MS, newYearMs, order } from '../../lanes/orders.ts'
import type { ProduceOutcome, SimulatedBroker } from './simulated-broker.ts'
import type { SimulatedTopic } from './simulated-topic.ts'

/** A record as its producer knows it. Its id is its key. */
export interface SentRecord {
  readonly id: number
  readonly atMs: number
  /** Whether it is an order: other values have no row. */
  readonly isOrder: boolean
}

export interface Acknowledged {
  readonly topic: SimulatedTopic
  readonly partition: number
  readonly baseOffset: bigint
  readonly ids: readonly number[]
}

interface Pending {
  readonly ids: readonly number[]
  readonly bytes: Uint8Array<ArrayBuffer>
  isInFlight: boolean
}

export interface OrderProducerOptions {
  readonly topic: SimulatedTopic
  readonly partition: number
  /** -1n for one without idempotence. */
  readonly producerId: bigint
  readonly random: Random
  /** Everything that anybody sent, by id. */
  readonly sent: Map<number, SentRecord>
}

/**
 * A client that keeps to the rules: several batches in flight, in order; what failed in a retriable way is sent again.
 * Now and then it sends what it has an answer for again, as after a lost response, or something invalid.
 */
export class OrderProducer {
  readonly acknowledged: Acknowledged[] = []
  /** Answers that must never be given. */
  readonly wronged: string[] = []
  readonly #options: OrderProducerOptions
  #pending: Pending[] = []
  #latest: Pending | undefined
  #queued: Promise<void> = Promise.resolve()
  #hasFailed = false
  #epoch = 0
  #nextSequence = 0

  constructor(options: OrderProducerOptions) {
    this.#options = options
  }

  get hasUnanswered(): boolean {
    return this.#pending.length > 0
  }

  send(broker: SimulatedBroker, { isFinishing }: { readonly isFinishing: boolean }): void {
    const { random } = this.#options
    const inFlight = this.#pending.filter(({ isInFlight }) => isInFlight).length
    if (this.#hasFailed && inFlight > 0) return
    this.#hasFailed = false
    const again = this.#pending.filter(({ isInFlight }) => !isInFlight)
    if (again.length > 0) for (const pending of again) void this.#produce(broker, pending)
    else if (isFinishing || inFlight >= 5) return
    else this.#sendNew(broker, random.next())
  }

  #sendNew(broker: SimulatedBroker, share: number): void {
    if (share < 0.05) void this.#produceInvalid(broker)
    else if (share < 0.1 && this.#latest) void this.#repeat(broker, this.#latest)
    else void this.#produce(broker, this.#newBatch())
  }

  /** The broker died: nothing in flight will be answered. */
  disconnect(): void {
    for (const pending of this.#pending) pending.isInFlight = false
    if (this.#options.producerId < 0n) this.#pending = []
    this.#queued = Promise.resolve()
    this.#hasFailed = false
  }

  #newBatch(): Pending {
    const { random, topic } = this.#options
    const records = Array.from({ length: 1 + randomInt(random, 4) }, () => this.#newRecord(topic.plan.isValidated || random.next() < 0.7))
    const pending = this.#batchOf(records)
    this.#nextSequence += records.length
    this.#pending.push(pending)
    return pending
  }

  #batchOf(records: readonly SentRecord[]): Pending {
    const { producerId } = this.#options
    const producer = { id: producerId, epoch: this.#epoch, baseSequence: this.#nextSequence }
    const bytes = buildBatch({ records: records.map(recordOf), ...(producerId >= 0n && { producer }) })
    return { ids: records.map(({ id }) => id), bytes, isInFlight: false }
  }

  #newRecord(isOrder: boolean): SentRecord {
    const { random, sent } = this.#options
    const record = { id: sent.size + 1, atMs: newYearMs + randomInt(random, 3) * DAY_MS, isOrder }
    sent.set(record.id, record)
    return record
  }

  async #produce(broker: SimulatedBroker, pending: Pending): Promise<void> {
    pending.isInFlight = true
    const outcome = await this.#sendTo(broker, pending.bytes)
    pending.isInFlight = false
    switch (outcome.kind) {
      case 'appended':
      case 'duplicate':
        return this.#acknowledge(pending, outcome.baseOffset)
      case 'unavailable':
      case 'outcome-unknown':
        this.#hasFailed = true
        if (this.#options.producerId < 0n) this.#forget(pending)
        return
      case 'invalid':
        this.wronged.push(`orders ${pending.ids.join()} were refused`)
        return this.#forget(pending)
      case 'out-of-order-sequence':
        this.wronged.push(`orders ${pending.ids.join()} were sent in order and called out of order`)
        return this.#giveUp()
      case 'unknown-partition':
      case 'stale-producer-epoch':
        return this.#giveUp()
    }
  }

  /** What such a client can still do: it begins a new epoch without what is not acknowledged. */
  #giveUp(): void {
    this.#pending = []
    this.#epoch++
    this.#nextSequence = 0
  }

  async #produceInvalid(broker: SimulatedBroker): Promise<void> {
    const { topic, random } = this.#options
    if (!topic.plan.isValidated) return
    const records = [this.#newRecord(true), this.#newRecord(false)]
    const { bytes } = this.#batchOf(random.next() < 0.5 ? records : records.toReversed())
    const outcome = await this.#sendTo(broker, bytes)
    if (outcome.kind !== 'invalid' && outcome.kind !== 'unavailable') this.wronged.push(`an invalid batch was ${outcome.kind}`)
  }

  async #repeat(broker: SimulatedBroker, { bytes }: Pending): Promise<void> {
    await this.#sendTo(broker, bytes)
  }

  #sendTo(broker: SimulatedBroker, bytes: Uint8Array<ArrayBuffer>): Promise<ProduceOutcome> {
    const { topic, partition } = this.#options
    const before = this.#queued
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#queued = promise
    return broker.produce(topic, { partition, bytes }, { before, queued: resolve })
  }

  #acknowledge(pending: Pending, baseOffset: bigint): void {
    const { topic, partition } = this.#options
    this.acknowledged.push({ topic, partition, baseOffset, ids: pending.ids })
    this.#latest = pending
    this.#forget(pending)
  }

  #forget(pending: Pending): void {
    this.#pending = this.#pending.filter((other) => other !== pending)
  }
}

function recordOf({ id, atMs, isOrder }: SentRecord): RecordToWrite {
  const key = utf8Bytes(String(id))
  return isOrder ? { ...order(id, { atMs }), key } : { key, value: Uint8Array.of(1, 2, 3), timestampMs: BigInt(atMs) }
}
