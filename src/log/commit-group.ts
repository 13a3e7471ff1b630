import type { Clock } from '../shared/clock.ts'
import { isErrorOfKind, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { backoffMs, retry } from '../shared/retry.ts'
import type { AppendDecision, StateStore, StoredBatch } from '../state/state-store.ts'
import type { AppendOutcome } from './log.ts'
import type { RetriableFailures } from './retriable-failures.ts'
import { scopeOf, sequenceGroup, type PlacedBatch } from './sequence-group.ts'

export interface CommitContext {
  readonly state: StateStore
  readonly failures: RetriableFailures
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

export type GroupOutcome =
  /** One outcome per batch, in the order of the group. */
  | { readonly kind: 'committed'; readonly outcomes: readonly AppendOutcome[] }
  /** Surely nothing was stored. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** The answer was lost, and so was every attempt to look. */
  | { readonly kind: 'outcome-unknown'; readonly reason: string }

type Decision = AppendDecision<readonly AppendOutcome[]>

/**
 * Sequences and indexes a group whose bytes are on stable storage. A store that is briefly away is tried again, within a
 * bound that is below every client's patience; a lost answer is looked for before anything else.
 */
export async function commitGroup(group: readonly PlacedBatch[], context: CommitContext): Promise<GroupOutcome> {
  const { clock, random, logger } = context
  const scope = scopeOf(group)
  let reason = ''
  for (let attempt = 1; attempt <= limits.appendAttemptsMax; attempt++) {
    const outcome = await tryCommit(group, scope, context)
    if (outcome.kind !== 'again') return outcome
    reason = outcome.reason
    logger.warn({ attempt, batches: group.length, reason }, 'the state store is unavailable for an append')
    if (attempt < limits.appendAttemptsMax) await clock.sleep(backoffMs(attempt, limits.appendBackoff, random))
  }
  return { kind: 'unavailable', reason }
}

async function tryCommit(
  group: readonly PlacedBatch[],
  scope: ReturnType<typeof scopeOf>,
  context: CommitContext,
): Promise<GroupOutcome | { kind: 'again'; reason: string }> {
  const { state, failures, clock, logger } = context
  let decided: Decision | undefined
  try {
    const outcomes = await state.appendBatches(scope, (loaded) => {
      decided = sequenceGroup(group, loaded, { nowMs: clock.now(), isBehindFailure: (batch) => failures.isBehind(batch) })
      return decided
    })
    return { kind: 'committed', outcomes }
  } catch (error) {
    if (isErrorOfKind(error, 'store-unavailable')) return { kind: 'again', reason: error.message }
    if (isErrorOfKind(error, 'store-outcome-unknown')) return resolveUnknown(decided, error.message, context)
    logger.error({ error: messageOf(error), batches: group.length }, 'an append failed in the state store')
    return { kind: 'unavailable', reason: messageOf(error) }
  }
}

/** All of a transaction is there or nothing is: its first batch tells. */
async function resolveUnknown(
  decided: Decision | undefined,
  reason: string,
  context: CommitContext,
): Promise<GroupOutcome | { kind: 'again'; reason: string }> {
  const first = decided?.batches[0]
  if (!decided) return { kind: 'again', reason }
  // Nothing was to be written, so what was read is all there is to say.
  if (!first) return { kind: 'committed', outcomes: decided.result }
  const presence = await lookFor(first, context)
  context.logger.warn({ reason, presence, piece: first.piece }, 'the answer to an append was lost; looked for it')
  if (presence === 'there') return { kind: 'committed', outcomes: decided.result }
  return presence === 'not-there' ? { kind: 'again', reason } : { kind: 'outcome-unknown', reason }
}

async function lookFor(batch: StoredBatch, { state, clock, random }: CommitContext): Promise<'there' | 'not-there' | 'cannot-tell'> {
  const { topicId, partition, baseOffset: offset, piece, position } = batch
  try {
    return await retry(
      async () => {
        const [found] = await state.findBatches({ topicId, partition, offset, bytesMax: 0, batchesMax: 1 })
        if (found?.piece === piece && found.position === position) return 'there'
        const offsets = await state.partitionOffsets(topicId, partition)
        // Below the log start it may have been there and be gone again.
        return offsets && offsets.logStartOffset > offset ? 'cannot-tell' : 'not-there'
      },
      {
        attemptsMax: limits.appendAttemptsMax,
        backoff: limits.appendBackoff,
        clock,
        random,
        isRetriable: (error) => isErrorOfKind(error, 'store-unavailable'),
      },
    )
  } catch {
    return 'cannot-tell'
  }
}
