import type { AdoptOutcome, Lane } from '../lanes/lane.ts'
import type { AppendedBatch, ReadBatch } from '../log/log.ts'
import { assert } from '../shared/assert.ts'
import { copyOf } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Cursor, PartitionCursors } from './partition-cursors.ts'
import type { LaneTicket, SessionContext } from './session-context.ts'
import type { SessionWork } from './session-work.ts'
import type { UnflushedRows } from './unflushed-rows.ts'

export interface RowIssuerParts {
  readonly cursors: PartitionCursors
  readonly rows: UnflushedRows
  readonly work: SessionWork
  /** Called when a partition has got on while it catches up. */
  readonly onProgress: () => void
}

type Adopted = Extract<AdoptOutcome, { kind: 'adopted' }>

/**
 * Issues a topic's records to its lanes as rows, each partition in offset order and without a gap: a batch that was
 * judged is adopted when its offset is the next one, and everything else is read from the log and decoded by the same lane.
 */
export class RowIssuer {
  readonly #context: SessionContext
  readonly #cursors: PartitionCursors
  readonly #rows: UnflushedRows
  readonly #work: SessionWork
  readonly #onProgress: () => void

  constructor(context: SessionContext, { cursors, rows, work, onProgress }: RowIssuerParts) {
    this.#context = context
    this.#cursors = cursors
    this.#rows = rows
    this.#work = work
    this.#onProgress = onProgress
  }

  /** A batch became part of the log. Never blocks and never throws. */
  onAppended(batch: AppendedBatch): void {
    const laneTicket = batch.ticket as LaneTicket | undefined
    const cursor = this.#cursors.get(batch.partition)
    if (!cursor || laneTicket === undefined || !this.#canAdopt(cursor, batch)) {
      laneTicket?.lane.discard(laneTicket.ticket)
      if (cursor && batch.nextOffset > cursor.issuedOffset) this.#catchUp(cursor)
      return
    }
    cursor.issuedOffset = batch.nextOffset
    this.#work.trackIssued(this.#adopt(laneTicket, cursor, batch))
  }

  /** Also a batch that nobody was told of, because its append lost the store's answer, becomes rows. */
  catchUpWhereBehind(): void {
    for (const cursor of this.#cursors.behind()) this.#catchUp(cursor)
  }

  #canAdopt(cursor: Cursor, batch: AppendedBatch): boolean {
    if (cursor.isCatchingUp || this.#work.hasEnded) return false
    return batch.baseOffset === cursor.issuedOffset && !this.#context.memory.isOverBound
  }

  async #adopt({ lane, ticket }: LaneTicket, cursor: Cursor, batch: AppendedBatch): Promise<void> {
    this.#noteIssued(cursor, batch.maxTimestampMs)
    const cuts = this.#rows.cutsOf(lane)
    const outcome = await lane.adopt({
      ticket,
      tableKey: this.#context.topicId,
      partition: batch.partition,
      baseOffset: batch.baseOffset,
      logAppendTimeMs: batch.logAppendTimeMs,
    })
    if (outcome.kind !== 'adopted')
      throw new HeadgateError('shutting-down', `judged rows are ${outcome.kind}; reading them from the log again`)
    this.#noteBuffered(lane, outcome, cuts)
  }

  /** Reads the log from where the partition is until it has caught up; one at a time per partition. */
  #catchUp(cursor: Cursor): void {
    if (cursor.isCatchingUp || this.#work.hasEnded) return
    cursor.isCatchingUp = true
    void this.#work.track(this.#catchUpLoop(cursor))
  }

