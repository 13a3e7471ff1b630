import { assert } from '../shared/assert.ts'
import { copyOf } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { AdoptOutcome, Lane } from '../lanes/lane.ts'
import type { AppendedBatch, ReadBatch } from '../log/log.ts'
import type { OffsetRange, PreparedFile } from '../tables/table-commit.ts'
import type { CommittedVersions } from './committer.ts'
import { FileGeneration } from './file-generation.ts'
import { flushDueInMs, isFlushDue, type Unflushed } from './flush-policy.ts'
import { LaneBuffers } from './lane-buffers.ts'
import { PartitionCursors, type Cursor } from './partition-cursors.ts'
import type { LaneTicket, SessionContext } from './session-context.ts'

/**
 * One life of a topic's sink, from the table's own progress to the first failure. Appended batches flow in; their rows go
 * into the lanes' buffers, chunk by chunk into files, and the files with their offset ranges into the tables.
 *
 * Exactly once rests on three rules: a partition's rows are issued to its lane in offset order without a gap; a lane
 * works in the order it was asked, so a cut holds exactly what was issued before it; and after any failure the session
 * ends, everything it held is forgotten, and the next one starts from what the table says. Restart is the same path.
 */
export class SinkSession {
  readonly #context: SessionContext
  readonly #cursors: PartitionCursors
  readonly #buffers: LaneBuffers
  readonly #stop = new AbortController()
  #pending = new Set<Promise<void>>()
  #generation: FileGeneration
  #oldestRowMs: number | undefined
  #flushing: Promise<void> | undefined
  #failure: unknown
  #wakeDriver: () => void = () => undefined
  #isFlushRequested = false
  #hasCommitted = false
  readonly #progressListeners = new Set<() => void>()

  constructor(context: SessionContext) {
    this.#context = context
    this.#cursors = new PartitionCursors({ name: context.topic, topicId: context.topicId }, context.log)
    this.#buffers = new LaneBuffers(context.topicId, context.memory)
    context.memory.onPressure = () => this.#onPressure()
    this.#generation = this.#newGeneration()
  }

  /** Whether the tables are open and every partition knows where it is. */
  get isOpen(): boolean {
    return this.#cursors.size === this.#context.partitionCount
  }

  /** Whether it got something into the table, or has nothing to get there. */
  get hasGotOn(): boolean {
    return this.#hasCommitted || (this.isOpen && this.#cursors.isAllCommitted())
  }

  committedOffset(partition: number): bigint {
    return this.#cursors.committedOffset(partition)
  }

