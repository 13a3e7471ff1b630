import type { StructType } from '../columns/row-type.ts'
import type { Encoder } from '../lanes/encoder.ts'
import { withAbsent, type NamedSchemas } from '../lanes/absent-schemas.ts'
import type { Judgement, Lane, LaneTable } from '../lanes/lane.ts'
import { tableShape } from '../lanes/table-shape.ts'
import type { AppendedBatch, Log } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import type { Metrics } from '../shared/metrics.ts'
import { Permits } from '../shared/permits.ts'
import type { Random } from '../shared/random.ts'
import { dataFolderOf } from '../tables/data-folder.ts'
import { BufferMemory } from './buffer-memory.ts'
import { CompressionRatio } from './compression-ratio.ts'
import { Committer, type CommittedVersions } from './committer.ts'
import type { LakeSettings } from './lake-settings.ts'
import type { TablesContext } from './open-tables.ts'
import type { LaneTicket, SessionBounds, SessionContext } from './session-context.ts'
import { TopicSink } from './topic-sink.ts'

/** A topic that has a table. */
export interface LakeTopic {
  readonly name: string
  readonly topicId: string
  readonly partitionCount: number
  readonly settings: LakeSettings
  /** The columns of a table that has to be created, with field ids. */
  readonly rowType: StructType
  readonly judgement: () => Judgement
  readonly schemaIds: () => readonly number[]
}

export interface SinksContext {
  readonly log: Log
  readonly lanes: { readonly all: readonly Lane[]; laneFor(topicId: string, partition: number): Lane }
  readonly encoder: Encoder
  readonly tables: TablesContext
  /** Gives a lane the schemas it asked for; answers what does not exist. */
  readonly defineSchemas: (lane: Lane, needed: NamedSchemas) => NamedSchemas
  readonly bufferBytesMax: number
  readonly bounds?: SessionBounds
  readonly metrics: Metrics
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * The sinks of all topics that have a table. Judged batches come from the log's append events; everything else about a
 * topic is said by `open` and `close`.
 */
export class Sinks {
  readonly #context: SinksContext
  readonly #sinks = new Map<string, { readonly topic: LakeTopic; readonly sink: TopicSink }>()
  /** The columns that records are held against, by topic id: of the table, once it was opened, and of the schema before. */
  readonly #laneTables = new Map<string, LaneTable>()
  /** Per topic, what its stored records name and the registry does not have. */
  readonly #absent = new Map<string, NamedSchemas>()
  readonly #stopListening: () => void
  readonly #memory: BufferMemory
  readonly #flushes: Permits

  constructor(context: SinksContext) {
    this.#context = context
    this.#memory = new BufferMemory(context.bufferBytesMax)
    this.#flushes = new Permits((context.bounds ?? limits).flushesAtOnce)
    this.#stopListening = context.log.onAppend((batch) => this.#onAppended(batch))
  }

  /** Bytes of rows on their way into files, over all topics. */
  get bufferedBytes(): number {
    return this.#memory.bytes
  }

  has(topicId: string): boolean {
    return this.#sinks.has(topicId)
  }

