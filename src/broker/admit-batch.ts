import { isRetriableCode, kafkaErrors } from '../protocol/errors.ts'
import { batchHeaderBytes, compressionOf, isTransactional, readBatchHeader, type BatchHeader } from '../protocol/records/batch.ts'
import { checkBatch, type BatchRefusal } from '../protocol/records/check-batch.ts'
import type { BatchIdentity } from '../log/log.ts'
import type { LaneTicket } from '../sink/session-context.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { BrokerContext, Call } from './context.ts'
import { verdictOfLane } from './lane-verdict.ts'
import { judgementOf } from './judgement.ts'
import { kafkaCodeOf } from './kafka-errors.ts'
import { refused, type PartitionAnswer } from './produce-answer.ts'
import { batchErrorMessage, recordErrorMessage } from './record-error-message.ts'
import type { Topic } from './topics.ts'

export type AskedBatch = { readonly name: string; readonly partition: number; readonly records: Uint8Array | null }

/** A batch that may be appended: checked, judged, its rows waiting in the lane. */
export interface AdmittedBatch {
  readonly topic: Topic
  readonly partition: number
  readonly records: Uint8Array
  readonly header: BatchHeader
  readonly laneTicket: LaneTicket | undefined
}

export type Admission =
  | { readonly kind: 'admitted'; readonly batch: AdmittedBatch }
  | {
      readonly kind: 'refused'
      readonly answer: PartitionAnswer
      /** Of a batch that its producer will send again: what it sends behind it has to wait for it. */
      readonly awaited?: BatchIdentity
    }

/** Never rejects for a bad batch: a refusal says why. */
export async function admitBatch(
  { name, partition, records }: AskedBatch,
  { broker, apiVersion }: Pick<Call, 'broker' | 'apiVersion'>,
): Promise<Admission> {
  const topic = broker.topics.get(name)
  if (!topic || partition < 0 || partition >= topic.partitionCount) {
    const answer = refused(kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code, `partition ${partition} of topic ${name} does not exist`)
    return { kind: 'refused', answer }
  }
  const admitted = await checkAndJudge({ topic, partition, records }, { broker, apiVersion })
  if (!('errorCode' in admitted)) return { kind: 'admitted', batch: admitted }
  const awaited = isRetriableCode(admitted.errorCode) && identityOf({ topic, partition, records })
  return { kind: 'refused', answer: admitted, ...(awaited && { awaited }) }
}

type TopicBatch = Pick<AdmittedBatch, 'topic' | 'partition'> & Pick<AskedBatch, 'records'>

async function checkAndJudge(
  { topic, partition, records }: TopicBatch,
  { broker, apiVersion }: Pick<Call, 'broker' | 'apiVersion'>,
): Promise<AdmittedBatch | PartitionAnswer> {
  const { name, settings } = topic
  const check = checkBatch(records, { sizeBytesMax: settings.maxMessageBytes })
  if (check.kind !== 'ok' || records === null) return refusedBatch(check as BatchRefusal, name, broker)
  if (apiVersion < ZSTD_SINCE && compressionOf(check.header) === 'zstd') {
    return refusedBatch({ kind: 'unsupported-compression', reason: `zstd needs Produce v${ZSTD_SINCE} (KIP-110)` }, name, broker)
  }
  if (isTransactional(check.header)) return refused(kafkaErrors.INVALID_TXN_STATE.code, 'transactions are not served by this broker')
  try {
    return await judge({ topic, partition, records, header: check.header }, broker)
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    broker.logger.error({ topic: name, partition, reason: error.message }, 'a batch could not be judged')
    return refused(kafkaCodeOf(error), error.message)
  }
}

const ZSTD_SINCE = 7

/** As far as the header can be read: of a damaged batch it is a hint, which costs at most a little patience if it is wrong. */
function identityOf({ topic, partition, records }: TopicBatch): BatchIdentity | undefined {
  if (records === null || records.byteLength < batchHeaderBytes) return undefined
  const { producerId, producerEpoch, baseSequence } = readBatchHeader(records)
  return { topicId: topic.topicId, partition, producerId, producerEpoch, baseSequence }
}

async function judge(batch: Omit<AdmittedBatch, 'laneTicket'>, broker: BrokerContext): Promise<AdmittedBatch | PartitionAnswer> {
  const { topic, partition, records, header } = batch
  const judgement = judgementOf(topic, broker.schemas, { hasTable: broker.tables.has(topic.topicId) })
  const lane = broker.lanes.laneFor(topic.topicId, partition)
  const verdict = await verdictOfLane(lane, broker, { topic: topic.name, partition, batch: records, judgement })
  switch (verdict.kind) {
    case 'valid':
      return { ...batch, laneTicket: judgement.tableKey === undefined ? undefined : { lane, ticket: verdict.ticket } }
    case 'malformed':
      return refusedInvalid(verdict.reason, { topic: topic.name, recordCount: header.recordsCount }, broker)
    case 'invalid':
      return {
        ...refusedInvalid(batchErrorMessage(verdict.errors, verdict), { topic: topic.name, recordCount: verdict.recordCount }, broker),
        recordErrors: verdict.errors.map((error) => ({ batchIndex: error.index, batchIndexErrorMessage: recordErrorMessage(error) })),
      }
  }
}

function refusedInvalid(
  reason: string,
  { topic, recordCount }: { topic: string; recordCount: number },
  broker: BrokerContext,
): PartitionAnswer {
  broker.metrics.add('headgate_records_rejected_total', recordCount, topic)
  return refusedBatch({ kind: 'invalid', reason }, topic, broker)
}

function refusedBatch({ kind, reason }: BatchRefusal, topic: string, broker: BrokerContext): PartitionAnswer {
  const { name, code } = batchErrors[kind]
  broker.metrics.add('headgate_produce_errors_total', 1, name)
  broker.refusals.note({ topic, error: name, reason })
  return refused(code, reason)
}

const batchErrors = {
  'unsupported-magic': { name: 'UNSUPPORTED_VERSION', code: kafkaErrors.UNSUPPORTED_VERSION.code },
  'too-large': { name: 'MESSAGE_TOO_LARGE', code: kafkaErrors.MESSAGE_TOO_LARGE.code },
  corrupt: { name: 'CORRUPT_MESSAGE', code: kafkaErrors.CORRUPT_MESSAGE.code },
  invalid: { name: 'INVALID_RECORD', code: kafkaErrors.INVALID_RECORD.code },
  'invalid-timestamp': { name: 'INVALID_TIMESTAMP', code: kafkaErrors.INVALID_TIMESTAMP.code },
  'unsupported-compression': { name: 'UNSUPPORTED_COMPRESSION_TYPE', code: kafkaErrors.UNSUPPORTED_COMPRESSION_TYPE.code },
} as const satisfies { [Kind in BatchRefusal['kind']]: { name: string; code: number } }
