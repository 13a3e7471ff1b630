import { produce } from '../../../protocol/messages/produce.ts'
import type { Address } from '../../../settings.ts'
import { HeadgateError } from '../../../shared/errors.ts'
import { KafkaConnection } from '../../kafka/connection.ts'
import { kafkaFailure } from '../../kafka/kafka-failure.ts'
import type { PreparedBatches } from './prepared-batches.ts'

/** What producers send, and where to. */
export interface Load {
  readonly topic: string
  readonly partitions: number
  readonly prepared: PreparedBatches
}

/** Where a batch is, once it is acknowledged. */
export interface Acknowledged {
  readonly partition: number
  /** Behind the batch. */
  readonly nextOffset: bigint
}

/** As many as a small fleet of clients; each pipelines as many requests as an idempotent producer may. */
const CONNECTIONS = 4
const REQUESTS_IN_FLIGHT = 5

/**
 * Producers with acks=all that send prepared batches to a topic's partitions in turn. They cost little: the bytes are
 * there, and one answer is read per batch. Any batch that is refused ends the run.
 */
export class Producers {
  readonly #connections: readonly KafkaConnection[]
  readonly #load: Load
  #sentCount = 0

  private constructor(connections: readonly KafkaConnection[], load: Load) {
    this.#connections = connections
    this.#load = load
  }

  static async connect(address: Address, load: Load, signal: AbortSignal): Promise<Producers> {
    const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => KafkaConnection.open(address, signal)))
    return new Producers(connections, load)
  }

  /** Sends at least so many records as fast as they are acknowledged; resolves when the last one is. Answers how many. */
  async sendRecords(recordCount: number): Promise<number> {
    const { recordsPerBatch } = this.#load.prepared
    const batchCount = Math.ceil(recordCount / recordsPerBatch)
    let taken = 0
    await this.#saturate(() => taken++ < batchCount)
    return batchCount * recordsPerBatch
  }

  /** The same for a time. Answers how many records were sent. */
  async sendFor(durationMs: number): Promise<number> {
    const endMs = performance.now() + durationMs
    const sentBefore = this.#sentCount
    await this.#saturate(() => performance.now() < endMs)
    return (this.#sentCount - sentBefore) * this.#load.prepared.recordsPerBatch
  }

  /** Sends the next batch now, however many are under way. */
  async sendOne(): Promise<Acknowledged> {
    const { topic, partitions, prepared } = this.#load
    const turn = this.#sentCount++
    const connection = this.#connections[turn % this.#connections.length] as KafkaConnection
    const batch = prepared.batches[turn % prepared.batches.length] as Uint8Array
    const index = turn % partitions
    const topicData = [{ name: topic, partitionData: [{ index, records: [batch] }] }]
    const { responses } = await connection.call(produce, { acks: -1, timeoutMs: 30_000, topicData })
    const answer = responses[0]?.partitionResponses[0]
    if (!answer) throw new HeadgateError('malformed', 'an answer to Produce names no partition')
    if (answer.errorCode !== 0) throw kafkaFailure(answer.errorCode, `a batch for ${topic} was refused`, answer.errorMessage)
    return { partition: index, nextOffset: answer.baseOffset + BigInt(prepared.recordsPerBatch) }
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()))
  }

  /** Keeps every connection busy while `mayGoOn`. */
  async #saturate(mayGoOn: () => boolean): Promise<void> {
    const sender = async (): Promise<void> => {
      while (mayGoOn()) await this.sendOne()
    }
    await Promise.all(Array.from({ length: this.#connections.length * REQUESTS_IN_FLIGHT }, sender))
  }
}
