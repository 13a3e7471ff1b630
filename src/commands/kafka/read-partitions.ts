import { kafkaErrors } from '../../protocol/errors.ts'
import { fetch } from '../../protocol/messages/fetch.ts'
import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import {
  compressionOf,
  computedCrc,
  hasLogAppendTime,
  isControl,
  readBatchHeader,
  storedRecords,
  batchHeaderBytes,
  type BatchHeader,
} from '../../protocol/records/batch.ts'
import { decompress } from '../../protocol/records/compression.ts'
import { RecordWalker } from '../../protocol/records/record-walker.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { KafkaClient } from './kafka-client.ts'
import { isRetriable, kafkaFailure } from './kafka-failure.ts'
import type { KafkaTopic } from './topic-metadata.ts'

/** A record where it lies in its batch; valid until the next one is asked for. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: bigint
  readonly timestampMs: bigint
  readonly record: RecordWalker
}

/** Where to read from, and for a partition that is not followed, up to where (exclusive). */
export interface PartitionRange {
  readonly partition: number
  readonly from: bigint
  readonly end: bigint | undefined
}

const offsetQueries = { earliest: -2n, latest: -1n } as const

/** The first or the next offset of partitions, by partition. */
export async function partitionOffsets(
  client: KafkaClient,
  { name }: KafkaTopic,
  { partitions, query }: { partitions: readonly number[]; query: keyof typeof offsetQueries },
): Promise<ReadonlyMap<number, bigint>> {
  const timestamp = offsetQueries[query]
  const asked = partitions.map((partitionIndex) => ({ partitionIndex, timestamp }))
  const { topics } = await client.ask(listOffsets, { replicaId: -1, isolationLevel: 0, topics: [{ name, partitions: asked }] })
  return new Map(
    (topics[0]?.partitions ?? []).map(({ partitionIndex, errorCode, offset }) => {
      if (errorCode !== kafkaErrors.NONE.code) throw kafkaFailure(errorCode, `topic ${name}, partition ${partitionIndex}`)
      return [partitionIndex, offset]
    }),
  )
}

/**
 * The records of some partitions of a topic, a batch at a time, in offset order within each partition, without a
 * consumer group. Ends when every range is read; a range without an end is followed for ever. Batches are checked
 * against their CRC.
 */
export async function* readPartitions(
  client: KafkaClient,
  topic: KafkaTopic,
  ranges: readonly PartitionRange[],
): AsyncGenerator<Iterable<ReadRecord>> {
  const positions = new Map(ranges.map(({ partition, from }) => [partition, from]))
  for (;;) {
    const open = ranges.filter(({ partition, from, end }) => end === undefined || (positions.get(partition) ?? from) < end)
    if (open.length === 0) return
    for (const { partition, records } of await fetchOnce(client, topic, { open, positions })) {
      for (const batch of batchesOf(records, partition)) {
        yield recordsOf(batch, partition, positions.get(partition) ?? 0n)
        positions.set(partition, batch.header.baseOffset + BigInt(batch.header.lastOffsetDelta) + 1n)
      }
    }
  }
}

interface FetchOnce {
  readonly open: readonly PartitionRange[]
  readonly positions: ReadonlyMap<number, bigint>
}

async function fetchOnce(
  client: KafkaClient,
  { name, topicId }: KafkaTopic,
  { open, positions }: FetchOnce,
): Promise<{ partition: number; records: Uint8Array }[]> {
  const partitions = open.map(({ partition, from }) => ({
    partition,
    fetchOffset: positions.get(partition) ?? from,
    partitionMaxBytes: limits.readPartitionBytes,
  }))
  const { errorCode, responses } = await client.ask(fetch, {
    maxWaitMs: limits.readWaitMs,
    minBytes: 1,
    maxBytes: limits.readBytes,
    isolationLevel: 1,
    replicaState: {},
    topics: [{ topic: name, topicId, partitions }],
    forgottenTopicsData: [],
  })
  if (errorCode !== kafkaErrors.NONE.code) throw kafkaFailure(errorCode, `topic ${name}`)
  return (responses[0]?.partitions ?? []).flatMap(({ partitionIndex, errorCode: code, records }) => {
    if (code === kafkaErrors.NONE.code) return records === null ? [] : [{ partition: partitionIndex, records }]
    if (isRetriable(code) && code !== kafkaErrors.UNKNOWN_TOPIC_ID.code) return []
    const what = `topic ${name}, partition ${partitionIndex}, offset ${positions.get(partitionIndex) ?? '?'}`
    throw kafkaFailure(code, what)
  })
}

interface Batch {
  readonly header: BatchHeader
  readonly bytes: Uint8Array
}

/** Whole batches; a server may cut the last one off. */
function* batchesOf(records: Uint8Array, partition: number): Generator<Batch> {
  for (let position = 0; records.byteLength - position >= batchHeaderBytes;) {
    const header = readBatchHeader(records.subarray(position))
    if (header.sizeBytes < batchHeaderBytes) throw damaged(partition, header, 'it is shorter than its header')
    if (position + header.sizeBytes > records.byteLength) return
    const bytes = records.subarray(position, position + header.sizeBytes)
    if (computedCrc(bytes) !== header.crc) throw damaged(partition, header, 'its checksum is wrong')
    yield { header, bytes }
    position += header.sizeBytes
  }
}

/** A fetch answers whole batches, which may begin before the offset that was asked for. */
function* recordsOf({ header, bytes }: Batch, partition: number, from: bigint): Generator<ReadRecord> {
  if (isControl(header)) return
  const compression = compressionOf(header)
  if (compression === undefined) throw damaged(partition, header, 'its compression is unknown')
  const record = new RecordWalker(decompress(compression, storedRecords(bytes)), header.recordsCount)
  while (record.next()) {
    const offset = header.baseOffset + BigInt(record.offsetDelta)
    const timestampMs = hasLogAppendTime(header) ? header.maxTimestamp : header.baseTimestamp + record.timestampDeltaExact()
    if (offset >= from) yield { partition, offset, timestampMs, record }
  }
}

function damaged(partition: number, { baseOffset }: BatchHeader, reason: string): HeadgateError {
  return new HeadgateError('store-corrupt', `the batch at offset ${baseOffset} of partition ${partition} is damaged: ${reason}`)
}
