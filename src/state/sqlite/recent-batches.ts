import { assert } from '../../shared/assert.ts'
import type { ProducerBatch } from '../state-store.ts'
import { viewOf } from '../../shared/bytes.ts'

/**
 * A producer's latest batches as one blob: per batch first and last sequence (int32), base offset (int64) and append
 * time (int64, -1 for none), big endian. One small row per producer is rewritten with every append, so its size matters
 * more than that somebody can read it in a shell.
 */
const batchBytes = 24

export function encodeRecentBatches(batches: readonly ProducerBatch[]): Uint8Array {
  const bytes = new Uint8Array(batches.length * batchBytes)
  const view = new DataView(bytes.buffer)
  for (const [index, batch] of batches.entries()) {
    const position = index * batchBytes
    view.setInt32(position, batch.sequenceFirst)
    view.setInt32(position + 4, batch.sequenceLast)
    view.setBigInt64(position + 8, batch.baseOffset)
    view.setBigInt64(position + 16, batch.logAppendTimeMs ?? -1n)
  }
  return bytes
}

export function decodeRecentBatches(bytes: Uint8Array): ProducerBatch[] {
  assert(bytes.byteLength % batchBytes === 0, 'a torn list of recent batches')
  const view = viewOf(bytes)
  return Array.from({ length: bytes.byteLength / batchBytes }, (_, index) => decodeBatch(view, index * batchBytes))
}

function decodeBatch(view: DataView, position: number): ProducerBatch {
  const logAppendTimeMs = view.getBigInt64(position + 16)
  return {
    sequenceFirst: view.getInt32(position),
    sequenceLast: view.getInt32(position + 4),
    baseOffset: view.getBigInt64(position + 8),
    logAppendTimeMs: logAppendTimeMs < 0n ? null : logAppendTimeMs,
  }
}
