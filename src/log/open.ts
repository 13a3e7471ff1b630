import type { Clock } from '../shared/clock.ts'
import { messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { partitionKeyOf } from '../state/append-decision.ts'
import type { StateStore, TopicPartition } from '../state/state-store.ts'
import { GroupCommit } from './append.ts'
import type { AppendedBatch, AppendOutcome, BatchIdentity, BatchToAppend, Log } from './log.ts'
import type { LogPieces } from './log-pieces.ts'
import { lookUpOffset } from './offset-lookup.ts'
import { PartitionCache } from './partition-cache.ts'
import { readLog } from './read.ts'
import { enforceRetention, removeUnusedPieces, type RetentionReport, type RetentionRules } from './retention.ts'
import { RetriableFailures } from './retriable-failures.ts'
import { WakeUps } from './wake-ups.ts'

export interface LogOptions {
  readonly state: StateStore
  /** Closed with the log. */
  readonly pieces: LogPieces
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** The log, and what only its owner does. Topics are made and deleted in the state store; the log is told afterwards. */
export interface OpenedLog extends Log {
  /** After the topic was created or grown: loads its partitions. Until then they are unknown here. May be called again. */
  addTopic(topicId: string, partitionCount: number): Promise<void>
  /** After the topic was deleted: forgets its partitions, wakes their readers and deletes the pieces that nobody uses now. */
  removeTopic(topicId: string): Promise<void>
  /** One pass; see retention.ts. The owner calls it from time to time. */
  enforceRetention(rules: RetentionRules): Promise<RetentionReport>
}

/** Opens the log over a state store and its pieces. Every partition that is stored is known from the start. */
export async function openLog(options: LogOptions): Promise<OpenedLog> {
  const log = new OpenLog(options)
  await log.load()
  return log
}

class OpenLog implements OpenedLog {
  readonly #options: LogOptions
  readonly #partitions = new PartitionCache()
  readonly #wakeUps = new WakeUps(limits.dataWaitersMax)
  readonly #listeners = new Set<(appended: AppendedBatch) => void>()
  readonly #failures: RetriableFailures
  readonly #groups: GroupCommit
  /** Partitions that may hold more than is known here. */
  readonly #stale = new Map<string, TopicPartition>()

  constructor(options: LogOptions) {
    this.#options = options
    this.#failures = new RetriableFailures(options.clock, limits)
    this.#groups = new GroupCommit({
      ...options,
      failures: this.#failures,
      onCommitted: (batches, outcomes) => this.#onCommitted(batches, outcomes),
      onUnknown: (batches) => this.#onUnknown(batches),
    })
  }

  async load(): Promise<void> {
    for (const { topicId, partition, logStartOffset, nextOffset } of await this.#options.state.listPartitions())
      this.#partitions.add(topicId, partition, { logStartOffset, nextOffset })
  }

  append(batch: BatchToAppend): Promise<AppendOutcome> {
    return this.#groups.append(batch)
  }

  awaitRetry(batch: BatchIdentity): void {
    this.#failures.add(batch)
  }

  read(request: Parameters<Log['read']>[0]): ReturnType<Log['read']> {
    return readLog(request, this.#readContext)
  }

  offsets(topicId: string, partition: number): ReturnType<Log['offsets']> {
    return this.#partitions.get(topicId, partition)
  }

  offsetAt(topicId: string, partition: number, at: Parameters<Log['offsetAt']>[2]): ReturnType<Log['offsetAt']> {
    return lookUpOffset(topicId, partition, at, this.#readContext)
  }

  onAppend(listener: (appended: AppendedBatch) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  waitForData(partitions: Parameters<Log['waitForData']>[0], signal: AbortSignal): Promise<void> {
    return this.#wakeUps.wait(partitions, ({ topicId, partition }) => this.#partitions.get(topicId, partition), signal)
  }

  async addTopic(topicId: string, partitionCount: number): Promise<void> {
    for (let partition = 0; partition < partitionCount; partition++) {
      const offsets = await this.#options.state.partitionOffsets(topicId, partition)
      if (offsets) this.#partitions.add(topicId, partition, offsets)
    }
  }

  async removeTopic(topicId: string): Promise<void> {
    for (const partition of this.#partitions.removeTopic(topicId)) this.#wakeUps.wake({ topicId, partition })
    try {
      await removeUnusedPieces({ ...this.#options, groups: this.#groups })
    } catch (error) {
      // The topic is gone all the same; the next pass of retention deletes what is left.
      this.#options.logger.warn({ topicId, error: messageOf(error) }, 'the pieces of a deleted topic could not be removed yet')
    }
  }

  enforceRetention(rules: RetentionRules): Promise<RetentionReport> {
    return enforceRetention(rules, { ...this.#options, partitions: this.#partitions, groups: this.#groups })
  }

  async close(): Promise<void> {
    await this.#groups.close()
    this.#wakeUps.wakeAll()
    await this.#options.pieces.close()
  }

  get #readContext(): { state: StateStore; pieces: LogPieces; partitions: PartitionCache } {
    return { state: this.#options.state, pieces: this.#options.pieces, partitions: this.#partitions }
  }

  /** First what is readable, then who is told, then who is woken; the appends are answered after all of it. */
  #onCommitted(batches: readonly BatchToAppend[], outcomes: readonly AppendOutcome[]): void {
    const appended = batches.flatMap((batch, index) => appendedBatch(batch, outcomes[index]))
    for (const [index, batch] of batches.entries()) this.#advanceTo(batch, outcomes[index])
    for (const batch of appended) for (const listener of this.#listeners) this.#tell(listener, batch)
    for (const batch of appended) this.#wakeUps.wake(batch)
    if (this.#stale.size > 0) void this.#refreshStale()
  }

  /** A duplicate may be the first that is heard of its original: that append lost the store's answer. */
  #advanceTo({ topicId, partition, recordCount }: BatchToAppend, outcome: AppendOutcome | undefined): void {
    if (outcome?.kind !== 'appended' && outcome?.kind !== 'duplicate') return
    this.#partitions.advance(topicId, partition, { logStartOffset: 0n, nextOffset: outcome.baseOffset + BigInt(recordCount) })
  }

  /** A listener that fails must not take the acknowledgement of stored batches with it. */
  #tell(listener: (appended: AppendedBatch) => void, batch: AppendedBatch): void {
    try {
      listener(batch)
    } catch (error) {
      const { topicId, partition, baseOffset } = batch
      this.#options.logger.error({ topicId, partition, baseOffset, error: messageOf(error) }, 'an append listener failed')
    }
  }

  #onUnknown(batches: readonly BatchToAppend[]): void {
    for (const { topicId, partition } of batches) this.#stale.set(partitionKeyOf({ topicId, partition }), { topicId, partition })
  }

  /** The store answers again: what it took while its answers were lost becomes readable. */
  async #refreshStale(): Promise<void> {
    const stale = [...this.#stale]
    this.#stale.clear()
    for (const [key, { topicId, partition }] of stale) {
      try {
        const offsets = await this.#options.state.partitionOffsets(topicId, partition)
        if (offsets) this.#partitions.advance(topicId, partition, offsets)
        this.#wakeUps.wake({ topicId, partition })
      } catch {
        this.#stale.set(key, { topicId, partition })
      }
    }
  }
}

function appendedBatch(batch: BatchToAppend, outcome: AppendOutcome | undefined): AppendedBatch[] {
  if (outcome?.kind !== 'appended') return []
  const { topicId, partition, bytes, recordCount, ticket } = batch
  const maxTimestampMs = outcome.logAppendTimeMs ?? batch.maxTimestampMs
  const { baseOffset, logAppendTimeMs } = outcome
  return [
    {
      topicId,
      partition,
      baseOffset,
      nextOffset: baseOffset + BigInt(recordCount),
      maxTimestampMs,
      logAppendTimeMs,
      byteLength: bytes.byteLength,
      ticket,
    },
  ]
}
