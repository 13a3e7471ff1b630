import type { Topic } from '../broker/topics.ts'
import { uriOf } from '../objects/lake-root.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { TablesContext } from '../sink/open-tables.ts'
import { deltaLogOf } from '../tables/delta/delta-table.ts'
import { ROW_TYPE_PROPERTY } from '../tables/delta/new-table.ts'
import { readTable, recentVersions } from '../tables/delta/read-table.ts'
import { listSnapshots, loadTable, rowTypeOfTable, type LoadedTable } from '../tables/iceberg/loaded-table.ts'
import { liveFiles } from '../tables/iceberg/snapshot-files.ts'
import type { FileSummary, SnapshotSummary, TableDescription, TableSummary } from './admin.ts'
import { typeText } from '../columns/type-text.ts'

/** What `/v1/tables` says of a topic's table, read from the table's own metadata. Loaded with the first such request. */
export interface TableViewContext {
  readonly tables: TablesContext
}

export function summarizeTable({ name, settings }: Topic, { tables }: TableViewContext): TableSummary {
  const { table, formats } = settings.lake
  return { ...table, topic: name, formats, location: uriOf(tables.root, `${table.namespace}/${table.table}`) }
}

export async function describeTable(topic: Topic, context: TableViewContext): Promise<TableDescription> {
  const { formats, partitionBy } = topic.settings.lake
  const iceberg = formats.includes('iceberg') ? await icebergTable(topic, context) : undefined
  const delta = formats.includes('delta') ? await readTable(deltaLogOf(context.tables.root, topic.settings.lake.table)) : undefined
  const files = await listFiles(topic, context)
  const rowType = iceberg
    ? rowTypeOfTable(iceberg)
    : (JSON.parse(delta?.state.metaData.configuration[ROW_TYPE_PROPERTY] ?? '{"fields":[]}') as ReturnType<typeof rowTypeOfTable>)
  return {
    ...summarizeTable(topic, context),
    columns: rowType.fields.map(({ name, type, isNullable, fieldId }) => ({ name, type: typeText(type), isNullable, fieldId })),
    partitionBy: iceberg && partitionBy !== 'none' ? `${partitionBy}(_kafka_timestamp)` : 'none',
    icebergSnapshotId: (iceberg && listSnapshots(iceberg).find(({ isCurrent }) => isCurrent)?.snapshotId) ?? null,
    deltaVersion: delta?.state.version ?? null,
    rowCount: files.reduce((sum, { rowCount }) => sum + rowCount, 0n),
    fileCount: files.length,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0n),
    properties: { ...iceberg?.metadata.properties },
  }
}

async function icebergTable(topic: Topic, { tables }: TableViewContext): Promise<LoadedTable> {
  const { table } = topic.settings.lake
  const loaded = await loadTable(tables.catalog.pointer(table), tables.root)
  if (!loaded)
    throw new HeadgateError('not-found', `table ${table.namespace}.${table.table} is not created yet; it is with the topic's first flush`)
  return loaded
}

/** Of the leading format: with both on, the other one names the same files. */
export async function listFiles(topic: Topic, context: TableViewContext): Promise<FileSummary[]> {
  const { table, formats } = topic.settings.lake
  if (!formats.includes('iceberg')) {
    const { files } = await readTable(deltaLogOf(context.tables.root, table))
    return files.map(({ path, sizeBytes, stats }) => ({
      path,
      rowCount: BigInt((JSON.parse(stats ?? '{}') as { numRecords?: number }).numRecords ?? 0),
      sizeBytes: BigInt(sizeBytes),
      partition: null,
    }))
  }
  const files: FileSummary[] = []
  for await (const { uri, metrics, partitionPath } of liveFiles(await icebergTable(topic, context))) {
    files.push({
      path: uri,
      rowCount: BigInt(metrics.rowCount),
      sizeBytes: BigInt(metrics.sizeBytes),
      partition: partitionPath === '' ? null : partitionPath,
    })
  }
  return files
}

export async function listVersions(topic: Topic, context: TableViewContext): Promise<SnapshotSummary[]> {
  const { table, formats } = topic.settings.lake
  const versions: SnapshotSummary[] = []
  if (formats.includes('iceberg')) {
    for (const { snapshotId, timestampMs, summary } of listSnapshots(await icebergTable(topic, context)).toReversed()) {
      versions.push({
        format: 'iceberg',
        version: snapshotId,
        committedAtMs: timestampMs,
        operation: summary['operation'] ?? 'append',
        addedRows: countOrNull(summary['added-records']),
        addedFiles: numberOrNull(summary['added-data-files']),
      })
    }
  }
  if (formats.includes('delta')) {
    const log = deltaLogOf(context.tables.root, table)
    for (const { version, commitInfo } of await recentVersions(log, { versionsMax: limits.listedVersionsMax })) {
      const metrics = (commitInfo['operationMetrics'] ?? {}) as { numOutputRows?: string; numAddedFiles?: string }
      versions.push({
        format: 'delta',
        version,
        committedAtMs: Number(commitInfo['timestamp'] ?? 0),
        operation: typeof commitInfo['operation'] === 'string' ? commitInfo['operation'] : 'unknown',
        addedRows: countOrNull(metrics.numOutputRows),
        addedFiles: numberOrNull(metrics.numAddedFiles),
      })
    }
  }
  return versions
}

function countOrNull(text: string | undefined): bigint | null {
  return text === undefined ? null : BigInt(text)
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}
