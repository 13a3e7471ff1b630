import { produce } from '../../protocol/messages/produce.ts'
import { kafkaErrors } from '../../protocol/errors.ts'
import { AssertionError } from '../../shared/assert.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { admitBatch, type Admission, type AdmittedBatch, type AskedBatch } from '../admit-batch.ts'
import type { BrokerContext, Call } from '../context.ts'
import { handler } from '../handler.ts'
import { answerOf, refused, type PartitionAnswer } from '../produce-answer.ts'

/**
 * Produce (key 0). Every partition's batch is checked, judged by its lane, and appended to the log in the order in which
 * the connection sent it; the answer comes when the bytes and the offsets are durable. Partitions fail alone.
 * With acks=0 there is no answer, and a failure closes the connection, as Kafka does.
 */
export const produceHandler = handler(produce, async ({ acks, topicData, transactionalId }, call) => {
  const refusal = requestRefusal(acks, transactionalId)
  const asked = topicData.flatMap(({ name, partitionData }) =>
    partitionData.map(({ index, records }) => ({ name, partition: index, records })),
  )
  const admissions = await admitAll(asked, { refusal, call })
  const appending = admissions.map(async (admission) => appendIfAdmitted(admission, call.broker))
  call.turn.done()
  const answers = await Promise.all(appending)
  if (acks === 0) return noAnswer(answers)
  const inOrder = answers.values()
  return {
    throttleTimeMs: 0,
    responses: topicData.map(({ name, partitionData }) => ({
      name,
      partitionResponses: partitionData.map(({ index }) => ({ index, ...(inOrder.next().value ?? assertNoMore()) })),
    })),
  }
})

function requestRefusal(acks: number, transactionalId: string | null): Admission | undefined {
  if (acks !== -1 && acks !== 0 && acks !== 1)
    return { kind: 'refused', answer: refused(kafkaErrors.INVALID_REQUIRED_ACKS.code, `acks ${acks}; expected -1, 0 or 1`) }
  if (transactionalId !== null)
    return { kind: 'refused', answer: refused(kafkaErrors.INVALID_TXN_STATE.code, 'transactions are not served by this broker') }
  return undefined
}

/** Resolves in the connection's turn. A failure takes all of the request with it: no lane keeps rows of it. */
async function admitAll(
  asked: readonly AskedBatch[],
  { refusal, call }: { readonly refusal: Admission | undefined; readonly call: Call },
): Promise<Admission[]> {
  // Each is waited for: until then a lane may read its bytes, which are given back with the request.
  const settled = await Promise.allSettled(asked.map(async (batch) => refusal ?? admitBatch(batch, call)))
  const admissions = settled.flatMap((admission) => (admission.status === 'fulfilled' ? [admission.value] : []))
  try {
    const failed = settled.find((admission) => admission.status === 'rejected')
    if (failed) throw failed.reason
    await call.turn.mine()
    return admissions
  } catch (error) {
    for (const admission of admissions) if (admission.kind === 'admitted') discardRows(admission.batch)
    throw error
  }
}

function discardRows({ laneTicket }: AdmittedBatch): void {
  laneTicket?.lane.discard(laneTicket.ticket)
}

/** The caller holds the connection's turn: the log hears of what is refused, too, before it gets what was sent behind it. */
async function appendIfAdmitted(admission: Admission, broker: BrokerContext): Promise<PartitionAnswer> {
  if (admission.kind === 'admitted') return append(admission.batch, broker)
  if (admission.awaited) broker.log.awaitRetry(admission.awaited)
  return admission.answer
}

/** Queues the batch in the log at once. */
async function append(batch: AdmittedBatch, broker: BrokerContext): Promise<PartitionAnswer> {
  const { topic, partition, records, header, laneTicket } = batch
  const outcome = await broker.log.append({
    topicId: topic.topicId,
    partition,
    bytes: records,
    recordCount: header.recordsCount,
    maxTimestampMs: header.maxTimestamp,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    logAppendTimeMs: topic.settings.isLogAppendTime ? BigInt(broker.clock.now()) : null,
    ticket: laneTicket,
  })
  if (outcome.kind !== 'appended') discardRows(batch)
  else {
    broker.metrics.add('headgate_records_accepted_total', header.recordsCount, topic.name)
    broker.metrics.add('headgate_bytes_accepted_total', records.byteLength, topic.name)
  }
  return answerOf(outcome)
}

function assertNoMore(): never {
  throw new AssertionError('fewer answers than partitions')
}

/** The only way to tell an acks=0 producer that something went wrong is to close its connection. */
function noAnswer(answers: readonly PartitionAnswer[]): undefined {
  const failed = answers.find(({ errorCode }) => errorCode !== kafkaErrors.NONE.code)
  if (failed) throw new HeadgateError('malformed', `a batch sent with acks=0 was refused: ${failed.errorMessage ?? failed.errorCode}`)
  return undefined
}
