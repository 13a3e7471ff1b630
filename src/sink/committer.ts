import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { backoffMs } from '../shared/retry.ts'
import type { FormatTable, TableAppend, TableProgress } from '../tables/table-commit.ts'

/** The versions a topic's tables are at after a commit. */
export interface CommittedVersions {
  readonly icebergSnapshotId?: bigint
  readonly deltaVersion?: bigint
}

/** A format whose appends can be read back, so that a format behind it can follow. */
export interface LeadingTable extends FormatTable {
  /** Own appends that bring another log of the same files from `progress` to where this table is, oldest first. */
  appendsAfter(progress: TableProgress): AsyncIterable<{ readonly append: TableAppend }>
  /** Everything the table holds, as one append to an empty log; undefined for a table without commits. */
  wholeTable(): Promise<TableAppend | undefined>
}

/** Iceberg leads when both formats are on; Delta alone leads itself. */
export type TopicTables =
  | { readonly leader: LeadingTable; readonly follower?: FormatTable }
  | { readonly leader: FormatTable; readonly follower?: undefined }

export interface CommitterContext {
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/**
 * Makes prepared files visible in every format of a topic: the leader first, then the follower. A follower that is
 * behind (a crash between the two commits, or a format switched on later) is brought up from the leader's own record.
 * Throws HeadgateError `fenced` when another writer of this topic moved the table.
 */
export class Committer {
  readonly #tables: TopicTables
  readonly #context: CommitterContext
  #versions: CommittedVersions = {}

  constructor(tables: TopicTables, context: CommitterContext) {
    this.#tables = tables
    this.#context = context
  }

  get versions(): CommittedVersions {
    return this.#versions
  }

  /** Where every format is, once the follower has caught up: the only place from which to go on. */
  async open(signal: AbortSignal): Promise<TableProgress> {
    const progress = await this.#tables.leader.progress(signal)
    await this.#bringUpFollower(progress, signal)
    return progress
  }

  async commit(append: TableAppend, signal: AbortSignal): Promise<CommittedVersions> {
    await this.#commitTo(this.#tables.leader, append, signal)
    if (this.#tables.follower) await this.#commitTo(this.#tables.follower, append, signal)
    return this.#versions
  }

  async #bringUpFollower(led: TableProgress, signal: AbortSignal): Promise<void> {
    if (!this.#tables.follower) return
    const { leader, follower } = this.#tables
    const reached = await follower.progress(signal)
    assertLed(reached, led)
    if (reached.nextOffsets.size === 0) return this.#beginFollower(leader, follower, signal)
    let commits = 0
    for await (const { append } of leader.appendsAfter(reached)) {
      await this.#commitTo(follower, append, signal)
      commits++
    }
    if (commits > 0) this.#context.logger.info({ format: follower.format, commits }, 'brought a table up to the other format')
  }

  /** The leader remembers only its latest appends one by one; a log that begins takes the table as it is. */
  async #beginFollower(leader: LeadingTable, follower: FormatTable, signal: AbortSignal): Promise<void> {
    const whole = await leader.wholeTable()
    if (!whole) return
    await this.#commitTo(follower, whole, signal)
    this.#context.logger.info({ format: follower.format, files: whole.files.length }, 'a second format begins with the whole table')
  }

  /** Tries until the outcome is known: an unresolved commit may have happened, and only the table can tell. */
  async #commitTo(table: FormatTable, append: TableAppend, signal: AbortSignal): Promise<void> {
    const { clock, random, logger } = this.#context
    for (let attempt = 1; ; attempt++) {
      const outcome = await table.append(append, signal)
      if (outcome.kind === 'committed') return this.#remember(table, outcome.version)
      if (outcome.kind === 'stale') throw new HeadgateError('fenced', `another writer moved the ${table.format} table of this topic`)
      logger.warn({ format: table.format, attempt, reason: outcome.reason }, 'a commit is not resolved yet; trying again')
      await clock.sleep(backoffMs(attempt, limits.commitBackoff, random), signal)
    }
  }

  #remember(table: FormatTable, version: bigint): void {
    const named = table.format === 'iceberg' ? { icebergSnapshotId: version } : { deltaVersion: version }
    this.#versions = { ...this.#versions, ...named }
  }
}

/** A follower never gets ahead by itself: it began alone, under another `lake.formats`, or the leader was made anew. */
function assertLed(reached: TableProgress, led: TableProgress): void {
  const isLed = [...reached.nextOffsets].every(([partition, nextOffset]) => nextOffset <= (led.nextOffsets.get(partition) ?? 0n))
  if (isLed) return
  throw new HeadgateError(
    'unsupported',
    'the Delta table holds records that the Iceberg table does not, so it cannot follow it; set lake.formats to the one format to go on with, or lake.table to a new name',
  )
}
