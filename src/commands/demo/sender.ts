import type { Producer } from '@platformatic/kafka'
import { writePrefixed } from '../../schema/wire-framing.ts'
import { utf8Bytes } from '../../shared/bytes.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { stringifyJson } from '../../shared/json.ts'
import type { ValueCodec } from '../values/value-codec.ts'
import type { Dataset } from './datasets.ts'

export interface Refusal {
  readonly key: string
  readonly reason: string
}

export interface SendReport {
  readonly accepted: number
  readonly refusals: readonly Refusal[]
  readonly elapsedMs: number
}

interface Message {
  readonly topic: string
  readonly key: Buffer
  readonly value: Buffer
}

/**
 * Sends a data set through an independent Kafka client over TCP. A refused batch is sent again record by record, as an
 * application would that wants to keep the good ones: what is left over are the bad ones, each with its reason.
 */
export async function sendDataset(
  producer: DemoProducer,
  dataset: Dataset,
  { codec, schemaId, onProgress }: { codec: ValueCodec; schemaId: number; onProgress: (sent: number) => void },
): Promise<SendReport> {
  const messages = dataset.records().map(({ key, value }): Message => {
    const payload = codec.encode(utf8Bytes(stringifyJson(value)))
    const framed = writePrefixed(schemaId, payload, dataset.schemaType === 'PROTOBUF' ? [0] : undefined)
    return { topic: dataset.topic, key: Buffer.from(key), value: Buffer.from(framed) }
  })
  const startedMs = performance.now()
  const refusals: Refusal[] = []
  for (let start = 0; start < messages.length; start += BATCH_RECORDS) {
    refusals.push(...(await sendBatch(producer, messages.slice(start, start + BATCH_RECORDS))))
    onProgress(Math.min(start + BATCH_RECORDS, messages.length))
  }
  return { accepted: messages.length - refusals.length, refusals, elapsedMs: performance.now() - startedMs }
}

export type DemoProducer = Pick<Producer, 'send'>

const BATCH_RECORDS = 2_000

/** Halves a refused batch until the bad records stand alone. */
async function sendBatch(producer: DemoProducer, messages: readonly Message[]): Promise<Refusal[]> {
  const reason = await refusalOf(producer, messages)
  const [only] = messages
  if (reason === undefined || only === undefined) return []
  if (messages.length === 1) return [{ key: only.key.toString(), reason }]
  const middle = Math.ceil(messages.length / 2)
  return [...(await sendBatch(producer, messages.slice(0, middle))), ...(await sendBatch(producer, messages.slice(middle)))]
}

/** What the broker said of the batch; undefined when it took it. */
async function refusalOf(producer: DemoProducer, messages: readonly Message[]): Promise<string | undefined> {
  try {
    await producer.send({ messages: [...messages], acks: ALL_REPLICAS, autocreateTopics: true })
    return undefined
  } catch (error) {
    const reason = invalidRecordReason(error)
    if (reason === undefined) throw new HeadgateError('store-unavailable', `the client gave up: ${String(error)}`, { cause: error })
    return reason
  }
}

const ALL_REPLICAS = -1

/** The client nests errors: connection, response, partition. The one that says INVALID_RECORD carries the broker's words. */
function invalidRecordReason(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  const { apiId, serverErrorMessage, message, errors, cause } = error as {
    apiId?: string
    serverErrorMessage?: string
    message?: string
    errors?: unknown
    cause?: unknown
  }
  if (apiId === 'INVALID_RECORD') return (serverErrorMessage ?? message)?.replace(/^.*; record \d+: /, '')
  const inner = [...(Array.isArray(errors) ? (errors as unknown[]) : Object.values((errors as object | undefined) ?? {})), cause]
  return inner.map(invalidRecordReason).find((reason) => reason !== undefined)
}
