import { connect, type Socket } from 'node:net'
import { decodeResponse, encodeRequest } from '../../src/protocol/exchange.ts'
import { FrameSplitter } from '../../src/protocol/frame.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { metadata } from '../../src/protocol/messages/metadata.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { listOffsets } from '../../src/protocol/messages/list-offsets.ts'
import type { Api } from '../../src/protocol/api.ts'
import { compressionOf, readBatchHeader, storedRecords } from '../../src/protocol/records/batch.ts'
import { decompress } from '../../src/protocol/records/compression.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { RecordWalker } from '../../src/protocol/records/record-walker.ts'

/** A client of a few lines for what independent clients hide: raw batches, chosen versions, pipelined requests. */
export class WireClient {
  readonly #socket: Socket
  readonly #splitter = new FrameSplitter(1 << 30)
  readonly #waiting: { resolve: (frame: Uint8Array) => void; reject: (error: Error) => void }[] = []
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>
  #correlationId = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#splitter.push(chunk, (frame) => this.#waiting.shift()?.resolve(Uint8Array.from(frame))))
    socket.on('error', () => socket.destroy())
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.once('close', () => this.#waiting.splice(0).forEach(({ reject }) => reject(new Error('the connection was closed'))))
  }

  static async connect(address: string): Promise<WireClient> {
    const [host, port] = address.split(':')
    const socket = connect({ host: host ?? '127.0.0.1', port: Number(port) })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new WireClient(socket)
  }

  /** Sends at once; calls that are not awaited are pipelined. Rejects when the connection is closed instead. */
  async call<RequestIn, ResponseOut>(api: Api<unknown, RequestIn, ResponseOut>, version: number, request: RequestIn): Promise<ResponseOut> {
    const correlationId = ++this.#correlationId
    const segments = encodeRequest(api, version, { correlationId, clientId: 'test' }, request)
    const frame = this.nextFrame()
    this.sendRaw(...segments)
    return decodeResponse(api, version, correlationId, await frame)
  }

  /** Produces one batch to one partition. */
  async produce(
    topic: string,
    batch: Uint8Array | null,
    { partition = 0, acks = -1, version = 9 }: { partition?: number; acks?: number; version?: number } = {},
  ): Promise<ProducedPartition> {
    const { responses } = await this.call(produce, version, produceRequest(topic, batch, { partition, acks }))
    const answer = responses[0]?.partitionResponses[0]
    if (!answer) throw new Error('the answer names no partition')
    return answer
  }

  /** The topic as Metadata describes it, created when there is none. */
  async topic(name: string): Promise<{ errorCode: number; topicId: string; partitions: readonly unknown[] }> {
    const { topics } = await this.call(metadata, 12, { topics: [{ name, topicId: uuidZero }], allowAutoTopicCreation: true })
    const [topic] = topics
    if (!topic) throw new Error('the answer names no topic')
    return topic
  }

  sendRaw(...segments: readonly Uint8Array[]): void {
    if (this.#socket.destroyed) return
    this.#socket.cork()
    for (const segment of segments) this.#socket.write(segment)
    this.#socket.uncork()
  }

  /** The next frame that nobody waits for yet. */
  nextFrame(): Promise<Uint8Array> {
    if (this.#socket.destroyed) return Promise.reject(new Error('the connection is closed'))
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  close(): void {
    this.#socket.destroy()
  }
}

type ProduceResponse = ReturnType<(typeof produce)['response']['decode']>
export type ProducedPartition = ProduceResponse['responses'][number]['partitionResponses'][number]

export function produceRequest(
  topic: string,
  batch: Uint8Array | null,
  { partition = 0, acks = -1 }: { partition?: number; acks?: number } = {},
): Parameters<(typeof produce)['request']['encode']>[2] {
  const records = batch === null ? null : [batch]
  return { acks, timeoutMs: 30_000, topicData: [{ name: topic, partitionData: [{ index: partition, records }] }] }
}

export interface LogRecord {
  readonly offset: bigint
  readonly key: string | null
  readonly value: Uint8Array | null
}

/** Every record of a partition from the earliest offset to the end at the time of the call. */
export async function readPartition(address: string, topic: string, partition: number): Promise<LogRecord[]> {
  const client = await WireClient.connect(address)
  try {
    let offset = await offsetAt(client, { topic, partition, timestamp: -2n })
    const end = await offsetAt(client, { topic, partition, timestamp: -1n })
    const records: LogRecord[] = []
    while (offset < end) {
      const batches = await fetchOnce(client, { topic, partition, offset })
      for (const batch of batches) records.push(...recordsOf(batch).filter((record) => record.offset >= offset))
      offset = (records.at(-1)?.offset ?? offset) + 1n
    }
    return records
  } finally {
    client.close()
  }
}

async function offsetAt(
  client: WireClient,
  { topic, partition, timestamp }: { topic: string; partition: number; timestamp: bigint },
): Promise<bigint> {
  const request = {
    replicaId: -1,
    isolationLevel: 0,
    topics: [{ name: topic, partitions: [{ partitionIndex: partition, currentLeaderEpoch: -1, timestamp }] }],
  }
  const { topics } = await client.call(listOffsets, 5, request)
  return topics[0]?.partitions[0]?.offset ?? -1n
}

async function fetchOnce(
  client: WireClient,
  { topic, partition, offset }: { topic: string; partition: number; offset: bigint },
): Promise<Uint8Array[]> {
  const { responses } = await client.call(fetch, 11, {
    maxWaitMs: 1000,
    minBytes: 1,
    maxBytes: 8 << 20,
    isolationLevel: 0,
    topics: [{ topic, topicId: uuidZero, partitions: [{ partition, fetchOffset: offset, partitionMaxBytes: 8 << 20 }] }],
    forgottenTopicsData: [],
    rackId: '',
  })
  const answer = responses[0]?.partitions[0]
  if (!answer || answer.errorCode !== 0) throw new Error(`fetch failed with ${answer?.errorCode}`)
  return splitBatches(answer.records ?? new Uint8Array(0))
}

function splitBatches(bytes: Uint8Array): Uint8Array[] {
  const batches: Uint8Array[] = []
  for (let position = 0; position + 61 <= bytes.byteLength;) {
    const { sizeBytes } = readBatchHeader(bytes.subarray(position))
    batches.push(bytes.subarray(position, position + sizeBytes))
    position += sizeBytes
  }
  return batches
}

export function recordsOf(batch: Uint8Array): LogRecord[] {
  const header = readBatchHeader(batch)
  const bytes = decompress(compressionOf(header) ?? 'none', storedRecords(batch))
  const walker = new RecordWalker(bytes, header.recordsCount)
  const records: LogRecord[] = []
  while (walker.next()) {
    const slice = (start: number, end: number): Uint8Array | null => (start < 0 ? null : bytes.slice(start, end))
    const key = slice(walker.keyStart, walker.keyEnd)
    records.push({
      offset: header.baseOffset + BigInt(walker.offsetDelta),
      key: key && Buffer.from(key).toString(),
      value: slice(walker.valueStart, walker.valueEnd),
    })
  }
  return records
}
