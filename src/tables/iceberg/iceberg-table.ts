import type { StructType } from '../../columns/row-type.ts'
import type { TimePartition } from '../../lanes/lane.ts'
import { uriOf, type LakeRoot } from '../../objects/lake-root.ts'
import type { Clock } from '../../shared/clock.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { Logger } from '../../shared/log.ts'
import { randomUuid, type Random } from '../../shared/random.ts'
import type { AppendOutcome, FormatTable, NewTable, TableAppend, TableProgress } from '../table-commit.ts'
import { commitAppend, loadForWriting, type TableWriter } from './commit-append.ts'
import { columnsWithMetrics } from './data-file.ts'
import { guardedTable } from './deletion-guard.ts'
import { keyInLake, loadTable, loadedTable, rowTypeOfTable, type LoadedTable } from './loaded-table.ts'
import { ManifestListCache } from './manifest-list-cache.ts'
import { currentSchema } from './metadata.ts'
import { newTableMetadata, TOPIC_ID_PROPERTY } from './new-table.ts'
import { chooseSpec } from './partition-spec.ts'
import { latestOwnSnapshot, progressOf } from './progress.ts'
import { appendsAfter, type CommittedAppend } from './replay.ts'
import { leavesOf } from './schema.ts'
import type { TablePointer } from './table-pointer.ts'
import { wholeTable } from './whole-table.ts'

export interface IcebergTableOptions {
  readonly pointer: TablePointer
  readonly root: LakeRoot
  readonly table: NewTable
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** One topic's Iceberg table, open for appends. Holds no resources. */
export interface IcebergTable extends FormatTable {
  readonly format: 'iceberg'
  /** The table as it is now, for the read functions of `loaded-table.ts` and `snapshot-files.ts`. */
  load(signal?: AbortSignal): Promise<LoadedTable>
  /** What takes another log of the same files from its progress to this table's; oldest first. */
  appendsAfter(progress: TableProgress): AsyncGenerator<CommittedAppend>
  /** Everything the table holds, as one append to an empty log; undefined for a table without commits. */
  wholeTable(): Promise<TableAppend | undefined>
}

/** Opens the topic's table, creating it when the catalog has none. A table of another topic, or of nobody, is refused. */
export async function openIcebergTable(options: IcebergTableOptions): Promise<IcebergTable> {
  const { pointer, root, table } = options
  const found = (await loadTable(pointer, root)) ?? (await createTable(options))
  assertOwned(found, table)
  const loaded = table.isShared ? await guardedTable(found, options) : found
  return new OpenIcebergTable(writerOf(loaded, options), loaded)
}

async function createTable({ pointer, root, table, clock, random, logger }: IcebergTableOptions): Promise<LoadedTable> {
  const location = uriOf(root, `${table.namespace}/${table.table}`)
  const outcome = await pointer.create(newTableMetadata(table, { uuid: randomUuid(random), location, nowMs: clock.now() }))
  if (outcome.kind === 'created') {
    logger.info({ table: `${table.namespace}.${table.table}`, location }, 'created an Iceberg table')
    return loadedTable(root, outcome.current)
  }
  const existing = await loadTable(pointer, root)
  if (existing === undefined)
    throw new HeadgateError('store-unavailable', `${location} was created and dropped by others meanwhile; try again`)
  return existing
}

function assertOwned({ metadata }: LoadedTable, { namespace, table, topicId }: NewTable): void {
  const owner = metadata.properties?.[TOPIC_ID_PROPERTY]
  if (owner === topicId) return
  const whose = owner === undefined ? 'was not made by Headgate' : `belongs to the topic with id ${owner}`
  throw new HeadgateError(
    'already-exists',
    `the Iceberg table ${namespace}.${table} ${whose}; set lake.table of this topic to another name, or drop the table`,
    { facts: { table: `${namespace}.${table}`, topicId, owner } },
  )
}

function writerOf(loaded: LoadedTable, { pointer, root, table, clock, random, logger }: IcebergTableOptions): TableWriter {
  const { metadata } = loaded
  const rowType = rowTypeOfTable(loaded)
  const leaves = leavesOf(rowType)
  return {
    pointer,
    root,
    tableUuid: metadata['table-uuid'],
    topicId: table.topicId,
    metadataKey: `${keyInLake(root, metadata.location)}/metadata`,
    schema: currentSchema(metadata),
    spec: chooseSpec(metadata['partition-specs'], metadata['default-spec-id'], rowType),
    leaves,
    metricsIds: columnsWithMetrics(leaves),
    clock,
    random,
    logger,
    lists: new ManifestListCache(),
  }
}

class OpenIcebergTable implements IcebergTable {
  readonly format = 'iceberg'
  readonly rowType: StructType
  readonly partitionBy: TimePartition
  readonly #writer: TableWriter

  constructor(writer: TableWriter, loaded: LoadedTable) {
    this.#writer = writer
    this.rowType = rowTypeOfTable(loaded)
    this.partitionBy = writer.spec.partitionBy
  }

  load(signal?: AbortSignal): Promise<LoadedTable> {
    return loadForWriting(this.#writer, signal)
  }

  async progress(signal?: AbortSignal): Promise<TableProgress> {
    const { metadata } = await this.load(signal)
    return progressOf(latestOwnSnapshot(metadata, this.#writer.topicId))
  }

  append(append: TableAppend, signal?: AbortSignal): Promise<AppendOutcome> {
    return commitAppend(this.#writer, append, signal)
  }

  async *appendsAfter(progress: TableProgress): AsyncGenerator<CommittedAppend> {
    yield* appendsAfter(await this.load(), this.#writer.topicId, progress)
  }

  async wholeTable(): Promise<TableAppend | undefined> {
    return wholeTable(await this.load(), this.#writer.topicId)
  }
}
