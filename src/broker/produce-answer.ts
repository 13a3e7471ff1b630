import { kafkaErrors } from '../protocol/errors.ts'
import type { AppendOutcome } from '../log/log.ts'

/** What one partition of a produce request is answered. */
export interface PartitionAnswer {
  readonly errorCode: number
  readonly baseOffset: bigint
  readonly logAppendTimeMs: bigint
  readonly logStartOffset: bigint
  readonly recordErrors: readonly { readonly batchIndex: number; readonly batchIndexErrorMessage: string }[]
  readonly errorMessage: string | null
}

export function answerOf(outcome: AppendOutcome): PartitionAnswer {
  switch (outcome.kind) {
    case 'appended':
    case 'duplicate':
      return {
        errorCode: kafkaErrors.NONE.code,
        baseOffset: outcome.baseOffset,
        logAppendTimeMs: outcome.logAppendTimeMs ?? -1n,
        logStartOffset: outcome.logStartOffset,
        recordErrors: [],
        errorMessage: null,
      }
    case 'unknown-partition':
      return refused(kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code, 'the topic was deleted')
    case 'out-of-order-sequence':
      return refused(kafkaErrors.OUT_OF_ORDER_SEQUENCE_NUMBER.code, `expected sequence ${outcome.expected}`)
    case 'stale-producer-epoch':
      return refused(kafkaErrors.INVALID_PRODUCER_EPOCH.code, `the producer's epoch is ${outcome.currentEpoch} by now`)
    case 'unavailable':
      return refused(kafkaErrors.NOT_ENOUGH_REPLICAS.code, outcome.reason)
    case 'outcome-unknown':
      return refused(kafkaErrors.REQUEST_TIMED_OUT.code, outcome.reason)
  }
}

export function refused(errorCode: number, errorMessage: string): PartitionAnswer {
  return { errorCode, baseOffset: -1n, logAppendTimeMs: -1n, logStartOffset: -1n, recordErrors: [], errorMessage }
}
