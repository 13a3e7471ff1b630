import { readBatchHeader } from '../../../src/protocol/records/batch.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import type { CompressionType } from '../../../src/protocol/records/compression.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import type { BatchToAppend } from '../../../src/log/log.ts'

export const topicId = '11111111-1111-4111-8111-111111111111'

export interface BatchSketch {
  readonly partition?: number
  /** One record per value. */
  readonly values?: readonly string[]
  /** One time per record; 1000 when left out. */
  readonly timestamps?: readonly bigint[]
  readonly producer?: { readonly id: bigint; readonly epoch: number; readonly baseSequence: number }
  readonly logAppendTimeMs?: bigint
  readonly compression?: CompressionType
  readonly ticket?: unknown
}

/** A real batch as a producer sends it, with what the produce handler knows of it. */
export function batchOf(sketch: BatchSketch): BatchToAppend {
  const { partition = 0, values = ['value'], timestamps = [], producer, logAppendTimeMs = null, compression = 'none', ticket } = sketch
  const records = values.map((value, index) => ({ value: utf8Bytes(value), timestampMs: timestamps[index] ?? 1_000n }))
  const bytes = buildBatch({ records, compression, ...(producer && { producer }) })
  const header = readBatchHeader(bytes)
  return {
    topicId,
    partition,
    bytes,
    recordCount: values.length,
    maxTimestampMs: header.maxTimestamp,
    producerId: header.producerId,
    producerEpoch: header.producerEpoch,
    baseSequence: header.baseSequence,
    logAppendTimeMs,
    ticket,
  }
}

/** A batch of the idempotent producer 2000 with that many records from a sequence on. */
export function sequenced(
  baseSequence: number,
  { records = 1, epoch = 0, ...sketch }: BatchSketch & { records?: number; epoch?: number } = {},
): BatchToAppend {
  const values = Array.from({ length: records }, (_, index) => `record ${baseSequence + index}`)
  return batchOf({ values, ...sketch, producer: { id: 2000n, epoch, baseSequence } })
}
