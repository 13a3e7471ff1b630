import { expect } from 'vitest'
import { fetch } from '../../../src/protocol/messages/fetch.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../../src/protocol/types.ts'
import { WireClient } from '../../support/wire-client.ts'

/**
 * A client that behaves, on connections of its own, all the while: it produces a record, fetches it back, and does it
 * again. Whatever happens beside it, it must not see an error.
 */
export class Neighbour {
  readonly #topic: string
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #rounds = 0
  #failure: unknown

  private constructor(topic: string, clients: { producer: WireClient; consumer: WireClient }) {
    this.#topic = topic
    this.#running = this.#run(clients).catch((error: unknown) => void (this.#failure = error))
  }

  static async start(address: string, topic: string): Promise<Neighbour> {
    const [producer, consumer] = await Promise.all([WireClient.connect(address), WireClient.connect(address)])
    await producer.topic(topic)
    return new Neighbour(topic, { producer, consumer })
  }

  /** Resolves when it has gone round again, twice; throws what it saw. */
  async expectUndisturbed(): Promise<void> {
    const roundsBefore = this.#rounds
    while (this.#rounds < roundsBefore + 2 && this.#failure === undefined) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(this.#failure).toBeUndefined()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  async #run({ producer, consumer }: { producer: WireClient; consumer: WireClient }): Promise<void> {
    for (; !this.#stop.signal.aborted; this.#rounds++) {
      const value = Buffer.from(JSON.stringify({ round: this.#rounds }))
      const batch = buildBatch({ records: [{ timestampMs: BigInt(Date.now()), value }] })
      const { errorCode, baseOffset } = await producer.produce(this.#topic, batch)
      expect([errorCode, baseOffset]).toEqual([0, BigInt(this.#rounds)])
      const partitions = [{ partition: 0, fetchOffset: baseOffset, partitionMaxBytes: 1 << 20 }]
      const { responses } = await consumer.call(fetch, 11, {
        maxWaitMs: 10_000,
        minBytes: 1,
        maxBytes: 1 << 20,
        topics: [{ topic: this.#topic, topicId: uuidZero, partitions }],
        forgottenTopicsData: [],
      })
      const [answer] = responses[0]?.partitions ?? []
      expect(answer?.errorCode).toBe(0)
      expect(Buffer.from(answer?.records ?? []).includes(value)).toBe(true)
    }
    producer.close()
    consumer.close()
  }
}