  async #catchUpLoop(cursor: Cursor): Promise<void> {
    const { bounds, clock, log, memory, topicId } = this.#context
    while (this.#cursors.isBehind(cursor) && !this.#work.hasEnded) {
      if (memory.isOverBound) {
        memory.relieve()
        await clock.sleep(limits.catchUpPauseMs, this.#work.signal)
        continue
      }
      const { partition, issuedOffset } = cursor
      const outcome = await log.read({ topicId, partition, offset: issuedOffset, bytesMax: bounds.catchUpReadBytes })
      // The next session may have begun meanwhile, and the lane's buffers are its own.
      if (this.#work.hasEnded) return
      if (outcome.kind === 'unknown-partition') return
      if (outcome.kind === 'out-of-range') {
        this.#cursors.skipRemoved(cursor)
        this.#onProgress()
        continue
      }
      await this.#decode(cursor, outcome.batches)
    }
    // Synchronous with the last look at the log's end: a batch that is appended after it is adopted again.
    cursor.isCatchingUp = false
  }

  /** Issues one stretch and waits for it, so that catching up never runs ahead of the lane. */
  async #decode(cursor: Cursor, batches: readonly ReadBatch[]): Promise<void> {
    const last = batches.at(-1)
    assert(last !== undefined && last.nextOffset > cursor.issuedOffset, 'a read that does not advance')
    const highTimestampMs = batches.reduce((high, { maxTimestampMs }) => (maxTimestampMs > high ? maxTimestampMs : high), -1n)
    const fromOffset = cursor.issuedOffset
    const lane = this.#context.laneOf(cursor.partition)
    const decoded = lane.decode({
      tableKey: this.#context.topicId,
      topic: this.#context.topic,
      partition: cursor.partition,
      batches: batches.map(({ bytes }) => copyOf(bytes)),
      fromOffset,
      judgement: this.#context.judgement(),
    })
    cursor.issuedOffset = last.nextOffset
    this.#noteIssued(cursor, highTimestampMs)
    this.#onProgress()
    const decoding = this.#takeDecoded(lane, decoded, this.#rows.cutsOf(lane))
    this.#work.trackIssued(decoding)
    await decoding
  }

  /** A schema that the lane was never given: with it, the next session gets through. */
  async #takeDecoded(lane: Lane, decoded: Promise<AdoptOutcome>, cuts: number): Promise<void> {
    const outcome = await decoded
    if (outcome.kind === 'adopted') return this.#noteBuffered(lane, outcome, cuts)
    const { topic, defineSchemas } = this.#context
    if (outcome.kind === 'needs-schemas') {
      defineSchemas(lane, outcome)
      throw new HeadgateError('shutting-down', `a lane lacked schemas that records of topic ${topic} name; reading them again`)
    }
    throw new HeadgateError('store-corrupt', describeUndecodable(topic, outcome))
  }

  #noteIssued(cursor: Cursor, maxTimestampMs: bigint): void {
    this.#rows.noteIssued()
    if (maxTimestampMs > cursor.highTimestampMs) cursor.highTimestampMs = maxTimestampMs
  }

  #noteBuffered(lane: Lane, outcome: Adopted, cutsWhenAsked: number): void {
    // An answer to a session that has ended speaks of buffers that are the next one's.
    if (this.#work.hasEnded) return
    if (outcome.leftOut) this.#noteLeftOut(outcome.leftOut)
    this.#rows.noteBuffered(lane, outcome, cutsWhenAsked)
  }

  /** They stay in the log, for whoever fetches it; the table goes on without them. */
  #noteLeftOut({ count, first }: NonNullable<Adopted['leftOut']>): void {
    const { logger, metrics, topic } = this.#context
    metrics.add('headgate_records_skipped_total', count, topic)
    logger.warn({ topic, count, offset: first.offset, reason: first.reason }, 'stored records that no schema fits have no row')
  }
}

function describeUndecodable(topic: string, outcome: Exclude<AdoptOutcome, { kind: 'adopted' | 'needs-schemas' }>): string {
  if (outcome.kind === 'gone') return `the lane forgot rows of topic ${topic}`
  return `offset ${outcome.offset} of topic ${topic} cannot be decoded: ${outcome.reason}`
}
