import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { computedCrc, batchHeaderBytes, batchMagic, patchBatchInPlace, readBatchHeader } from '../protocol/records/batch.ts'
import type { StateStore, StoredBatch } from '../state/state-store.ts'
import type { ReadBatch, ReadOutcome, ReadRequest } from './log.ts'
import type { LogPieces } from './log-pieces.ts'
import type { PartitionCache } from './partition-cache.ts'

export interface ReadContext {
  readonly state: StateStore
  readonly pieces: LogPieces
  readonly partitions: PartitionCache
}

/** Leaderless: nobody ever takes over, so every batch is of the first epoch. */
const leaderEpoch = 0

/** Whole batches from the one that contains the offset on; none at the end of the log. Ends at what is committed and known. */
export async function readLog(request: ReadRequest, context: ReadContext): Promise<ReadOutcome> {
  const { topicId, partition, offset } = request
  const { state, partitions } = context
  for (let attempt = 1; ; attempt++) {
    request.signal?.throwIfAborted()
    const offsets = partitions.get(topicId, partition)
    if (!offsets) return { kind: 'unknown-partition' }
    if (offset < offsets.logStartOffset || offset > offsets.nextOffset) return { kind: 'out-of-range', offsets }
    if (offset === offsets.nextOffset) return { kind: 'batches', batches: [], offsets }
    const { bytesMax } = request
    const found = await state.findBatches({ topicId, partition, offset, bytesMax, batchesMax: limits.readBatchesMax })
    const batches = await readBatches(
      found.filter(({ baseOffset }) => baseOffset < offsets.nextOffset),
      context,
    )
    if (batches) return { kind: 'batches', batches, offsets: partitions.get(topicId, partition) ?? offsets }
    // Retention may have removed the piece between the index and the bytes; then the index knows better now.
    if (attempt === readAttemptsMax) throw missingPiece(request, found)
  }
}

const readAttemptsMax = 3

/** The batches' patched bytes; undefined when a piece is gone. */
export async function readBatches(
  stored: readonly StoredBatch[],
  { pieces }: Pick<ReadContext, 'pieces'>,
): Promise<ReadBatch[] | undefined> {
  const batches: ReadBatch[] = []
  for (const range of readableRanges(stored)) {
    const bytes = await pieces.read(range.piece, range)
    if (!bytes) return undefined
    for (const batch of range.batches) batches.push(patched(batch, bytesOf(batch, range, bytes)))
  }
  return batches
}

interface BatchRange {
  readonly piece: string
  readonly position: number
  length: number
  /** Bytes in it that belong to other partitions. */
  foreignBytes: number
  readonly batches: StoredBatch[]
}

/** Batches that lie side by side in a piece, or nearly, are read in one go. */
function readableRanges(stored: readonly StoredBatch[]): BatchRange[] {
  const ranges: BatchRange[] = []
  for (const batch of stored) {
    const last = ranges.at(-1)
    if (last && isNear(last, batch)) {
      last.foreignBytes += batch.position - endOf(last)
      last.length = batch.position + batch.length - last.position
      last.batches.push(batch)
    } else {
      ranges.push({ piece: batch.piece, position: batch.position, length: batch.length, foreignBytes: 0, batches: [batch] })
    }
  }
  return ranges
}

function isNear(range: BatchRange, { piece, position, length }: StoredBatch): boolean {
  const gap = position - endOf(range)
  const isNearBehind = piece === range.piece && gap >= 0 && gap <= limits.readGapBytesMax
  return isNearBehind && position + length - range.position <= limits.readRangeBytesMax
}

function endOf({ position, length }: BatchRange): number {
  return position + length
}

/** Shared memory where the range holds nothing else; a copy where a few batches would keep many foreign bytes alive. */
function bytesOf({ position, length }: StoredBatch, range: BatchRange, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const start = position - range.position
  return range.foreignBytes === 0 ? bytes.subarray(start, start + length) : bytes.slice(start, start + length)
}

function patched(stored: StoredBatch, bytes: Uint8Array<ArrayBuffer>): ReadBatch {
  const { baseOffset, lastOffset, maxTimestampMs, logAppendTimeMs } = stored
  checkStoredBytes(stored, bytes)
  patchBatchInPlace(bytes, { baseOffset, partitionLeaderEpoch: leaderEpoch, logAppendTimeMs })
  return { baseOffset, nextOffset: lastOffset + 1n, maxTimestampMs, bytes }
}

/**
 * Looks again on the far side of the disk. The CRC is the producer's and covers the bytes end to end, so consumers judge
 * it too; but where the broker's time is patched in, a new CRC would bless whatever the disk gave.
 */
function checkStoredBytes({ piece, position, length, logAppendTimeMs }: StoredBatch, bytes: Uint8Array): void {
  const header = length >= batchHeaderBytes ? readBatchHeader(bytes) : undefined
  const isWhole = header?.magic === batchMagic && header.sizeBytes === length
  if (isWhole && (logAppendTimeMs === null || computedCrc(bytes) === header.crc)) return
  throw new HeadgateError('store-corrupt', `log piece ${piece} holds at ${position} something else than the batch that was written there`, {
    facts: { piece, position, length },
  })
}

function missingPiece({ topicId, partition, offset }: ReadRequest, found: readonly StoredBatch[]): HeadgateError {
  const pieces = [...new Set(found.map(({ piece }) => piece))].join(', ')
  return new HeadgateError(
    'store-corrupt',
    `the log bytes of partition ${partition} at offset ${offset} are gone; one of the pieces ${pieces} was removed`,
    {
      facts: { topicId, partition, offset, pieces },
    },
  )
}