  /** Runs until the signal fires (then resolves) or something fails (then rejects). */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = (): void => this.#stop.abort(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    // A signal that fired before does not fire again: a topic may be closed while its tables are still being opened.
    if (signal.aborted) onAbort()
    try {
      await this.#open()
      while (!this.#stop.signal.aborted) await this.#step()
    } catch (error) {
      if (!signal.aborted) throw this.#failure ?? error
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#stop.abort(new HeadgateError('shutting-down', 'the sink session ended'))
      this.#generation.abort()
      this.#context.memory.close()
      this.#notifyProgress()
    }
    if (this.#failure !== undefined && !signal.aborted) throw this.#failure
  }

  /** A batch of this topic became part of the log. Never blocks and never throws. */
  onAppended(batch: AppendedBatch): void {
    const laneTicket = batch.ticket as LaneTicket | undefined
    const cursor = this.#cursors.get(batch.partition)
    if (!cursor || laneTicket === undefined || !this.#canAdopt(cursor, batch)) {
      laneTicket?.lane.discard(laneTicket.ticket)
      if (cursor && batch.nextOffset > cursor.issuedOffset) this.#catchUp(cursor)
      return
    }
    cursor.issuedOffset = batch.nextOffset
    this.#track(this.#adopt(laneTicket, batch))
  }

  /** Resolves when everything below the given offsets is committed; rejects when the session ends before. */
  async flushTo(offsets: ReadonlyMap<number, bigint>): Promise<CommittedVersions> {
    while (!this.#cursors.holdsCommitted(offsets)) {
      if (this.#stop.signal.aborted) throw new HeadgateError('shutting-down', `the sink of topic ${this.#context.topic} is restarting`)
      // What is still being read from the log would not be in the files: it is waited for, not flushed bit by bit.
      if (this.#cursors.holdsIssued(offsets)) this.#requestFlush()
      else this.#catchUpWhereBehind()
      await new Promise<void>((resolve) => this.#progressListeners.add(resolve))
    }
    return this.#context.committer.versions
  }

  async #open(): Promise<void> {
    const progress = await this.#context.committer.open(this.#stop.signal)
    for (let partition = 0; partition < this.#context.partitionCount; partition++) this.#cursors.open(partition, progress)
    this.#notifyProgress()
  }

  #canAdopt(cursor: Cursor, batch: AppendedBatch): boolean {
    if (cursor.isCatchingUp || this.#stop.signal.aborted) return false
    return batch.baseOffset === cursor.issuedOffset && !this.#context.memory.isOverBound
  }

  async #adopt({ lane, ticket }: LaneTicket, batch: AppendedBatch): Promise<void> {
    this.#noteRows(batch.partition, batch.maxTimestampMs)
    const cuts = this.#buffers.cutsOf(lane)
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

  /** Also a batch that nobody was told of, because its append lost the store's answer, becomes rows. */
  #catchUpWhereBehind(): void {
    for (const cursor of this.#cursors.behind()) this.#catchUp(cursor)
  }

  /** Reads the log from where the partition is until it has caught up; one at a time per partition. */
  #catchUp(cursor: Cursor): void {
    if (cursor.isCatchingUp || this.#stop.signal.aborted) return
    cursor.isCatchingUp = true
    this.#track(this.#catchUpLoop(cursor), { isBarrier: false })
  }

  async #catchUpLoop(cursor: Cursor): Promise<void> {
    const { bounds, clock, log, topicId } = this.#context
    while (this.#cursors.isBehind(cursor) && !this.#stop.signal.aborted) {
      if (this.#context.memory.isOverBound) {
        this.#context.memory.relieve()
        await clock.sleep(limits.catchUpPauseMs, this.#stop.signal)
        continue
      }
      const outcome = await log.read({
        topicId,
        partition: cursor.partition,
        offset: cursor.issuedOffset,
        bytesMax: bounds.catchUpReadBytes,
      })
      // The next session may have begun meanwhile, and the lane's buffers are its own.
      if (this.#stop.signal.aborted) return
      if (outcome.kind === 'unknown-partition') return
      if (outcome.kind === 'out-of-range') {
        this.#cursors.skipRemoved(cursor)
        this.#notifyProgress()
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
    this.#noteRows(cursor.partition, highTimestampMs)
    this.#notifyProgress()
    const decoding = this.#takeDecoded(lane, decoded, this.#buffers.cutsOf(lane))
    this.#track(decoding)
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

  /** A failure of anything issued ends the session; a barrier is what a flush waits for. */
  #track(work: Promise<void>, { isBarrier = true } = {}): void {
    const settled = work.catch((error: unknown) => this.#fail(error))
    if (!isBarrier) return
    this.#pending.add(settled)
    void settled.finally(() => this.#pending.delete(settled))
  }

  #fail(error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#failure = error
    this.#stop.abort(error)
    this.#wakeDriver()
  }

  #noteRows(partition: number, maxTimestampMs: bigint): void {
    this.#oldestRowMs ??= this.#context.clock.now()
    const cursor = this.#cursors.get(partition)
    if (cursor && maxTimestampMs > cursor.highTimestampMs) cursor.highTimestampMs = maxTimestampMs
  }

  #noteBuffered(lane: Lane, outcome: Extract<AdoptOutcome, { kind: 'adopted' }>, cutsWhenAsked: number): void {
    // An answer to a session that has ended speaks of buffers that are the next one's.
    if (this.#stop.signal.aborted) return
    if (outcome.leftOut) this.#noteLeftOut(outcome.leftOut)
    if (!this.#buffers.note(lane, outcome, cutsWhenAsked)) return
    const { bounds, clock, settings } = this.#context
    if (outcome.bufferedBytes >= bounds.chunkBytes || outcome.bufferedRows >= bounds.rowGroupRows) this.#handOver(lane)
    // Rows of many days open many files: they are ended early, so that their number is bounded.
    if (outcome.partitionCount >= bounds.openPartitionsMax) this.#requestFlush()
    if (isFlushDue(this.#unflushed(), settings, clock.now())) this.#wakeDriver()
  }

  /** They stay in the log, for whoever fetches it; the table goes on without them. */
  #noteLeftOut({ count, first }: { count: number; first: { offset: bigint; reason: string } }): void {
    const { logger, metrics, topic } = this.#context
    metrics.add('headgate_records_skipped_total', count, topic)
    logger.warn({ topic, count, offset: first.offset, reason: first.reason }, 'stored records that no schema fits have no row')
  }

  /** A flush that is under way makes room by itself. */
  #onPressure(): void {
    if (this.#flushing === undefined) this.#requestFlush()
  }

  #requestFlush(): void {
    this.#isFlushRequested = true
    this.#wakeDriver()
  }

  /** Moves a lane's full buffers to the encoder; the file goes on. */
  #handOver(lane: Lane): void {
    this.#track(this.#generation.write(this.#buffers.cut(lane)), { isBarrier: false })
  }

  #newGeneration(): FileGeneration {
    return new FileGeneration(this.#context.generation, this.#context.memory)
  }

  #unflushed(): Unflushed {
    return { sinceMs: this.#oldestRowMs, bufferedBytes: this.#context.memory.bytes, encodedBytes: this.#generation.encodedBytes }
  }

  /** One turn of the driver: catch up where the log is ahead, flush what is due, then wait for rows, age or a request. */
  async #step(): Promise<void> {
    const { clock, settings } = this.#context
    this.#catchUpWhereBehind()
    if (this.#flushing === undefined && (isFlushDue(this.#unflushed(), settings, clock.now()) || this.#isFlushRequested)) {
      this.#isFlushRequested = false
      this.#flushing = this.#flush().finally(() => (this.#flushing = undefined))
      this.#track(this.#flushing, { isBarrier: false })
    }
    const waitMs = this.#flushing === undefined ? flushDueInMs(this.#unflushed(), settings, clock.now()) : settings.commitIntervalMs
    await this.#waitForWork(waitMs)
  }

  async #waitForWork(waitMs: number): Promise<void> {
    const timer = new AbortController()
    const woken = new Promise<void>((resolve) => (this.#wakeDriver = resolve))
    const aged = this.#context.clock.sleep(Math.max(1, waitMs), AbortSignal.any([timer.signal, this.#stop.signal])).catch(() => undefined)
    await Promise.race([woken, aged, this.#flushing?.catch(() => undefined) ?? woken])
    timer.abort()
  }

  /**
   * Cuts everything issued so far into files and commits them. The cut is asked for and the ranges are taken in one
   * turn of the event loop, so that they speak of the same rows.
   */
  async #flush(): Promise<void> {
    const generation = this.#generation
    const ranges = this.#cursors.ranges()
    const writes = this.#context.lanes.map((lane) => generation.write(this.#buffers.cut(lane)))
    const issuedBefore = [...this.#pending]
    this.#generation = this.#newGeneration()
    this.#oldestRowMs = undefined
    try {
      await Promise.all([...writes, ...issuedBefore])
      this.#stop.signal.throwIfAborted()
      const files = await generation.finish(this.#stop.signal)
      if (ranges.length > 0) await this.#commit(files, ranges)
    } finally {
      generation.abort()
    }
  }

  async #commit(files: readonly PreparedFile[], ranges: readonly OffsetRange[]): Promise<void> {
    const startedMs = this.#context.clock.now()
    await this.#context.committer.commit({ files, ranges, schemaIds: this.#context.schemaIds() }, this.#stop.signal)
    this.#cursors.committed(ranges)
    this.#hasCommitted = true
    const rows = files.reduce((sum, { metrics }) => sum + metrics.rowCount, 0)
    this.#context.metrics.add('headgate_files_committed_total', files.length, this.#context.topic)
    this.#context.metrics.add('headgate_rows_committed_total', rows, this.#context.topic)
    this.#context.logger.info(
      {
        topic: this.#context.topic,
        files: files.length,
        rows,
        bytes: files.reduce((sum, { metrics }) => sum + metrics.sizeBytes, 0),
        commitMs: this.#context.clock.now() - startedMs,
      },
      'committed',
    )
    this.#notifyProgress()
  }

  /** Something was issued or committed, or the session ended. */
  #notifyProgress(): void {
    const listeners = [...this.#progressListeners]
    this.#progressListeners.clear()
    for (const listener of listeners) listener()
  }
}

function describeUndecodable(topic: string, outcome: Exclude<AdoptOutcome, { kind: 'adopted' | 'needs-schemas' }>): string {
  if (outcome.kind === 'gone') return `the lane forgot rows of topic ${topic}`
  return `offset ${outcome.offset} of topic ${topic} cannot be decoded: ${outcome.reason}`
}
