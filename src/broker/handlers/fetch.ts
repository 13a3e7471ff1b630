import { fetch } from '../../protocol/messages/fetch.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { uuidZero } from '../../protocol/types.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { Call } from '../context.ts'
import { handler } from '../handler.ts'
import { kafkaCodeOf } from '../kafka-errors.ts'
import type { Topic } from '../topics.ts'

/**
 * Fetch (key 1): the producers' own bytes with patched offsets, always the batch that contains the asked offset and at
 * least one batch (KIP-74). Waits for `min_bytes` up to `max_wait_ms` and is woken by an append at once. Sessions are
 * not offered (KIP-227 lets a broker answer session 0). By topic id from v13 on (KIP-516).
 */
export const fetchHandler = handler(fetch, async (request, call) => {
  // It goes on with a session of another broker and does not say what it wants: told so, it asks anew.
  if (request.sessionEpoch > 0) return answerOf([], kafkaErrors.FETCH_SESSION_ID_NOT_FOUND.code)
  const asked = request.topics.map((topic) => resolveTopic(topic, call))
  const deadlineMs = call.broker.clock.now() + Math.min(Math.max(0, request.maxWaitMs), limits.fetchWaitMaxMs)
  for (;;) {
    const answer = await readAll(asked, request.maxBytes, call)
    const remainingMs = deadlineMs - call.broker.clock.now()
    const isEnough = answer.byteCount >= request.minBytes || answer.hasError || asked.length === 0
    if (isEnough || remainingMs <= 0 || call.signal.aborted) return answerOf(answer.responses)
    call.answerMemory.giveBack(answer.byteCount)
    await waitForMore(answer.waitingFor, remainingMs, call)
  }
})

function answerOf(responses: Answer['responses'], errorCode: number = kafkaErrors.NONE.code) {
  return { throttleTimeMs: 0, errorCode, sessionId: 0, responses }
}

interface AskedTopic {
  readonly name: string
  readonly topicId: string
  readonly topic: Topic | undefined
  readonly unknownCode: number
  readonly partitions: readonly { readonly partition: number; readonly fetchOffset: bigint; readonly partitionMaxBytes: number }[]
}

function resolveTopic(
  { topic: name, topicId, partitions }: { topic: string; topicId: string; partitions: AskedTopic['partitions'] },
  { apiVersion, broker }: Call,
): AskedTopic {
  if (apiVersion >= 13) {
    return { name, topicId, topic: broker.topics.getById(topicId), unknownCode: kafkaErrors.UNKNOWN_TOPIC_ID.code, partitions }
  }
  return { name, topicId: uuidZero, topic: broker.topics.get(name), unknownCode: kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code, partitions }
}

interface Answer {
  readonly responses: { topic: string; topicId: string; partitions: PartitionAnswer[] }[]
  byteCount: number
  hasError: boolean
  readonly waitingFor: { topicId: string; partition: number; offset: bigint }[]
}

interface PartitionAnswer {
  readonly partitionIndex: number
  readonly errorCode: number
  readonly highWatermark: bigint
  readonly lastStableOffset: bigint
  readonly logStartOffset: bigint
  readonly abortedTransactions: readonly []
  readonly records: readonly Uint8Array[]
}

/** Partitions are read one after the other, so that `max_bytes` bounds what is in memory for this request. */
async function readAll(asked: readonly AskedTopic[], maxBytes: number, call: Call): Promise<Answer> {
  const answer: Answer = { responses: [], byteCount: 0, hasError: false, waitingFor: [] }
  const bytesMax = Math.min(Math.max(0, maxBytes), limits.fetchBytesMax)
  for (const { name, topicId, topic, unknownCode, partitions } of asked) {
    const answered: PartitionAnswer[] = []
    for (const { partition, fetchOffset, partitionMaxBytes } of partitions) {
      const bytesLeft = Math.min(bytesMax - answer.byteCount, Math.max(0, partitionMaxBytes))
      const isFirst = answer.byteCount === 0
      const result = topic
        ? await readOne(call, { topic, partition, offset: fetchOffset, bytesMax: bytesLeft, isFirst })
        : failed(partition, unknownCode)
      answer.byteCount += byteLengthOf(result.records)
      answer.hasError ||= result.errorCode !== kafkaErrors.NONE.code
      if (topic) answer.waitingFor.push({ topicId: topic.topicId, partition, offset: fetchOffset })
      answered.push(result)
    }
    answer.responses.push({ topic: name, topicId, partitions: answered })
  }
  return answer
}

interface PartitionRead {
  readonly topic: Topic
  readonly partition: number
  readonly offset: bigint
  readonly bytesMax: number
  /** The first data of a response is given even when it is larger than asked for. */
  readonly isFirst: boolean
}

async function readOne({ broker, answerMemory }: Call, read: PartitionRead): Promise<PartitionAnswer> {
  const { topic, partition, offset, bytesMax, isFirst } = read
  const known = broker.log.offsets(topic.topicId, partition)
  if (!known) return failed(partition, kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
  const place = {
    partitionIndex: partition,
    highWatermark: known.nextOffset,
    lastStableOffset: known.nextOffset,
    logStartOffset: known.logStartOffset,
  }
  const nothing = { ...place, errorCode: kafkaErrors.NONE.code, abortedTransactions: [], records: [] } as const
  if (offset === known.nextOffset || (bytesMax <= 0 && !isFirst)) return nothing
  const reservedBytes = isFirst ? Math.max(bytesMax, topic.settings.maxMessageBytes) : bytesMax
  // Who holds records already does not wait for memory to hold more: it answers what it has.
  if (isFirst) await answerMemory.take(reservedBytes)
  else if (!answerMemory.tryTake(reservedBytes)) return nothing
  let records: Uint8Array[] = []
  try {
    const outcome = await broker.log.read({ topicId: topic.topicId, partition, offset, bytesMax })
    if (outcome.kind === 'unknown-partition') return failed(partition, kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code)
    if (outcome.kind === 'out-of-range') return { ...nothing, errorCode: kafkaErrors.OFFSET_OUT_OF_RANGE.code }
    const [first] = outcome.batches
    if (!isFirst && first && first.bytes.byteLength > bytesMax) return nothing
    records = outcome.batches.map(({ bytes }) => bytes)
    return { ...nothing, records }
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    return failed(partition, kafkaCodeOf(error))
  } finally {
    answerMemory.giveBack(reservedBytes - byteLengthOf(records))
  }
}

function byteLengthOf(records: readonly Uint8Array[]): number {
  return records.reduce((sum, { byteLength }) => sum + byteLength, 0)
}

function failed(partitionIndex: number, errorCode: number): PartitionAnswer {
  return { partitionIndex, errorCode, highWatermark: -1n, lastStableOffset: -1n, logStartOffset: -1n, abortedTransactions: [], records: [] }
}

async function waitForMore(partitions: Answer['waitingFor'], waitMs: number, { broker, signal }: Call): Promise<void> {
  const done = new AbortController()
  const either = AbortSignal.any([signal, done.signal])
  const ends = partitions.map(({ topicId, partition, offset }) => {
    const next = broker.log.offsets(topicId, partition)?.nextOffset ?? offset
    return { topicId, partition, offset: next > offset ? next : offset }
  })
  const timer = broker.clock.sleep(waitMs, either).catch(() => undefined)
  await Promise.race([broker.log.waitForData(ends, either).catch(() => undefined), timer])
  done.abort()
}
