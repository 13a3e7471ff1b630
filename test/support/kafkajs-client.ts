import { createRequire } from 'node:module'
import { CompressionCodecs, CompressionTypes, Kafka, logLevel, type Broker, type Logger } from 'kafkajs'
import { compressionsAlgorithms } from '@platformatic/kafka'
import type { ReadRecord } from './read-record.ts'

/** kafkajs 2, which never read a line of ours. It speaks the classic versions only: Produce to v7, Fetch to v11. */
export function kafkajs(address: string): Kafka {
  return new Kafka({ brokers: [address], clientId: 'kafkajs', logLevel: logLevel.NOTHING, retry: { retries: 3, initialRetryTime: 30 } })
}

/** kafkajs brings gzip alone and takes the others as functions: here @platformatic's, and Node's zstd through it. */
const { snappy, lz4, zstd } = compressionsAlgorithms
const codecs = CompressionCodecs as unknown as { [type: number]: () => unknown }
const borrowed = { [CompressionTypes.Snappy]: snappy, [CompressionTypes.LZ4]: lz4, [CompressionTypes.ZSTD]: zstd }
for (const [type, { compressSync, decompressSync }] of Object.entries(borrowed)) {
  codecs[Number(type)] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => compressSync(buffer),
    decompress: async (buffer: Buffer) => decompressSync(buffer),
  })
}

/** Has kafkajs compress with this function instead, while `use` runs. */
export async function withSnappyCodec(compress: (bytes: Buffer<ArrayBuffer>) => Buffer, use: () => Promise<void>): Promise<void> {
  const before = codecs[CompressionTypes.Snappy] as () => object
  codecs[CompressionTypes.Snappy] = () => ({
    ...before(),
    compress: async ({ buffer }: { buffer: Buffer<ArrayBuffer> }) => compress(buffer),
  })
  await use().finally(() => (codecs[CompressionTypes.Snappy] = before))
}

/** Parts of kafkajs that its consumer groups stand on, for consuming without a group. */
const require = createRequire(import.meta.url)
type Pool = { destroy(): Promise<void> }
const ConnectionPool = require('kafkajs/src/network/connectionPool') as new (options: object) => Pool
const BrokerClass = require('kafkajs/src/broker') as new (options: object) => Broker & RawBroker
const createSocketFactory = require('kafkajs/src/network/socketFactory') as () => unknown

interface RawBroker {
  versions: { [apiKey: number]: { minVersion: number; maxVersion: number } }
  connect(): Promise<void>
  disconnect(): Promise<void>
  metadata(topics: string[]): Promise<unknown>
  produce(request: {
    acks?: number
    topicData: { topic: string; partitions: { partition: number; firstSequence: number; messages: object[] }[] }[]
    producerId?: number
    producerEpoch?: number
    compression?: number
  }): Promise<{ topics: { partitions: { errorCode: number; baseOffset: string }[] }[] }>
}

export type KafkajsBroker = Broker & RawBroker

/** Runs `use` with one broker of kafkajs, held to these versions of some APIs. */
export async function withKafkajsBroker<T>(
  address: string,
  pinned: { readonly [apiKey: number]: number },
  use: (broker: KafkajsBroker) => Promise<T>,
): Promise<T> {
  const [host, port] = address.split(':')
  const logger: Logger = kafkajs(address).logger()
  const socketFactory = createSocketFactory()
  const options = { host, port: Number(port), logger, socketFactory, clientId: 'kafkajs', connectionTimeout: 5000, requestTimeout: 30_000 }
  const versions = await advertisedVersions(new BrokerClass({ connectionPool: new ConnectionPool(options), logger }))
  for (const [apiKey, version] of Object.entries(pinned)) versions[Number(apiKey)] = { minVersion: version, maxVersion: version }
  const broker = new BrokerClass({ connectionPool: new ConnectionPool(options), logger, versions, nodeId: 1 })
  await broker.connect()
  try {
    return await use(broker)
  } finally {
    await broker.disconnect()
  }
}

async function advertisedVersions(broker: KafkajsBroker): Promise<RawBroker['versions']> {
  await broker.connect()
  await broker.disconnect()
  return { ...broker.versions }
}

/** Every record of a partition from the offset on, by one fetch of kafkajs; what comes before it in its batch is skipped, as its consumer does. */
export async function kafkajsFetch(
  address: string,
  { topic, partition = 0, offset = 0n, version = 11 }: { topic: string; partition?: number; offset?: bigint; version?: number },
): Promise<ReadRecord[]> {
  const partitions = [{ partition, fetchOffset: String(offset), maxBytes: 16 << 20 }]
  const { responses } = await withKafkajsBroker(address, { 1: version }, (broker) =>
    broker.fetch({
      isolationLevel: 0,
      maxWaitTime: 100,
      minBytes: 1,
      maxBytes: 16 << 20,
      topics: [{ topic, partitions }],
      rackId: '',
    } as never),
  )
  const messages = (responses as { partitions: { messages: KafkajsMessage[] }[] }[])[0]?.partitions[0]?.messages ?? []
  const asked = messages.filter(({ offset: at }) => BigInt(at) >= offset)
  return asked.map(({ offset: at, timestamp, key, value, headers }) => ({
    offset: BigInt(at),
    timestampMs: BigInt(timestamp),
    key,
    value,
    headers: Object.entries(headers),
  }))
}

interface KafkajsMessage {
  readonly offset: string
  readonly timestamp: string
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: { readonly [name: string]: Buffer }
}
