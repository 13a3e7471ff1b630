import type { PartitionOffsets } from '../state/state-store.ts'

/**
 * The log: record batches, verbatim, in offset order per partition. What flows in are checked batches (magic 2, CRC
 * right, records walked); what flows out are the same bytes with base offset, leader epoch and, for LogAppendTime,
 * the time patched. An append resolves only when the bytes are on stable storage and the offsets are in the state store.
 */
export interface Log {
  /**
   * Queues one batch. Batches are sequenced in the order of these calls, also across partitions and producers.
   * Never rejects for one batch's sake: every outcome is a value.
   */
  append(batch: BatchToAppend): Promise<AppendOutcome>
  /**
   * A batch that failed before it could be appended, and that its producer will send again: until it comes, what the producer
   * sent behind it is `unavailable` instead of out of order, or stored before it.
   */
  awaitRetry(batch: BatchIdentity): void
  read(request: ReadRequest): Promise<ReadOutcome>
  /** From memory, of what is committed. Undefined for an unknown partition. */
  offsets(topicId: string, partition: number): PartitionOffsets | undefined
  offsetAt(topicId: string, partition: number, at: OffsetQuery): Promise<OffsetAnswer>
  /** Calls back, in offset order per partition, after each commit; returns how to stop. */
  onAppend(listener: (appended: AppendedBatch) => void): () => void
  /** Resolves when any of the partitions may have data at or after its offset, or the signal fires. */
  waitForData(partitions: readonly { topicId: string; partition: number; offset: bigint }[], signal: AbortSignal): Promise<void>
  /** Resolves when everything queued before the call is answered, and stops accepting. */
  close(): Promise<void>
}

export interface BatchToAppend {
  readonly topicId: string
  readonly partition: number
  /** The whole batch, header included. Not kept after the promise resolves. */
  readonly bytes: Uint8Array
  readonly recordCount: number
  readonly maxTimestampMs: bigint
  /** -1n when the batch has no producer. */
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  /** When set, the broker's time replaces the producer's. */
  readonly logAppendTimeMs: bigint | null
  /** Handed back to append listeners untouched: the sink's ticket for the judged rows. */
  readonly ticket?: unknown
}

/** One batch of one producer. */
export type BatchIdentity = Pick<BatchToAppend, 'topicId' | 'partition' | 'producerId' | 'producerEpoch' | 'baseSequence'>

export type AppendOutcome =
  | { readonly kind: 'appended'; readonly baseOffset: bigint; readonly logAppendTimeMs: bigint | null; readonly logStartOffset: bigint }
  /** Stored before: the answer is the original one. */
  | { readonly kind: 'duplicate'; readonly baseOffset: bigint; readonly logAppendTimeMs: bigint | null; readonly logStartOffset: bigint }
  | { readonly kind: 'unknown-partition' }
  /** A gap in the producer's sequence, surely. */
  | { readonly kind: 'out-of-order-sequence'; readonly expected: number }
  | { readonly kind: 'stale-producer-epoch'; readonly currentEpoch: number }
  /** Nothing was stored; the same batch may be sent again. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** It may have been stored; looked, and could not tell. */
  | { readonly kind: 'outcome-unknown'; readonly reason: string }

/** One batch that became part of the log. */
export interface AppendedBatch {
  readonly topicId: string
  readonly partition: number
  readonly baseOffset: bigint
  /** Exclusive. */
  readonly nextOffset: bigint
  /** The batch's maximum timestamp, or the broker's time under LogAppendTime. */
  readonly maxTimestampMs: bigint
  readonly logAppendTimeMs: bigint | null
  readonly byteLength: number
  readonly ticket: unknown
}

export interface ReadRequest {
  readonly topicId: string
  readonly partition: number
  readonly offset: bigint
  /** At least one batch is given however large it is. */
  readonly bytesMax: number
  readonly signal?: AbortSignal
}

export type ReadOutcome =
  | {
      readonly kind: 'batches'
      readonly batches: readonly ReadBatch[]
      readonly offsets: PartitionOffsets
    }
  | { readonly kind: 'out-of-range'; readonly offsets: PartitionOffsets }
  | { readonly kind: 'unknown-partition' }

export interface ReadBatch {
  readonly baseOffset: bigint
  /** Exclusive. */
  readonly nextOffset: bigint
  readonly maxTimestampMs: bigint
  /** The producer's bytes with the patched header; the caller's own memory, shared only with its neighbours of the same answer. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type OffsetQuery =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'max-timestamp' }
  /** The first record at or after the time. */
  | { readonly kind: 'timestamp'; readonly timestampMs: bigint }

export type OffsetAnswer =
  /** `timestampMs` is -1n for earliest and latest. */
  | { readonly kind: 'offset'; readonly offset: bigint; readonly timestampMs: bigint }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown-partition' }
