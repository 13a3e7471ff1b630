import type { StructType } from '../../columns/row-type.ts'
import type { TimePartition } from '../../lanes/lane.ts'
import type { LakeRoot } from '../../objects/lake-root.ts'
import { utf8Bytes } from '../../shared/bytes.ts'
import type { Clock } from '../../shared/clock.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import type { Logger } from '../../shared/log.ts'
import { limits } from '../../shared/limits.ts'
import { stringifyJson } from '../../shared/json.ts'
import type { Random } from '../../shared/random.ts'
import type { AppendOutcome, FormatTable, NewTable, TableAppend, TableProgress } from '../table-commit.ts'
import { formatCommit } from './actions.ts'
import { encodeCheckpoint } from './checkpoint.ts'
import { commitAppend, dataPrefix, progressOf, type DeltaWriter } from './commit-append.ts'
import { followCommits, loadState, type DeltaLog } from './load.ts'
import { checkpointName, commitName, LAST_CHECKPOINT } from './log-names.ts'
import { creationLines, ownedRowType } from './new-table.ts'
import { assertWritable } from './protocol.ts'
import type { FileState, TableState } from './table-state.ts'

export interface DeltaTableOptions {
  readonly root: LakeRoot
  readonly table: NewTable
  readonly engineInfo: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Where a table's Delta log is below the lake. */
export function deltaLogOf(root: LakeRoot, table: { namespace: string; table: string }): DeltaLog {
  return { store: root.store, logPrefix: `${dataPrefix(table)}/_delta_log` }
}

/** Opens the topic's table, creating it when there is none. A table of another topic, or of nobody, is refused. */
export async function openDeltaTable(options: DeltaTableOptions, signal?: AbortSignal): Promise<DeltaTable> {
  const { root, table, engineInfo, clock, random } = options
  const log = deltaLogOf(root, table)
  const state = (await loadState(log, signal ? { signal } : {})) ?? (await createTable(log, options, signal))
  assertWritable(state, `${table.namespace}.${table.table}`)
  const rowType = ownedRowType(state.metaData, table)
  return new DeltaTable({ log, table: { ...table, rowType }, engineInfo, clock, random }, state, options.logger)
}

async function createTable(log: DeltaLog, options: DeltaTableOptions, signal?: AbortSignal): Promise<TableState> {
  const { table, clock, logger } = options
  const lines = creationLines(table, { ...options, nowMs: clock.now() })
  const outcome = await log.store.putIfAbsent(
    `${log.logPrefix}/${commitName(0n)}`,
    utf8Bytes(formatCommit(lines)),
    signal ? { signal } : {},
  )
  if (outcome === 'created') logger.info({ table: `${table.namespace}.${table.table}` }, 'created a Delta table')
  const state = await loadState(log, signal ? { signal } : {})
  if (!state) throw new HeadgateError('store-unavailable', `the Delta log ${log.logPrefix} was created and removed meanwhile; try again`)
  return state
}

/** One topic's Delta table, open for appends. Holds the state without the files, and no resources. */
export class DeltaTable implements FormatTable {
  readonly format = 'delta'
  readonly rowType: StructType
  readonly partitionBy: TimePartition
  readonly #writer: DeltaWriter
  readonly #logger: Logger
  #state: TableState
  #checkpointVersion: bigint

  constructor(writer: DeltaWriter, state: TableState, logger: Logger) {
    this.#writer = writer
    this.#state = state
    this.#logger = logger
    this.#checkpointVersion = state.version
    this.rowType = writer.table.rowType
    this.partitionBy = 'none'
  }

  async progress(signal?: AbortSignal): Promise<TableProgress> {
    this.#state = (await followCommits(this.#writer.log, this.#state, { signal })) ?? this.#state
    return progressOf(this.#state, this.#writer.table.topicId)
  }

  async append(append: TableAppend, signal?: AbortSignal): Promise<AppendOutcome> {
    const { outcome, state } = await commitAppend(this.#writer, this.#state, append, signal)
    this.#state = state
    if (outcome.kind === 'committed') await this.#checkpointIfDue(signal)
    return outcome
  }

  /**
   * A checkpoint costs a row per live file, so its interval grows with the table. It only makes reading faster: a
   * failure is logged and the commit stands.
   */
  async #checkpointIfDue(signal?: AbortSignal): Promise<void> {
    const { version } = this.#state
    if (version - this.#checkpointVersion < BigInt(limits.deltaCheckpointCommits)) return
    try {
      const fileCount = await writeCheckpoint(this.#writer.log, signal)
      this.#checkpointVersion = version + BigInt(Math.floor(fileCount / CHECKPOINT_FILES_PER_COMMIT))
    } catch (error) {
      this.#checkpointVersion = version
      this.#logger.warn({ log: this.#writer.log.logPrefix, reason: messageOf(error) }, 'a Delta checkpoint was not written')
    }
  }
}

/** One more commit between checkpoints for this many live files. */
const CHECKPOINT_FILES_PER_COMMIT = 50

/** Writes a checkpoint of the newest version and points `_last_checkpoint` at it; answers how many files are live. */
async function writeCheckpoint({ store, logPrefix }: DeltaLog, signal?: AbortSignal): Promise<number> {
  const files: FileState = { adds: new Map(), removes: new Map() }
  const state = await loadState({ store, logPrefix }, signal ? { signal, files } : { files })
  if (!state) throw new HeadgateError('not-found', `there is no Delta log at ${logPrefix}`)
  const { bytes, actionCount } = encodeCheckpoint(state, files)
  // Whoever wrote this version's checkpoint before wrote the same actions.
  await store.putIfAbsent(`${logPrefix}/${checkpointName(state.version)}`, bytes, signal ? { signal } : {})
  const pointer = { version: state.version, size: actionCount, sizeInBytes: bytes.byteLength, numOfAddFiles: files.adds.size }
  await store.put(`${logPrefix}/${LAST_CHECKPOINT}`, utf8Bytes(stringifyJson(pointer)), signal ? { signal } : {})
  return files.adds.size
}
