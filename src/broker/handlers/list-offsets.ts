import { listOffsets } from '../../protocol/messages/list-offsets.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import type { OffsetAnswer, OffsetQuery } from '../../log/log.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { LEADER_EPOCH, type BrokerContext } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'

/** ListOffsets (key 2): earliest (-2), latest (-1), by timestamp, newest timestamp (-3, v7, KIP-734), local earliest (-4, v8). */
export const listOffsetsHandler = handler(listOffsets, async ({ topics }, { apiVersion, broker }) => ({
  throttleTimeMs: 0,
  topics: await Promise.all(
    topics.map(async ({ name, partitions }) => ({
      name,
      partitions: await Promise.all(
        partitions.map(async ({ partitionIndex, timestamp }) => ({
          partitionIndex,
          ...(await lookUp(broker, { name, partition: partitionIndex, timestamp, apiVersion })),
        })),
      ),
    })),
  ),
}))

type Asked = { readonly name: string; readonly partition: number; readonly timestamp: bigint; readonly apiVersion: number }

async function lookUp(broker: BrokerContext, { name, partition, timestamp, apiVersion }: Asked) {
  const topic = broker.topics.get(name)
  const query = offsetQuery(timestamp, apiVersion)
  if (!topic) return refused(kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
  // Tiered storage's own questions (-5, -6) have no answer here: nothing is tiered.
  if (query === 'nothing-tiered') return answered(-1n, -1n)
  if (!query) return refused(kafkaErrors.UNSUPPORTED_VERSION.code)
  try {
    return toResponse(await broker.log.offsetAt(topic.topicId, partition, query))
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    return refused(kafkaCodeOf(error))
  }
}

function offsetQuery(timestamp: bigint, apiVersion: number): OffsetQuery | 'nothing-tiered' | undefined {
  if (timestamp === -1n) return { kind: 'latest' }
  if (timestamp === -2n || (timestamp === -4n && apiVersion >= 8)) return { kind: 'earliest' }
  if (timestamp === -3n && apiVersion >= 7) return { kind: 'max-timestamp' }
  if (timestamp === -5n && apiVersion >= 9) return 'nothing-tiered'
  return timestamp < 0n ? undefined : { kind: 'timestamp', timestampMs: timestamp }
}

function toResponse(answer: OffsetAnswer) {
  if (answer.kind === 'offset') return answered(answer.offset, answer.timestampMs)
  return answer.kind === 'none' ? answered(-1n, -1n) : refused(kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
}

function answered(offset: bigint, timestamp: bigint) {
  return { errorCode: kafkaErrors.NONE.code as number, timestamp, offset, leaderEpoch: offset < 0n ? -1 : LEADER_EPOCH }
}

function refused(errorCode: number): ReturnType<typeof answered> {
  return { errorCode, timestamp: -1n, offset: -1n, leaderEpoch: -1 }
}
