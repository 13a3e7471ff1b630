import { buildBatch } from '../../../protocol/records/build-batch.ts'
import type { CompressionType } from '../../../protocol/records/compression.ts'
import { systemRandom } from '../../../shared/random.ts'

/** Record batches made before the clock runs, to be sent as they are, in turn. */
export interface PreparedBatches {
  readonly batches: readonly Uint8Array<ArrayBuffer>[]
  readonly recordsPerBatch: number
  /** Of one record's value, on average. */
  readonly valueBytes: number
  /** Of one batch as it is sent, on average. */
  readonly batchBytes: number
}

export interface BatchesToPrepare {
  readonly nextValue: () => Uint8Array
  readonly recordCount: number
  readonly recordsPerBatch: number
  readonly compression: CompressionType
}

/** Records beyond this repeat: further apart than any compressor looks back. */
const DISTINCT_RECORDS_MAX = 200_000

export function prepareBatches({ nextValue, recordCount, recordsPerBatch, compression }: BatchesToPrepare): PreparedBatches {
  const batchCount = Math.ceil(Math.min(recordCount, DISTINCT_RECORDS_MAX) / recordsPerBatch)
  const nowMs = BigInt(Date.now())
  let valueBytes = 0
  const batches = Array.from({ length: batchCount }, () => {
    const records = Array.from({ length: recordsPerBatch }, (_, index) => {
      const value = nextValue()
      valueBytes += value.byteLength
      return { value, timestampMs: nowMs + BigInt(index) }
    })
    return buildBatch({ records, compression })
  })
  return {
    batches,
    recordsPerBatch,
    valueBytes: valueBytes / (batchCount * recordsPerBatch),
    batchBytes: batches.reduce((sum, { byteLength }) => sum + byteLength, 0) / batchCount,
  }
}

/** Values of random bytes, which nothing compresses; cut from one stretch of them. */
export function randomValues(valueBytes: number): () => Uint8Array {
  const bytes = systemRandom.bytes(valueBytes * 64)
  let index = 0
  return () => {
    const start = (index++ % 64) * valueBytes
    return bytes.subarray(start, start + valueBytes)
  }
}
