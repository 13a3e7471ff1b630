import { kafkaErrors } from '../../protocol/errors.ts'
import { initProducerId } from '../../protocol/messages/init-producer-id.ts'
import { produce } from '../../protocol/messages/produce.ts'
import { buildBatch, type RecordToWrite } from '../../protocol/records/build-batch.ts'
import type { CompressionType } from '../../protocol/records/compression.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { backoffMs } from '../../shared/retry.ts'
import { isAway, type KafkaClient, type KafkaWorld } from './kafka-client.ts'
import { isRetriable, kafkaFailure } from './kafka-failure.ts'

const acksChoices = ['all', '1', '0'] as const
export type Acks = (typeof acksChoices)[number]

export interface ProducerOptions extends KafkaWorld {
  readonly client: KafkaClient
  readonly topic: string
  readonly acks: Acks
  readonly compression: CompressionType
}

export interface PartitionBatch {
  readonly partition: number
  readonly records: readonly RecordToWrite[]
}

export type SendOutcome =
  /** With acks=0 nobody says where: `baseOffset` is -1n. */
  | { readonly kind: 'stored'; readonly baseOffset: bigint }
  /** None of the batch's records was stored, and sending it again would not help. */
  | { readonly kind: 'refused'; readonly failure: HeadgateError; readonly invalidRecords: readonly InvalidRecord[] }

export interface InvalidRecord {
  /** Of the record in its batch. */
  readonly index: number
  readonly reason: string
}

/**
 * Sends batches to one topic. With acks=all it is idempotent (KIP-98): a batch whose answer was lost is sent again under
 * its sequence and stored once. With acks=1 and 0 a lost answer is an error, because sending again might store it twice.
 */
export class Producer {
  readonly #options: ProducerOptions
  readonly #nextSequences = new Map<number, number>()
  #identity: { id: bigint; epoch: number } | undefined

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  /** One batch for each of several partitions, in one request; outcomes in the same order. */
  async send(batches: readonly PartitionBatch[]): Promise<SendOutcome[]> {
    const encoded: EncodedBatch[] = []
    for (const batch of batches) encoded.push({ partition: batch.partition, records: await this.#encode(batch) })
    const outcomes = new Map<number, SendOutcome>()
    let left = encoded
    for (let attempt = 1; left.length > 0; attempt++) {
      const answers = await this.#attempt(left, attempt)
      for (const { partition } of left) {
        const outcome = answers.get(partition)
        if (outcome) outcomes.set(partition, outcome)
      }
      left = left.filter(({ partition }) => !outcomes.has(partition))
      if (left.length > 0) await this.#pause(attempt)
    }
    return batches.map(({ partition }) => outcomes.get(partition) ?? unanswered(partition))
  }

  async #encode({ partition, records }: PartitionBatch): Promise<Uint8Array> {
    const { compression, acks } = this.#options
    if (acks !== 'all') return buildBatch({ records, compression })
    this.#identity ??= await this.#initProducerId()
    const baseSequence = this.#nextSequences.get(partition) ?? 0
    this.#nextSequences.set(partition, (baseSequence + records.length) & 0x7fff_ffff)
    return buildBatch({ records, compression, producer: { ...this.#identity, baseSequence } })
  }

  async #initProducerId(): Promise<{ id: bigint; epoch: number }> {
    const { client } = this.#options
    const { errorCode, producerId, producerEpoch } = await client.ask(initProducerId, { transactionalId: null, transactionTimeoutMs: 0 })
    if (errorCode !== kafkaErrors.NONE.code) throw kafkaFailure(errorCode, 'the server gives no producer id')
    return { id: producerId, epoch: producerEpoch }
  }

  /** What was decided, by partition; what is missing may be tried again. */
  async #attempt(batches: readonly EncodedBatch[], attempt: number): Promise<ReadonlyMap<number, SendOutcome>> {
    const { client, topic, acks } = this.#options
    const partitionData = batches.map(({ partition, records }) => ({ index: partition, records: [records] }))
    const request = { acks: ACKS_ON_WIRE[acks], timeoutMs: limits.answerWaitMs, topicData: [{ name: topic, partitionData }] }
    const isLast = attempt >= limits.commandAttemptsMax
    if (acks === '0') {
      await client.tell(produce, request)
      return new Map(batches.map(({ partition }) => [partition, { kind: 'stored', baseOffset: -1n }]))
    }
    try {
      const { responses } = await client.call(produce, request)
      return new Map((responses[0]?.partitionResponses ?? []).flatMap((answer) => decided(answer, topic, isLast)))
    } catch (error) {
      if (isLast || acks !== 'all' || !isAway(error)) throw error
      return new Map()
    }
  }

  async #pause(attempt: number): Promise<void> {
    const { clock, random, signal } = this.#options
    await clock.sleep(backoffMs(attempt, limits.commandBackoff, random), signal)
  }
}

interface EncodedBatch {
  readonly partition: number
  readonly records: Uint8Array
}

const ACKS_ON_WIRE: { readonly [Choice in Acks]: number } = { all: -1, '1': 1, '0': 0 }

interface PartitionAnswer {
  readonly index: number
  readonly errorCode: number
  readonly baseOffset: bigint
  readonly recordErrors: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string | null }[]
  readonly errorMessage: string | null
}

function decided(answer: PartitionAnswer, topic: string, isLast: boolean): [number, SendOutcome][] {
  const { index, errorCode, baseOffset, recordErrors, errorMessage } = answer
  if (errorCode === kafkaErrors.NONE.code) return [[index, { kind: 'stored', baseOffset }]]
  if (isRetriable(errorCode) && !isLast && errorCode !== kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code) return []
  // The summary ends in the first record's reason, for clients that show nothing else.
  const summary = recordErrors.length > 0 ? errorMessage?.replace(/; record \d+: .*$/s, '') : errorMessage
  const failure = kafkaFailure(errorCode, `topic ${topic}, partition ${index}`, summary)
  const invalidRecords = recordErrors.map(({ batchIndex, batchIndexErrorMessage }) => ({
    index: batchIndex,
    // The broker counts in its batch; whoever prints this counts otherwise.
    reason: (batchIndexErrorMessage ?? errorMessage ?? '').replace(/^record \d+: /, ''),
  }))
  return [[index, { kind: 'refused', failure, invalidRecords }]]
}

function unanswered(partition: number): never {
  throw new HeadgateError('malformed', `the server's answer leaves out partition ${partition}`)
}
