/** Writes record batches: for the command line, for control batches, and for tests. The broker stores what it is sent. */
import { assert } from '../../shared/assert.ts'
import { concatBytes, utf8Bytes } from '../../shared/bytes.ts'
import { attributeBits, batchField, batchHeaderBytes, batchMagic, computedCrc } from './batch.ts'
import { type CompressionType, compress, compressionTypes } from './compression.ts'
import { VarintWriter } from './varint-writer.ts'

export interface RecordToWrite {
  readonly key?: Uint8Array | null
  readonly value?: Uint8Array | null
  readonly timestampMs: bigint
  readonly headers?: readonly { readonly key: string; readonly value: Uint8Array | null }[]
}

export interface BatchToBuild {
  readonly records: readonly RecordToWrite[]
  readonly compression?: CompressionType
  readonly baseOffset?: bigint
  readonly partitionLeaderEpoch?: number
  /** Without it the batch is not idempotent. */
  readonly producer?: { readonly id: bigint; readonly epoch: number; readonly baseSequence: number }
  readonly isTransactional?: boolean
  readonly isControl?: boolean
}

export function buildBatch(batch: BatchToBuild): Uint8Array<ArrayBuffer> {
  const { records, compression = 'none' } = batch
  const first = records[0]
  assert(first !== undefined, 'a batch holds at least one record')
  const stored = compress(compression, encodeRecords(records, first.timestampMs))
  const bytes = concatBytes([new Uint8Array(batchHeaderBytes), stored])
  writeHeader(bytes, batch, first.timestampMs)
  return bytes
}

function writeHeader(bytes: Uint8Array<ArrayBuffer>, batch: BatchToBuild, baseTimestamp: bigint): void {
  const { records, producer = { id: -1n, epoch: -1, baseSequence: -1 } } = batch
  const view = new DataView(bytes.buffer)
  view.setBigInt64(batchField.baseOffset, batch.baseOffset ?? 0n)
  view.setInt32(batchField.batchLength, bytes.length - batchField.partitionLeaderEpoch)
  view.setInt32(batchField.partitionLeaderEpoch, batch.partitionLeaderEpoch ?? 0)
  view.setInt8(batchField.magic, batchMagic)
  view.setInt16(batchField.attributes, attributesOf(batch))
  view.setInt32(batchField.lastOffsetDelta, records.length - 1)
  view.setBigInt64(batchField.baseTimestamp, baseTimestamp)
  view.setBigInt64(
    batchField.maxTimestamp,
    records.reduce((max, { timestampMs }) => (timestampMs > max ? timestampMs : max), baseTimestamp),
  )
  view.setBigInt64(batchField.producerId, producer.id)
  view.setInt16(batchField.producerEpoch, producer.epoch)
  view.setInt32(batchField.baseSequence, producer.baseSequence)
  view.setInt32(batchField.recordsCount, records.length)
  view.setUint32(batchField.crc, computedCrc(bytes))
}

function attributesOf({ compression = 'none', isTransactional = false, isControl = false }: BatchToBuild): number {
  return (
    compressionTypes.indexOf(compression) | (isTransactional ? attributeBits.transactional : 0) | (isControl ? attributeBits.control : 0)
  )
}

function encodeRecords(records: readonly RecordToWrite[], baseTimestamp: bigint): Uint8Array {
  const writer = new VarintWriter()
  const body = new VarintWriter()
  for (const [offsetDelta, record] of records.entries()) {
    body.clear()
    writeRecordBody(body, record, offsetDelta, record.timestampMs - baseTimestamp)
    writer.writeLengthAndBytes(body.written())
  }
  return writer.written()
}

function writeRecordBody(
  writer: VarintWriter,
  { key = null, value = null, headers = [] }: RecordToWrite,
  offsetDelta: number,
  timestampDelta: bigint,
): void {
  // Attributes of a record: none are defined.
  writer.writeByte(0)
  writer.writeVarlong(timestampDelta)
  writer.writeVarint(offsetDelta)
  writer.writeLengthAndBytes(key)
  writer.writeLengthAndBytes(value)
  writer.writeVarint(headers.length)
  for (const header of headers) {
    writer.writeLengthAndBytes(utf8Bytes(header.key))
    writer.writeLengthAndBytes(header.value)
  }
}
