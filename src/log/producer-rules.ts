import { limits } from '../shared/limits.ts'
import type { ProducerBatch, ProducerState } from '../state/state-store.ts'

/**
 * Kafka's rules for idempotent producers (KIP-98, KIP-360), as its ProducerAppendInfo has them: whether a batch is the
 * next one of its producer, one that is stored already, or neither. Pure; transactions are judged elsewhere.
 */
export interface SequencedBatch {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly baseSequence: number
  readonly recordCount: number
}

export type SequenceVerdict =
  /** Follows what is stored of its producer and epoch. */
  | { readonly kind: 'next' }
  /** Nothing is stored that it could follow: a new producer, a new epoch, or state that expired. */
  | { readonly kind: 'first' }
  /** Stored before, by these sequences: the answer is the original one. */
  | { readonly kind: 'duplicate'; readonly original: ProducerBatch }
  | { readonly kind: 'out-of-order'; readonly expected: number }
  | { readonly kind: 'stale-epoch'; readonly currentEpoch: number }

const first: SequenceVerdict = { kind: 'first' }
const next: SequenceVerdict = { kind: 'next' }

export function judgeSequence(state: ProducerState | undefined, batch: SequencedBatch, nowMs: number): SequenceVerdict {
  // Without state any sequence may be the first: the producer's earlier batches may have expired.
  if (!state || isExpired(state, nowMs)) return first
  if (batch.producerEpoch < state.producerEpoch) return { kind: 'stale-epoch', currentEpoch: state.producerEpoch }
  // Java and librdkafka raise their epoch by themselves after a refused batch and start again at 0, without asking.
  if (batch.producerEpoch > state.producerEpoch) return batch.baseSequence === 0 ? first : { kind: 'out-of-order', expected: 0 }
  const original = storedBefore(state, batch)
  if (original) return { kind: 'duplicate', original }
  const last = state.recentBatches.at(-1)
  const expected = last ? sequencePlus(last.sequenceLast, 1) : batch.baseSequence
  return batch.baseSequence === expected ? next : { kind: 'out-of-order', expected }
}

/** The producer's state once the batch is stored. */
export function stateAfter(
  state: ProducerState | undefined,
  batch: SequencedBatch,
  stored: { readonly baseOffset: bigint; readonly logAppendTimeMs: bigint | null; readonly nowMs: number },
): ProducerState {
  const { producerId, producerEpoch, baseSequence } = batch
  const isSameEpoch = state?.producerEpoch === producerEpoch && !isExpired(state, stored.nowMs)
  const before = isSameEpoch ? state.recentBatches : []
  const { baseOffset, logAppendTimeMs } = stored
  const added: ProducerBatch = { sequenceFirst: baseSequence, sequenceLast: sequenceLastOf(batch), baseOffset, logAppendTimeMs }
  return {
    producerId,
    producerEpoch,
    recentBatches: [...before, added].slice(-limits.producerBatchesKept),
    lastTimestampMs: stored.nowMs,
  }
}

/** Sequences count from 0 to 2147483647 and start again at 0. */
export function sequencePlus(sequence: number, count: number): number {
  return (sequence + count) % 2 ** 31
}

/** Whether `sequence` comes after `other`, seen across the wrap: within half of all sequences ahead of it. */
export function isSequenceAfter(sequence: number, other: number): boolean {
  const ahead = (sequence - other + 2 ** 31) % 2 ** 31
  return ahead > 0 && ahead < 2 ** 30
}

function sequenceLastOf({ baseSequence, recordCount }: SequencedBatch): number {
  return sequencePlus(baseSequence, recordCount - 1)
}

function isExpired({ lastTimestampMs }: ProducerState, nowMs: number): boolean {
  return nowMs - lastTimestampMs >= limits.producerIdExpiryMs
}

function storedBefore({ recentBatches }: ProducerState, batch: SequencedBatch): ProducerBatch | undefined {
  const sequenceLast = sequenceLastOf(batch)
  return recentBatches.find((recent) => recent.sequenceFirst === batch.baseSequence && recent.sequenceLast === sequenceLast)
}
