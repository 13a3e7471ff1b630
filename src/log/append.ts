import { messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { AppendOutcome, BatchToAppend } from './log.ts'
import { commitGroup, type CommitContext } from './commit-group.ts'
import type { LogPieces, PiecePosition } from './log-pieces.ts'
import type { PlacedBatch } from './sequence-group.ts'

interface QueuedBatch {
  readonly batch: BatchToAppend
  readonly resolve: (outcome: AppendOutcome) => void
}

interface WrittenGroup {
  readonly queued: readonly QueuedBatch[]
  /** Where its bytes are, or why they are nowhere. */
  readonly written: { readonly kind: 'at'; readonly at: PiecePosition } | { readonly kind: 'unavailable'; readonly reason: string }
}

export interface GroupCommitContext extends CommitContext {
  readonly pieces: LogPieces
  /** What a group changed, before its appends are answered: outcomes in the order of the batches. */
  readonly onCommitted: (batches: readonly BatchToAppend[], outcomes: readonly AppendOutcome[]) => void
  /** These batches may be in the state store, unseen. */
  readonly onUnknown: (batches: readonly BatchToAppend[]) => void
}

export interface GroupCommitBounds {
  readonly appendGroupBytesMax: number
  readonly appendGroupBatchesMax: number
  readonly appendQueueBytesMax: number
}

/**
 * Group commit: what is appended while one group is on its way becomes the next. A group's bytes are written as one
 * stretch, then one transaction sequences it, then its appends are answered. Two groups overlap: while one is in its
 * transaction, the bytes of the next are being written. Writes happen one after the other, and so do transactions, so
 * batches get their offsets in the order of the calls.
 */
export class GroupCommit {
  readonly #context: GroupCommitContext
  readonly #bounds: GroupCommitBounds
  #queue: QueuedBatch[] = []
  #queuedBytes = 0
  #isWriting = false
  /** The second stage: the transaction under way, or the last one that was. */
  #committing: Promise<void> = Promise.resolve()
  /** The answer to the latest append. Answers are given in order, so this is when all are given. */
  #latest: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(context: GroupCommitContext, bounds: GroupCommitBounds = limits) {
    this.#context = context
    this.#bounds = bounds
  }

  append(batch: BatchToAppend): Promise<AppendOutcome> {
    if (this.#isClosed) return this.#refuse(batch, 'the log is closing')
    if (this.#queuedBytes + batch.bytes.byteLength > this.#bounds.appendQueueBytesMax && this.#queue.length > 0)
      return this.#refuse(batch, 'too many bytes wait to be appended')
    this.#queuedBytes += batch.bytes.byteLength
    const answer = new Promise<AppendOutcome>((resolve) => this.#queue.push({ batch, resolve }))
    this.#latest = answer
    if (!this.#isWriting) void this.#writeGroups()
    return answer
  }

  /** Resolves when everything appended before the call is answered. */
  async settled(): Promise<void> {
    await this.#latest
  }

  /** Appends after this are refused; resolves when those before it are answered. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.settled()
  }

  /** The first stage: one group's bytes after the other's. At most one written group waits for the second stage. */
  async #writeGroups(): Promise<void> {
    this.#isWriting = true
    // One turn later: the batches of one request come in one turn, and belong together.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = await this.#write(this.#takeGroup())
      await this.#committing
      this.#committing = this.#commit(group)
    }
    this.#isWriting = false
  }

  #takeGroup(): QueuedBatch[] {
    const { appendGroupBytesMax, appendGroupBatchesMax } = this.#bounds
    let count = 0
    for (let bytes = 0; count < this.#queue.length && count < appendGroupBatchesMax; count++) {
      bytes += this.#queue[count]?.batch.bytes.byteLength ?? 0
      if (count > 0 && bytes > appendGroupBytesMax) break
    }
    const group = this.#queue.splice(0, count)
    for (const { batch } of group) this.#queuedBytes -= batch.bytes.byteLength
    return group
  }

  /** Never rejects: while it runs, the commit of the group before is awaited. */
  async #write(queued: readonly QueuedBatch[]): Promise<WrittenGroup> {
    try {
      return { queued, written: { kind: 'at', at: await this.#context.pieces.append(queued.map(({ batch }) => batch.bytes)) } }
    } catch (error) {
      this.#context.logger.error({ error: messageOf(error), batches: queued.length }, 'log bytes could not be written')
      return { queued, written: { kind: 'unavailable', reason: messageOf(error) } }
    }
  }

  async #commit({ queued, written }: WrittenGroup): Promise<void> {
    if (written.kind === 'unavailable') return this.#fail(queued, written)
    const batches = queued.map(({ batch }) => batch)
    const outcome = await commitGroup(placeBatches(batches, written.at), this.#context)
    if (outcome.kind === 'committed') return this.#answer(queued, outcome.outcomes)
    if (outcome.kind === 'outcome-unknown') this.#context.onUnknown(batches)
    this.#fail(queued, outcome)
  }

  #answer(queued: readonly QueuedBatch[], outcomes: readonly AppendOutcome[]): void {
    const batches = queued.map(({ batch }) => batch)
    for (const [index, batch] of batches.entries()) if (outcomes[index]?.kind !== 'unavailable') this.#context.failures.settle(batch)
    this.#context.onCommitted(batches, outcomes)
    for (const [index, { resolve }] of queued.entries()) {
      const outcome = outcomes[index]
      if (outcome) resolve(outcome)
    }
  }

  #fail(queued: readonly QueuedBatch[], outcome: Extract<AppendOutcome, { kind: 'unavailable' | 'outcome-unknown' }>): void {
    for (const { batch } of queued) this.#context.failures.add(batch)
    for (const { resolve } of queued) resolve(outcome)
  }

  async #refuse(batch: BatchToAppend, reason: string): Promise<AppendOutcome> {
    this.#context.failures.add(batch)
    return { kind: 'unavailable', reason }
  }
}

function placeBatches(batches: readonly BatchToAppend[], { piece, position }: PiecePosition): PlacedBatch[] {
  let next = position
  return batches.map((batch) => {
    const placed = { batch, piece, position: next }
    next += batch.bytes.byteLength
    return placed
  })
}
