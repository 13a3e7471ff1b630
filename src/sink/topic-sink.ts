import { HeadgateError, isErrorOfKind, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { backoffMs } from '../shared/retry.ts'
import type { Random } from '../shared/random.ts'
import type { AppendedBatch } from '../log/log.ts'
import type { CommittedVersions } from './committer.ts'
import type { LaneTicket, SessionContext } from './session-context.ts'
import { SinkSession } from './sink-session.ts'

export interface TopicSinkContext {
  readonly random: Random
  /** A fresh start: opens the tables, forgets the lanes' buffers, and gives what a session needs. */
  readonly prepare: (signal: AbortSignal) => Promise<SessionContext>
  readonly topic: string
  readonly logger: SessionContext['logger']
  readonly clock: SessionContext['clock']
  readonly metrics: SessionContext['metrics']
}

/** Keeps a topic flowing into its table: runs one session after another, with a pause that grows while they fail. */
export class TopicSink {
  readonly #context: TopicSinkContext
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #session: SinkSession | undefined
  #lastError: unknown
  /** Sessions that failed one after the other, none of which got anything into the table. */
  #failures = 0
  #failuresEver = 0

  constructor(context: TopicSinkContext) {
    this.#context = context
    this.#running = this.#run()
  }

  /** Why nothing gets into the table, if so. One failure of a session that could start is mostly mended by the next. */
  get failure(): string | undefined {
    if (this.#lastError === undefined || this.#session?.hasGotOn) return undefined
    return this.#session?.isOpen && this.#failures < 2 ? undefined : messageOf(this.#lastError)
  }

  committedOffset(partition: number): bigint {
    return this.#session?.committedOffset(partition) ?? 0n
  }

  onAppended(batch: AppendedBatch): void {
    if (this.#session) return this.#session.onAppended(batch)
    const laneTicket = batch.ticket as LaneTicket | undefined
    laneTicket?.lane.discard(laneTicket.ticket)
  }

  /**
   * Resolves when everything below the offsets is visible in every format; rides over restarts of the session. Throws
   * HeadgateError `store-unavailable` when one session after the other gets nowhere: a person has to see to it.
   */
  async flushTo(offsets: ReadonlyMap<number, bigint>, signal: AbortSignal): Promise<CommittedVersions> {
    // What failed before somebody asked may have been mended: the next session has to say so.
    const failuresBefore = this.#failuresEver
    for (;;) {
      signal.throwIfAborted()
      if (this.#stop.signal.aborted) throw new HeadgateError('shutting-down', `the sink of topic ${this.#context.topic} is closed`)
      try {
        if (this.#session) return await untilAborted(this.#session.flushTo(offsets), signal)
      } catch (error) {
        if (!isErrorOfKind(error, 'shutting-down')) throw error
      }
      const { failure } = this
      if (failure !== undefined && this.#failures >= limits.flushFailuresMax && this.#failuresEver > failuresBefore) {
        throw new HeadgateError('store-unavailable', `topic ${this.#context.topic} does not get into its table: ${failure}`)
      }
      await this.#context.clock.sleep(limits.catchUpPauseMs, signal)
    }
  }

  async close(): Promise<void> {
    this.#stop.abort(new HeadgateError('shutting-down', `the sink of topic ${this.#context.topic} is closed`))
    await this.#running
  }

  async #run(): Promise<void> {
    const { clock, logger, random, topic } = this.#context
    while (!this.#stop.signal.aborted) {
      try {
        this.#session = new SinkSession(await this.#context.prepare(this.#stop.signal))
        await this.#session.run(this.#stop.signal)
      } catch (error) {
        if (this.#stop.signal.aborted) break
        logger.warn({ topic, reason: messageOf(error), failures: this.#failures }, 'the sink of a topic starts again from its table')
        // A session that got on had got over what failed before it.
        this.#failures = this.#session?.hasGotOn ? 1 : this.#failures + 1
        this.#failuresEver++
        this.#lastError = error
        this.#context.metrics.add('headgate_sink_restarts_total', 1, topic)
      } finally {
        this.#session = undefined
      }
      await clock.sleep(backoffMs(this.#failures, limits.sessionBackoff, random), this.#stop.signal).catch(() => undefined)
    }
  }
}

/** What comes first: the end of the work, or that of the patience for it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
