import { HeadgateError } from '../../shared/errors.ts'
import type { JsonObject } from '../../shared/json.ts'
import type { AddFile } from './actions.ts'
import { loadState, readCommit, type DeltaLog } from './load.ts'
import type { FileState, TableState } from './table-state.ts'

/** A table as it is now, with its live files: for commands and queries. Throws `not-found` when there is no log. */
export async function readTable(log: DeltaLog): Promise<{ state: TableState; files: AddFile[] }> {
  const files: FileState = { adds: new Map(), removes: new Map() }
  const state = await loadState(log, { files })
  if (!state) throw new HeadgateError('not-found', `there is no Delta log at ${log.logPrefix}`)
  return { state, files: [...files.adds.values()] }
}

export interface DeltaVersion {
  readonly version: bigint
  readonly commitInfo: JsonObject
}

/** The newest commits, newest first, as far back as the log still has them. */
export async function recentVersions(log: DeltaLog, { versionsMax }: { versionsMax: number }): Promise<DeltaVersion[]> {
  const state = await loadState(log)
  const versions: DeltaVersion[] = []
  for (let version = state?.version ?? -1n; version >= 0n && versions.length < versionsMax; version--) {
    const actions = await readCommit(log, version)
    if (!actions) break
    const info = actions.find((action) => action.kind === 'commitInfo')
    versions.push({ version, commitInfo: info?.kind === 'commitInfo' ? info.commitInfo : {} })
  }
  return versions
}
