import { assert } from '../shared/assert.ts'
import { partitionKeyOf } from '../state/append-decision.ts'
import type {
  AppendDecision,
  AppendScope,
  LoadedScope,
  PartitionOffsets,
  ProducerState,
  StoredBatch,
  TopicPartition,
} from '../state/state-store.ts'
import type { AppendOutcome, BatchToAppend } from './log.ts'
import { judgeSequence, stateAfter, type SequenceVerdict } from './producer-rules.ts'

/** A batch whose bytes are on stable storage. */
export interface PlacedBatch {
  readonly batch: BatchToAppend
  readonly piece: string
  readonly position: number
}

export interface SequencingRules {
  readonly nowMs: number
  /** Whether the batch must wait for an earlier one that failed in a retriable way. */
  readonly isBehindFailure: (batch: BatchToAppend) => boolean
}

export function scopeOf(group: readonly PlacedBatch[]): AppendScope {
  const partitions = new Map<string, TopicPartition>()
  const producers = new Map<string, TopicPartition & { readonly producerId: bigint }>()
  for (const { batch } of group) {
    const { topicId, partition, producerId } = batch
    partitions.set(partitionKeyOf(batch), { topicId, partition })
    if (producerId >= 0n) producers.set(producerKeyOf(batch), { topicId, partition, producerId })
  }
  return { partitions: [...partitions.values()], producers: [...producers.values()] }
}

/**
 * Gives the batches of one group their offsets, in their order, on top of what the state store holds: the decision of
 * the group commit, with one outcome per batch. Pure: it may run again after a conflict. A batch that is refused leaves
 * its bytes dead in the piece and its neighbours as they are.
 */
export function sequenceGroup(
  group: readonly PlacedBatch[],
  loaded: LoadedScope,
  rules: SequencingRules,
): AppendDecision<readonly AppendOutcome[]> {
  const draft = new Draft(loaded)
  const result = group.map((placed) => sequenceBatch(draft, placed, rules))
  return draft.decision(result)
}

function sequenceBatch(draft: Draft, placed: PlacedBatch, { nowMs, isBehindFailure }: SequencingRules): AppendOutcome {
  const { batch } = placed
  const offsets = draft.offsetsOf(batch)
  if (!offsets) return { kind: 'unknown-partition' }
  if (batch.producerId < 0n) return draft.append(placed, offsets)
  const state = draft.producerOf(batch)
  const verdict = judgeSequence(state, batch, nowMs)
  // What follows the stored batches has nothing before it to wait for; anything else may have.
  const mayBeEarly = verdict.kind === 'first' || verdict.kind === 'out-of-order'
  if (mayBeEarly && isBehindFailure(batch))
    return { kind: 'unavailable', reason: 'an earlier batch of this producer failed and is awaited' }
  if (verdict.kind !== 'first' && verdict.kind !== 'next') return refusal(verdict, offsets)
  const { baseOffset } = draft.append(placed, offsets)
  draft.setProducer(batch, stateAfter(state, batch, { baseOffset, logAppendTimeMs: batch.logAppendTimeMs, nowMs }))
  return { kind: 'appended', baseOffset, logAppendTimeMs: batch.logAppendTimeMs, logStartOffset: offsets.logStartOffset }
}

function refusal(verdict: Exclude<SequenceVerdict, { kind: 'first' | 'next' }>, { logStartOffset }: PartitionOffsets): AppendOutcome {
  switch (verdict.kind) {
    case 'duplicate': {
      const { baseOffset, logAppendTimeMs } = verdict.original
      return { kind: 'duplicate', baseOffset, logAppendTimeMs, logStartOffset }
    }
    case 'out-of-order':
      return { kind: 'out-of-order-sequence', expected: verdict.expected }
    case 'stale-epoch':
      return { kind: 'stale-producer-epoch', currentEpoch: verdict.currentEpoch }
  }
}

/** What was loaded, overlaid with what the group has changed so far. */
class Draft {
  readonly #loaded: LoadedScope
  readonly #batches: StoredBatch[] = []
  readonly #nextOffsets = new Map<string, TopicPartition & { readonly nextOffset: bigint }>()
  readonly #producers = new Map<string, TopicPartition & { readonly state: ProducerState }>()

  constructor(loaded: LoadedScope) {
    this.#loaded = loaded
  }

  offsetsOf(topicPartition: TopicPartition): PartitionOffsets | undefined {
    const loaded = this.#loaded.offsetsOf(topicPartition)
    const moved = this.#nextOffsets.get(partitionKeyOf(topicPartition))
    return loaded && moved ? { logStartOffset: loaded.logStartOffset, nextOffset: moved.nextOffset } : loaded
  }

  producerOf(batch: BatchToAppend): ProducerState | undefined {
    return this.#producers.get(producerKeyOf(batch))?.state ?? this.#loaded.producerOf(batch, batch.producerId)
  }

  setProducer(batch: BatchToAppend, state: ProducerState): void {
    const { topicId, partition } = batch
    this.#producers.set(producerKeyOf(batch), { topicId, partition, state })
  }

  append(
    { batch, piece, position }: PlacedBatch,
    { logStartOffset, nextOffset }: PartitionOffsets,
  ): Extract<AppendOutcome, { kind: 'appended' }> {
    assert(batch.recordCount > 0, 'an empty batch')
    const { topicId, partition, logAppendTimeMs } = batch
    const lastOffset = nextOffset + BigInt(batch.recordCount) - 1n
    const maxTimestampMs = logAppendTimeMs ?? batch.maxTimestampMs
    const length = batch.bytes.byteLength
    this.#batches.push({ topicId, partition, baseOffset: nextOffset, lastOffset, piece, position, length, maxTimestampMs, logAppendTimeMs })
    this.#nextOffsets.set(partitionKeyOf(batch), { topicId, partition, nextOffset: lastOffset + 1n })
    return { kind: 'appended', baseOffset: nextOffset, logAppendTimeMs, logStartOffset }
  }

  decision<Result>(result: Result): AppendDecision<Result> {
    return { batches: this.#batches, nextOffsets: [...this.#nextOffsets.values()], producers: [...this.#producers.values()], result }
  }
}

function producerKeyOf({ topicId, partition, producerId }: BatchToAppend): string {
  return `${topicId}/${partition}/${producerId}`
}
