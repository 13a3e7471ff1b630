import { kafkaErrorName, kafkaErrors, type KafkaErrorName } from '../../protocol/errors.ts'
import { HeadgateError, type ErrorKind } from '../../shared/errors.ts'

/** A Kafka error code of an answer as a HeadgateError, for commands: the mirror of what the broker does on its side. */
export function kafkaFailure(code: number, what: string, detail?: string | null): HeadgateError {
  const name = kafkaErrorName(code)
  const text = name ?? `error code ${code}`
  return new HeadgateError(kindOf(name), `${what}: ${detail ? `${detail} (${text})` : text}`, { facts: { code } })
}

export function isRetriable(code: number): boolean {
  const name = kafkaErrorName(code)
  return name !== undefined && kafkaErrors[name].isRetriable
}

function kindOf(name: KafkaErrorName | undefined): ErrorKind {
  if (name === undefined) return 'unsupported'
  const kind = kinds[name]
  if (kind !== undefined) return kind
  return kafkaErrors[name].isRetriable ? 'store-unavailable' : 'malformed'
}

/** Where the kind does not follow from whether trying again helps. */
const kinds: { readonly [Name in KafkaErrorName]?: ErrorKind } = {
  UNKNOWN_TOPIC_OR_PARTITION: 'not-found',
  UNKNOWN_TOPIC_ID: 'not-found',
  OFFSET_OUT_OF_RANGE: 'not-found',
  INVALID_TOPIC_EXCEPTION: 'invalid-argument',
  UNSUPPORTED_VERSION: 'unsupported',
  UNSUPPORTED_COMPRESSION_TYPE: 'unsupported',
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
  INVALID_PRODUCER_EPOCH: 'fenced',
  PRODUCER_FENCED: 'fenced',
}
