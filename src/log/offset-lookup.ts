import { compressionOf, readBatchHeader, storedRecords } from '../protocol/records/batch.ts'
import { decompress } from '../protocol/records/compression.ts'
import { RecordWalker } from '../protocol/records/record-walker.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { StoredBatch } from '../state/state-store.ts'
import type { OffsetAnswer, OffsetQuery, ReadBatch } from './log.ts'
import { readBatches, type ReadContext } from './read.ts'

/** Offsets by what clients ask for: the ends from memory, times from the index and then the records of one batch. */
export async function lookUpOffset(topicId: string, partition: number, query: OffsetQuery, context: ReadContext): Promise<OffsetAnswer> {
  const offsets = context.partitions.get(topicId, partition)
  if (!offsets) return { kind: 'unknown-partition' }
  switch (query.kind) {
    case 'earliest':
      return { kind: 'offset', offset: offsets.logStartOffset, timestampMs: -1n }
    case 'latest':
      return { kind: 'offset', offset: offsets.nextOffset, timestampMs: -1n }
    case 'timestamp':
      return lookUpTimestamp({ topicId, partition, fromOffset: offsets.logStartOffset, timestampMs: query.timestampMs }, context)
    case 'max-timestamp': {
      const batch = await context.state.findBatchOfMaxTimestamp(topicId, partition)
      if (!batch) return { kind: 'none' }
      const { maxTimestampMs: timestampMs } = batch
      return lookUpTimestamp({ topicId, partition, fromOffset: offsets.logStartOffset, timestampMs }, context)
    }
  }
}

interface TimestampLookUp {
  readonly topicId: string
  readonly partition: number
  readonly fromOffset: bigint
  readonly timestampMs: bigint
}

/** The first record, at or after the offset, whose time is at or after the given one. */
async function lookUpTimestamp(lookUp: TimestampLookUp, context: ReadContext): Promise<OffsetAnswer> {
  for (let fromOffset = lookUp.fromOffset; ;) {
    const stored = await context.state.findBatchByTimestamp({ ...lookUp, fromOffset })
    if (!stored) return { kind: 'none' }
    const batches = await readBatches([stored], context)
    const [batch] = batches ?? []
    const answer = batch && firstRecord(stored, batch, { ...lookUp, fromOffset })
    if (answer) return answer
    // The batch's time is that of a record below the log start, or its piece was just removed: go on behind it.
    fromOffset = stored.lastOffset + 1n
  }
}

function firstRecord(
  stored: StoredBatch,
  { bytes, baseOffset }: ReadBatch,
  { timestampMs, fromOffset }: TimestampLookUp,
): OffsetAnswer | undefined {
  const first = fromOffset > baseOffset ? fromOffset : baseOffset
  // The broker's time is the time of every record.
  if (stored.logAppendTimeMs !== null) return { kind: 'offset', offset: first, timestampMs: stored.logAppendTimeMs }
  const header = readBatchHeader(bytes)
  const walker = new RecordWalker(decompressRecords(stored, bytes), header.recordsCount)
  const skippedRecords = Number(first - baseOffset)
  const deltaWanted = Number(timestampMs - header.baseTimestamp)
  while (walker.next()) {
    if (walker.offsetDelta < skippedRecords || walker.timestampDelta < deltaWanted) continue
    return {
      kind: 'offset',
      offset: baseOffset + BigInt(walker.offsetDelta),
      timestampMs: header.baseTimestamp + walker.timestampDeltaExact(),
    }
  }
  return undefined
}

function decompressRecords({ piece, position }: StoredBatch, bytes: Uint8Array): Uint8Array {
  const type = compressionOf(readBatchHeader(bytes))
  if (type !== undefined) return decompress(type, storedRecords(bytes))
  throw new HeadgateError('store-corrupt', `log piece ${piece} holds at ${position} a batch of an unknown codec`, {
    facts: { piece, position },
  })
}
