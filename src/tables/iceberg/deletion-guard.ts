import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { backoffMs } from '../../shared/retry.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Random } from '../../shared/random.ts'
import { nextMetadataLog } from './history.ts'
import { loadTable, type LoadedTable } from './loaded-table.ts'
import type { TableMetadata } from './metadata.ts'
import type { TablePointer } from './table-pointer.ts'

/**
 * While a Delta log names the same files, expiry, orphan removal and purge by others would delete what it still needs:
 * `gc.enabled=false` stops them; rewriting still works. New tables are made with it, older ones get it here.
 */
export const DELETION_GUARD = { 'gc.enabled': 'false' } as const

export interface GuardOptions {
  readonly pointer: TablePointer
  readonly clock: Clock
  readonly random: Random
}

/** The table with the guard on, whoever put it there. */
export async function guardedTable(table: LoadedTable, { pointer, clock, random }: GuardOptions): Promise<LoadedTable> {
  let latest: LoadedTable | undefined = table
  for (let attempt = 1; attempt <= limits.commitAttemptsMax; attempt++) {
    if (latest === undefined) throw new HeadgateError('not-found', `the table at ${table.metadata.location} is gone from the catalog`)
    if (isGuarded(latest.metadata)) return latest
    await pointer.swap(latest.current, withGuard(latest, clock.now()))
    latest = await loadTable(pointer, table.root)
    if (latest !== undefined && !isGuarded(latest.metadata)) await clock.sleep(backoffMs(attempt, limits.commitBackoff, random))
  }
  throw new HeadgateError(
    'commit-contended',
    `gc.enabled=false could not be set on ${table.metadata.location} against other writers; try again`,
  )
}

function isGuarded({ properties }: TableMetadata): boolean {
  return properties?.['gc.enabled'] === DELETION_GUARD['gc.enabled']
}

function withGuard({ metadata, current }: LoadedTable, nowMs: number): TableMetadata {
  return {
    ...metadata,
    properties: { ...metadata.properties, ...DELETION_GUARD },
    'last-updated-ms': Math.max(nowMs, metadata['last-updated-ms'] + 1),
    'metadata-log': nextMetadataLog(metadata, { 'timestamp-ms': metadata['last-updated-ms'], 'metadata-file': current.location }),
  }
}
