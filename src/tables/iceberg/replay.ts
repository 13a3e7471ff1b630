import { HeadgateError } from '../../shared/errors.ts'
import type { PreparedFile, TableAppend, TableProgress } from '../table-commit.ts'
import type { LoadedTable } from './loaded-table.ts'
import { ownLineage, type OwnSnapshot } from './progress.ts'
import { filesAddedBy, type TableFile } from './snapshot-files.ts'

/** An append that is in the table, as it was handed in; bounds in its metrics may be truncated. */
export interface CommittedAppend {
  readonly snapshotId: bigint
  readonly timestampMs: number
  readonly append: TableAppend
}

/**
 * The appends that take another log of the same files from `progress` to where this table is, oldest first: how Delta
 * follows after a crash between the two commits. One append's files are in memory at a time.
 */
export async function* appendsAfter(table: LoadedTable, topicId: string, progress: TableProgress): AsyncGenerator<CommittedAppend> {
  const missing = missingSnapshots(table, topicId, progress)
  assertReaches(table, missing, progress)
  for (const own of missing.toReversed()) {
    const files = await filesAddedBy(table, own.snapshotId)
    yield {
      snapshotId: own.snapshotId,
      timestampMs: own.snapshot['timestamp-ms'],
      append: { files: files.map(preparedFile), ranges: own.ranges, schemaIds: own.schemaIds },
    }
  }
}

/** Newest first. */
function missingSnapshots({ metadata }: LoadedTable, topicId: string, progress: TableProgress): OwnSnapshot[] {
  const missing: OwnSnapshot[] = []
  const isReached = (partition: number, nextOffset: bigint): boolean => nextOffset <= (progress.nextOffsets.get(partition) ?? 0n)
  for (const own of ownLineage(metadata, topicId)) {
    if ([...own.nextOffsets].every(([partition, nextOffset]) => isReached(partition, nextOffset))) break
    // One that is there may have been committed by a writer that never saw the one before it, of other partitions.
    if (!own.ranges.every(({ partition, nextOffset }) => isReached(partition, nextOffset))) missing.push(own)
  }
  return missing
}

/** The missing appends must begin exactly where the other log ends: anything else would double rows or lose them. */
function assertReaches({ metadata }: LoadedTable, missing: readonly OwnSnapshot[], progress: TableProgress): void {
  const reached = new Map(progress.nextOffsets)
  for (const { ranges, snapshotId } of missing.toReversed())
    for (const { partition, offsetFirst, nextOffset } of ranges) {
      if ((reached.get(partition) ?? 0n) !== offsetFirst)
        throw new HeadgateError(
          'not-found',
          `${metadata.location} no longer remembers the appends of partition ${partition} from offset ${reached.get(partition) ?? 0n} on`,
          { facts: { partition, snapshotId, offset: offsetFirst } },
        )
      reached.set(partition, nextOffset)
    }
}

function preparedFile({ key, uri, partitionValue, metrics }: TableFile): PreparedFile {
  if (key === undefined) throw new HeadgateError('store-corrupt', `${uri}, a file of Headgate's, lies outside the lake`, { facts: { uri } })
  return { key, partitionValue, metrics }
}
