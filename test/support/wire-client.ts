import { connect, type Socket } from 'node:net'
import { decodeResponse, encodeRequest } from '../../src/protocol/exchange.ts'
import { FrameSplitter } from '../../src/protocol/frame.ts'
import { fetch } from '../../src/protocol/messages/fetch.ts'
import { listOffsets } from '../../src/protocol/messages/list-offsets.ts'
import type { Api } from '../../src/protocol/api.ts'
import { compressionOf, readBatchHeader, storedRecords } from '../../src/protocol/records/batch.ts'
import { decompress } from '../../src/protocol/records/compression.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { RecordWalker } from '../../src/protocol/records/record-walker.ts'

/** A client of a few lines for what independent clients hide: raw batches, one request after the other. */
export class WireClient {
  readonly #socket: Socket
  readonly #splitter = new FrameSplitter(1 << 30)
  readonly #waiting: ((frame: Uint8Array) => void)[] = []
  #correlationId = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#splitter.push(chunk, (frame) => this.#waiting.shift()?.(Uint8Array.from(frame))))
  }

  static async connect(address: string): Promise<WireClient> {
    const [host, port] = address.split(':')
    const socket = connect({ host: host ?? '127.0.0.1', port: Number(port) })
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new WireClient(socket)
  }

  async call<RequestIn, ResponseOut>(api: Api<unknown, RequestIn, ResponseOut>, version: number, request: RequestIn): Promise<ResponseOut> {
    const correlationId = ++this.#correlationId
    const frame = new Promise<Uint8Array>((resolve) => this.#waiting.push(resolve))
    for (const segment of encodeRequest(api, version, { correlationId, clientId: 'test' }, request)) this.#socket.write(segment)
    return decodeResponse(api, version, correlationId, await frame)
  }

  close(): void {
    this.#socket.destroy()
  }
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
