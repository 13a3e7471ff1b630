import { fetch } from '../../../protocol/messages/fetch.ts'
import type { Address } from '../../../settings.ts'
import { HeadgateError } from '../../../shared/errors.ts'
import { readBatchHeader } from '../../../protocol/records/batch.ts'
import { KafkaConnection } from '../../kafka/connection.ts'
import { kafkaFailure } from '../../kafka/kafka-failure.ts'

export interface PartitionToRead {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  /** Reads up to here. */
  readonly endOffset: bigint
}

/** As large as the answers that a busy consumer asks for. */
const FETCH_BYTES = 4_194_304

/** Reads a partition from its start as one consumer does, one fetch after the other. Answers the bytes of its batches. */
export async function readPartition(
  address: Address,
  { topic, topicId, partition, endOffset }: PartitionToRead,
  signal: AbortSignal,
): Promise<number> {
  const connection = await KafkaConnection.open(address, signal)
  let bytes = 0
  for (let fetchOffset = 0n; fetchOffset < endOffset;) {
    const { responses } = await connection.call(fetch, {
      maxWaitMs: 1_000,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      topics: [{ topic, topicId, partitions: [{ partition, fetchOffset, partitionMaxBytes: FETCH_BYTES }] }],
      forgottenTopicsData: [],
    })
    const answer = responses[0]?.partitions[0]
    if (!answer || answer.errorCode !== 0) throw kafkaFailure(answer?.errorCode ?? -1, `partition ${partition} of ${topic} cannot be read`)
    const records = answer.records ?? new Uint8Array(0)
    bytes += records.byteLength
    fetchOffset = nextOffsetOf(records) ?? stuck(topic, fetchOffset)
  }
  await connection.close()
  return bytes
}

/** The offset behind the last whole batch; looks at the header of each. */
function nextOffsetOf(records: Uint8Array): bigint | undefined {
  let nextOffset: bigint | undefined
  for (let position = 0; position < records.byteLength;) {
    const { baseOffset, lastOffsetDelta, sizeBytes } = readBatchHeader(records.subarray(position))
    nextOffset = baseOffset + BigInt(lastOffsetDelta) + 1n
    position += sizeBytes
  }
  return nextOffset
}

function stuck(topic: string, offset: bigint): never {
  throw new HeadgateError('malformed', `a fetch of ${topic} at offset ${offset} brought no batch`)
}
