import { kafkaErrors } from '../protocol/errors.ts'
import type { ErrorKind, HeadgateError } from '../shared/errors.ts'

/**
 * Where error kinds become Kafka codes (few codes are retried by every client; UNKNOWN_SERVER_ERROR by none). A failed
 * store is NOT_ENOUGH_REPLICAS when surely nothing was written, REQUEST_TIMED_OUT when it may have been.
 */
export function kafkaCodeOf(error: HeadgateError): number {
  return codeByKind[error.kind]
}

const codeByKind: { readonly [Kind in ErrorKind]: number } = {
  'invalid-argument': kafkaErrors.INVALID_REQUEST.code,
  'not-found': kafkaErrors.UNKNOWN_TOPIC_OR_PARTITION.code,
  'already-exists': kafkaErrors.TOPIC_ALREADY_EXISTS.code,
  'invalid-schema': kafkaErrors.INVALID_RECORD.code,
  'incompatible-schema': kafkaErrors.INVALID_RECORD.code,
  malformed: kafkaErrors.CORRUPT_MESSAGE.code,
  'too-large': kafkaErrors.MESSAGE_TOO_LARGE.code,
  'store-unavailable': kafkaErrors.NOT_ENOUGH_REPLICAS.code,
  'store-outcome-unknown': kafkaErrors.REQUEST_TIMED_OUT.code,
  'store-corrupt': kafkaErrors.KAFKA_STORAGE_ERROR.code,
  'commit-contended': kafkaErrors.NOT_ENOUGH_REPLICAS.code,
  fenced: kafkaErrors.NOT_LEADER_OR_FOLLOWER.code,
  'shutting-down': kafkaErrors.NOT_LEADER_OR_FOLLOWER.code,
  unsupported: kafkaErrors.UNSUPPORTED_VERSION.code,
}
