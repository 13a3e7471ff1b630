import { HeadgateError } from '../../shared/errors.ts'
import type { PreparedFile, TableAppend } from '../table-commit.ts'
import type { LoadedTable } from './loaded-table.ts'
import { latestOwnSnapshot } from './progress.ts'
import { liveFiles } from './snapshot-files.ts'

/**
 * Everything the table holds now, as one append to an empty log over the same files: how a format that is switched on
 * later begins. Rows of other writers come along, as they are rows of the table. Undefined for a table without commits.
 */
export async function wholeTable(table: LoadedTable, topicId: string): Promise<TableAppend | undefined> {
  const own = latestOwnSnapshot(table.metadata, topicId)
  if (!own) return undefined
  const files: PreparedFile[] = []
  for await (const { key, uri, content, format, partitionValue, metrics } of liveFiles(table)) {
    if (key === undefined || content !== 'data' || format.toUpperCase() !== 'PARQUET')
      throw new HeadgateError(
        'unsupported',
        `${uri} (${content}, ${format}) was written by others and cannot be named by a second log; rewrite the table's data files first`,
      )
    files.push({ key, partitionValue, metrics })
  }
  return {
    files,
    ranges: [...own.nextOffsets].map(([partition, nextOffset]) => ({
      partition,
      offsetFirst: 0n,
      nextOffset,
      highTimestampMs: own.highTimestampsMs.get(partition) ?? -1n,
    })),
    schemaIds: own.schemaIds,
  }
}
