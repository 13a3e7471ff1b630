/**
 * The record batch, version 2 (KIP-98), by its 61-byte header. Read and checked where it lies, without touching the
 * records; patched with what a broker decides. Offsets and names are those of Kafka's DefaultRecordBatch.
 */
import { assert } from '../../shared/assert.ts'
import { type CompressionType, compressionTypes } from './compression.ts'
import { crc32c } from './crc32c.ts'
import { viewOf } from '../../shared/bytes.ts'

export const batchHeaderBytes = 61
export const batchMagic = 2

/** Where each field of the header is; integers are big-endian. */
export const batchField = {
  baseOffset: 0,
  batchLength: 8,
  partitionLeaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  baseTimestamp: 27,
  maxTimestamp: 35,
  producerId: 43,
  producerEpoch: 51,
  baseSequence: 53,
  recordsCount: 57,
} as const

/** `batchLength` counts from here, so a batch takes 12 bytes more than it says. */
const bytesBeforeLength = batchField.partitionLeaderEpoch
/** The CRC covers from here to the end: base offset and leader epoch may change without it. */
const crcStart = batchField.attributes

export const attributeBits = {
  compression: 0b111,
  logAppendTime: 1 << 3,
  transactional: 1 << 4,
  control: 1 << 5,
} as const

export interface BatchHeader {
  readonly baseOffset: bigint
  /** Of the whole batch, header included. */
  readonly sizeBytes: number
  readonly partitionLeaderEpoch: number
  readonly magic: number
  /** As stored, unsigned. */
  readonly crc: number
  readonly attributes: number
  readonly lastOffsetDelta: number
  readonly baseTimestamp: bigint
  readonly maxTimestamp: bigint
  /** -1n for a producer without idempotence. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordsCount: number
}

/** Reads the header at the start of the bytes, of which there must be 61; judges nothing. */
export function readBatchHeader(bytes: Uint8Array): BatchHeader {
  assert(bytes.length >= batchHeaderBytes, 'a batch header is 61 bytes')
  const view = viewOf(bytes)
  return {
    baseOffset: view.getBigInt64(batchField.baseOffset),
    sizeBytes: view.getInt32(batchField.batchLength) + bytesBeforeLength,
    partitionLeaderEpoch: view.getInt32(batchField.partitionLeaderEpoch),
    magic: view.getInt8(batchField.magic),
    crc: view.getUint32(batchField.crc),
    attributes: view.getInt16(batchField.attributes),
    lastOffsetDelta: view.getInt32(batchField.lastOffsetDelta),
    baseTimestamp: view.getBigInt64(batchField.baseTimestamp),
    maxTimestamp: view.getBigInt64(batchField.maxTimestamp),
    producerId: view.getBigInt64(batchField.producerId),
    producerEpoch: view.getInt16(batchField.producerEpoch),
    baseSequence: view.getInt32(batchField.baseSequence),
    recordsCount: view.getInt32(batchField.recordsCount),
  }
}

/** Undefined for a codec that does not exist (5 to 7). */
export function compressionOf({ attributes }: BatchHeader): CompressionType | undefined {
  return compressionTypes[attributes & attributeBits.compression]
}

export function isTransactional({ attributes }: BatchHeader): boolean {
  return (attributes & attributeBits.transactional) !== 0
}

export function isControl({ attributes }: BatchHeader): boolean {
  return (attributes & attributeBits.control) !== 0
}

/** `maxTimestamp` is then the time of every record. */
export function hasLogAppendTime({ attributes }: BatchHeader): boolean {
  return (attributes & attributeBits.logAppendTime) !== 0
}

/** The records as they are stored: compressed, when the batch says so. Shares memory. */
export function storedRecords(batch: Uint8Array): Uint8Array {
  return batch.subarray(batchHeaderBytes)
}

export interface BatchPatch {
  readonly baseOffset: bigint
  readonly partitionLeaderEpoch: number
  /** When set, becomes the time of every record; null leaves the producer's times. */
  readonly logAppendTimeMs: bigint | null
}

/** What the broker adds to a stored batch: the CRC covers none of it but a time of the broker's own, for which it is taken anew. */
export function patchBatchInPlace(batch: Uint8Array, { baseOffset, partitionLeaderEpoch, logAppendTimeMs }: BatchPatch): void {
  const view = viewOf(batch)
  view.setBigInt64(batchField.baseOffset, baseOffset)
  view.setInt32(batchField.partitionLeaderEpoch, partitionLeaderEpoch)
  if (logAppendTimeMs === null) return
  view.setInt16(batchField.attributes, view.getInt16(batchField.attributes) | attributeBits.logAppendTime)
  view.setBigInt64(batchField.maxTimestamp, logAppendTimeMs)
  view.setUint32(batchField.crc, computedCrc(batch))
}

/** Of a whole batch, by its bytes. */
export function computedCrc(batch: Uint8Array): number {
  return crc32c(batch.subarray(crcStart))
}
