import type { AppendedBatch } from '../log/log.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { OffsetRange, PreparedFile } from '../tables/table-commit.ts'
import type { CommittedVersions } from './committer.ts'
import { flushDueInMs, isFlushDue } from './flush-policy.ts'
import { PartitionCursors } from './partition-cursors.ts'
import { RowIssuer } from './row-issuer.ts'
import type { SessionContext } from './session-context.ts'
import { SessionWork } from './session-work.ts'
import { UnflushedRows } from './unflushed-rows.ts'

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
  readonly #work = new SessionWork()
  readonly #cursors: PartitionCursors
  readonly #rows: UnflushedRows
  readonly #issuer: RowIssuer
  #flushing: Promise<void> | undefined
  #wakeDriver: () => void = () => undefined
  #isFlushRequested = false
  #hasCommitted = false
  readonly #progressListeners = new Set<() => void>()

  constructor(context: SessionContext) {
    this.#context = context
    this.#cursors = new PartitionCursors({ name: context.topic, topicId: context.topicId }, context.log)
    this.#rows = new UnflushedRows(context, this.#work, { wake: () => this.#wakeDriver(), requestFlush: () => this.#requestFlush() })
    const parts = { cursors: this.#cursors, rows: this.#rows, work: this.#work, onProgress: () => this.#notifyProgress() }
    this.#issuer = new RowIssuer(context, parts)
    context.memory.onPressure = () => this.#onPressure()
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
    const onAbort = (): void => this.#work.end(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    // A signal that fired before does not fire again: a topic may be closed while its tables are still being opened.
    if (signal.aborted) onAbort()
    try {
      await this.#open()
      while (!this.#work.hasEnded) await this.#step()
    } catch (error) {
      if (!signal.aborted) throw this.#work.failure ?? error
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#work.end()
      this.#rows.abort()
      this.#context.memory.close()
      this.#notifyProgress()
    }
    if (this.#work.failure !== undefined && !signal.aborted) throw this.#work.failure
  }

  /** A batch of this topic became part of the log. Never blocks and never throws. */
  onAppended(batch: AppendedBatch): void {
    this.#issuer.onAppended(batch)
  }

  /** Resolves when everything below the given offsets is committed; rejects when the session ends before. */
  async flushTo(offsets: ReadonlyMap<number, bigint>): Promise<CommittedVersions> {
    while (!this.#cursors.holdsCommitted(offsets)) {
      if (this.#work.hasEnded) throw new HeadgateError('shutting-down', `the sink of topic ${this.#context.topic} is restarting`)
      // What is still being read from the log would not be in the files: it is waited for, not flushed bit by bit.
      if (this.#cursors.holdsIssued(offsets)) this.#requestFlush()
      else this.#issuer.catchUpWhereBehind()
      await new Promise<void>((resolve) => this.#progressListeners.add(resolve))
    }
    return this.#context.committer.versions
  }

  async #open(): Promise<void> {
    const progress = await this.#context.committer.open(this.#work.signal)
    for (let partition = 0; partition < this.#context.partitionCount; partition++) this.#cursors.open(partition, progress)
    this.#notifyProgress()
  }

  /** One turn of the driver: catch up where the log is ahead, flush what is due, then wait for rows, age or a request. */
  async #step(): Promise<void> {
    const { clock, settings } = this.#context
    this.#issuer.catchUpWhereBehind()
    if (this.#flushing === undefined && (isFlushDue(this.#rows.amount(), settings, clock.now()) || this.#isFlushRequested)) {
      this.#isFlushRequested = false
      this.#flushing = this.#flush().finally(() => (this.#flushing = undefined))
      void this.#work.track(this.#flushing)
    }
    const waitMs = this.#flushing === undefined ? flushDueInMs(this.#rows.amount(), settings, clock.now()) : settings.commitIntervalMs
    await this.#waitForWork(waitMs)
  }

  async #waitForWork(waitMs: number): Promise<void> {
    const timer = new AbortController()
    const woken = new Promise<void>((resolve) => (this.#wakeDriver = resolve))
    // The end of the session ends the sleep, too.
    const aged = this.#context.clock.sleep(Math.max(1, waitMs), AbortSignal.any([timer.signal, this.#work.signal])).catch(() => undefined)
    await Promise.race([woken, aged, this.#flushing?.catch(() => undefined) ?? woken])
    timer.abort()
  }

  /** A flush that is under way makes room by itself. */
  #onPressure(): void {
    if (this.#flushing === undefined) this.#requestFlush()
  }

  #requestFlush(): void {
    this.#isFlushRequested = true
    this.#wakeDriver()
  }

  /** Makes files of everything issued so far, when it is this topic's turn, and commits them. */
  async #flush(): Promise<void> {
    const { flushes } = this.#context
    await flushes.acquire(1)
    const ended = await this.#endFiles().finally(() => flushes.release(1))
    if (ended.ranges.length > 0) await this.#commit(ended.files, ended.ranges)
  }

  /** The cut is asked for and the ranges are taken in one turn of the event loop, so that they speak of the same rows. */
  async #endFiles(): Promise<{ files: readonly PreparedFile[]; ranges: readonly OffsetRange[] }> {
    this.#work.signal.throwIfAborted()
    const ranges = this.#cursors.ranges()
    const issuedBefore = this.#work.issued()
    const { generation, writes } = this.#rows.cutAll()
    try {
      await Promise.all([...writes, ...issuedBefore])
      this.#work.signal.throwIfAborted()
      return { files: await generation.finish(this.#work.signal), ranges }
    } finally {
      generation.abort()
    }
  }

  async #commit(files: readonly PreparedFile[], ranges: readonly OffsetRange[]): Promise<void> {
    const { clock, committer, logger, metrics, schemaIds, topic } = this.#context
    const startedMs = clock.now()
    await committer.commit({ files, ranges, schemaIds: schemaIds() }, this.#work.signal)
    this.#cursors.committed(ranges)
    this.#hasCommitted = true
    const rows = files.reduce((sum, file) => sum + file.metrics.rowCount, 0)
    const bytes = files.reduce((sum, file) => sum + file.metrics.sizeBytes, 0)
    metrics.add('headgate_files_committed_total', files.length, topic)
    metrics.add('headgate_rows_committed_total', rows, topic)
    logger.info({ topic, files: files.length, rows, bytes, commitMs: clock.now() - startedMs }, 'committed')
    this.#notifyProgress()
  }

  /** Something was issued or committed, or the session ended. */
  #notifyProgress(): void {
    const listeners = [...this.#progressListeners]
    this.#progressListeners.clear()
    for (const listener of listeners) listener()
  }
}