  /** From here on records are held against the table's columns too, also while the table itself is still being opened. */
  open(topic: LakeTopic): void {
    const { topicId, rowType, settings } = topic
    if (this.#sinks.has(topicId)) return
    this.#laneTables.set(topicId, { tableKey: topicId, rowType, partitionBy: settings.partitionBy })
    for (const lane of this.#context.lanes.all) this.defineTable(lane, topicId)
    this.#sinks.set(topicId, { topic, sink: new TopicSink(this.#sinkContext(topic)) })
  }

  /**
   * Gives a lane the columns of a topic's table; answers whether the topic has one. A lane that died knows none, and asks for
   * them with the next batch: from memory, so that neither the lake nor a session has a say in whether records are judged.
   */
  defineTable(lane: Lane, topicId: string): boolean {
    const table = this.#laneTables.get(topicId)
    if (table) lane.defineTable(table)
    return table !== undefined
  }

  /** With `next`, the topic goes on as that says, and there is no moment at which it has no table. */
  async close(topicId: string, next?: () => LakeTopic | undefined): Promise<void> {
    const open = this.#sinks.get(topicId)
    await open?.sink.close()
    // Only now: until it is closed, retention must not take it for a topic without a table.
    this.#sinks.delete(topicId)
    this.#laneTables.delete(topicId)
    this.#absent.delete(topicId)
    for (const lane of this.#context.lanes.all) lane.closeTable(topicId)
    const topic = next?.()
    if (topic) this.open(topic)
  }

  /** Offsets below it are in the topic's tables; everything, for a topic without a table. */
  committedOffset(topicId: string, partition: number): bigint | undefined {
    return this.#sinks.get(topicId)?.sink.committedOffset(partition)
  }

  /** Why a topic's sink stands still, if it does. */
  failure(topicId: string): string | undefined {
    return this.#sinks.get(topicId)?.sink.failure
  }

  /** Makes everything acknowledged before the call visible. Throws `not-found` for a topic without a table. */
  async flush(topicId: string, signal: AbortSignal): Promise<CommittedVersions> {
    const open = this.#sinks.get(topicId)
    if (!open) throw new HeadgateError('not-found', `topic ${topicId} has no table`)
    const acknowledged = new Map<number, bigint>()
    for (let partition = 0; partition < open.topic.partitionCount; partition++) {
      const offsets = this.#context.log.offsets(topicId, partition)
      // Also of what retention took from the log: a format that was added does not have it yet.
      if (offsets && offsets.nextOffset > 0n) acknowledged.set(partition, offsets.nextOffset)
    }
    return open.sink.flushTo(acknowledged, signal)
  }

  /** Commits what is there, as far as the signal allows, and closes every sink. */
  async drain(signal: AbortSignal): Promise<void> {
    await Promise.allSettled([...this.#sinks.keys()].map((topicId) => this.flush(topicId, signal)))
    this.#stopListening()
    await Promise.all([...this.#sinks.keys()].map((topicId) => this.close(topicId)))
  }

  #onAppended(batch: AppendedBatch): void {
    const open = this.#sinks.get(batch.topicId)
    if (open) return open.sink.onAppended(batch)
    const laneTicket = batch.ticket as LaneTicket | undefined
    laneTicket?.lane.discard(laneTicket.ticket)
  }

  /** What the log is likely to name, before it is read: a lane that lacks a schema ends the session. */
  #defineStoredSchemas(topic: LakeTopic, lane: Lane): void {
    const { value } = topic.judgement()
    if (value.kind === 'framed') this.#context.defineSchemas(lane, { schemaIds: value.allowedSchemaIds, guids: [] })
  }

  #absentIn(topicId: string): NamedSchemas {
    return this.#absent.get(topicId) ?? { schemaIds: [], guids: [] }
  }

  #sinkContext(topic: LakeTopic): ConstructorParameters<typeof TopicSink>[0] {
    const { clock, random, logger } = this.#context
    return { topic: topic.name, clock, random, logger, metrics: this.#context.metrics, prepare: (signal) => this.#prepare(topic, signal) }
  }

  async #prepare(topic: LakeTopic, signal: AbortSignal): Promise<SessionContext> {
    const { bounds = limits, clock, defineSchemas, encoder, lanes, log, logger, random } = this.#context
    const { name, topicId, partitionCount, settings, judgement, schemaIds } = topic
    // With the first table come the table formats: a broker without one starts faster and stays smaller.
    const { openTopicTables } = await import('./open-tables.ts')
    const tables = await openTopicTables({ topic: name, topicId, rowType: topic.rowType, settings }, this.#context.tables, signal)
    const { rowType, partitionBy } = tables.leader
    // Columns that lack what tells rows apart would be the end of every lane, and of other topics' rows with it.
    tableShape(rowType)
    const table = { tableKey: topicId, rowType, partitionBy }
    this.#laneTables.set(topicId, table)
    for (const lane of lanes.all) {
      lane.openTable(table)
      this.#defineStoredSchemas(topic, lane)
    }
    return {
      topic: name,
      topicId,
      partitionCount,
      settings,
      bounds,
      log,
      clock,
      logger,
      committer: new Committer(tables, { clock, random, logger }),
      generation: {
        encoder,
        root: this.#context.tables.root,
        random,
        rowType,
        rowGroupRows: bounds.rowGroupRows,
        // How well rows shrink is known from the first row group on: of a small file none may be larger than all of it.
        rowGroupBytes: Math.min(bounds.rowGroupBytes, settings.targetFileBytes),
        dataFolder: dataFolderOf({ ...settings.table, isShared: settings.formats.length > 1 }),
        compression: new CompressionRatio(),
      },
      laneOf: (partition) => lanes.laneFor(topicId, partition),
      lanes: lanes.all,
      judgement: () => withAbsent(judgement(), this.#absentIn(topicId)),
      defineSchemas: (lane, needed) => this.#absent.set(topicId, join(this.#absentIn(topicId), defineSchemas(lane, needed))),
      schemaIds,
      flushes: this.#flushes,
      memory: this.#memory.share(),
      metrics: this.#context.metrics,
    }
  }
}

function join(a: NamedSchemas, b: NamedSchemas): NamedSchemas {
  return { schemaIds: [...a.schemaIds, ...b.schemaIds], guids: [...a.guids, ...b.guids] }
}
