/**
 * What a broker checks of the records field of one partition in a Produce request before it looks at a record, in the
 * order of Kafka's ProduceRequest.validateRecords, UnifiedLog and LogValidator: clients depend on which complaint
 * comes first (a batch that is too large is split and sent again only if it is called that).
 */
import {
  type BatchHeader,
  batchField,
  batchHeaderBytes,
  batchMagic,
  compressionOf,
  computedCrc,
  hasLogAppendTime,
  isControl,
  isTransactional,
  readBatchHeader,
} from './batch.ts'

export type BatchCheck =
  | { readonly kind: 'ok'; readonly header: BatchHeader }
  /** A message set from before Kafka 0.11, or from after us. */
  | { readonly kind: 'unsupported-magic'; readonly magic: number; readonly reason: string }
  /** Above the size that the topic allows. */
  | { readonly kind: 'too-large'; readonly sizeBytes: number; readonly reason: string }
  /** Damaged on the way: the length or the CRC does not fit the bytes. */
  | { readonly kind: 'corrupt'; readonly reason: string }
  /** Undamaged, but not a batch that a producer may send. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** The producer claims the broker's time. */
  | { readonly kind: 'invalid-timestamp'; readonly reason: string }
  /** A codec that does not exist. */
  | { readonly kind: 'unsupported-compression'; readonly reason: string }

export type BatchRefusal = Exclude<BatchCheck, { kind: 'ok' }>

/** `sizeBytesMax` is the topic's max.message.bytes: it counts the batch as sent, header and compression included. */
export function checkBatch(bytes: Uint8Array | null, { sizeBytesMax }: { sizeBytesMax: number }): BatchCheck {
  if (bytes === null || bytes.length === 0) return { kind: 'invalid', reason: 'no record batch' }
  if (bytes.length <= batchField.magic) return { kind: 'corrupt', reason: `${bytes.length} bytes are no record batch` }
  const magic = bytes[batchField.magic] ?? 0
  if (magic !== batchMagic) return { kind: 'unsupported-magic', magic, reason: `record format ${magic} is not supported; send format 2` }
  if (bytes.length < batchHeaderBytes) return { kind: 'corrupt', reason: 'the batch header is cut off' }
  const header = readBatchHeader(bytes)
  return checkLength(bytes, header, sizeBytesMax) ?? checkCrc(bytes, header) ?? checkMeaning(header) ?? { kind: 'ok', header }
}

function checkLength(bytes: Uint8Array, { sizeBytes }: BatchHeader, sizeBytesMax: number): BatchRefusal | undefined {
  if (sizeBytes < batchHeaderBytes || sizeBytes > bytes.length)
    return { kind: 'corrupt', reason: `the batch says ${sizeBytes} bytes; ${bytes.length} were sent` }
  if (sizeBytes < bytes.length) return { kind: 'invalid', reason: 'more than one record batch for a partition' }
  if (sizeBytes > sizeBytesMax)
    return { kind: 'too-large', sizeBytes, reason: `a batch of ${sizeBytes} bytes; at most ${sizeBytesMax} are allowed` }
  return undefined
}

function checkCrc(bytes: Uint8Array, { crc }: BatchHeader): BatchRefusal | undefined {
  const computed = computedCrc(bytes)
  return computed === crc ? undefined : { kind: 'corrupt', reason: `CRC-32C is ${hex(computed)} where the batch says ${hex(crc)}` }
}

function checkMeaning(header: BatchHeader): BatchRefusal | undefined {
  const invalid = checkCounts(header) ?? checkProducer(header)
  if (invalid !== undefined) return { kind: 'invalid', reason: invalid }
  if (compressionOf(header) === undefined)
    return { kind: 'unsupported-compression', reason: `unknown compression codec ${header.attributes & 7}` }
  if (hasLogAppendTime(header)) return { kind: 'invalid-timestamp', reason: 'a producer may not set the timestamp type LogAppendTime' }
  return undefined
}

function checkCounts({ recordsCount, lastOffsetDelta }: BatchHeader): string | undefined {
  if (recordsCount <= 0) return `a batch of ${recordsCount} records`
  if (lastOffsetDelta !== recordsCount - 1) return `last offset delta ${lastOffsetDelta} for ${recordsCount} records`
  return undefined
}

function checkProducer(header: BatchHeader): string | undefined {
  const { producerId, producerEpoch, baseSequence } = header
  if (isControl(header)) return 'a producer may not send control batches'
  if (producerId < 0n) return isTransactional(header) ? 'a transactional batch without a producer id' : undefined
  if (producerEpoch < 0) return `producer id ${producerId} with epoch ${producerEpoch}`
  if (baseSequence < 0) return `producer id ${producerId} with base sequence ${baseSequence}`
  return undefined
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
