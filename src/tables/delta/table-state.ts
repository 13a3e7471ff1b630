import { HeadgateError } from '../../shared/errors.ts'
import type { Action, AddFile, MetaData, Protocol, RemoveFile } from './actions.ts'

/** What a table is at one version, as its log replays to (Delta protocol, "Action Reconciliation"), without its files. */
export interface TableState {
  readonly version: bigint
  readonly protocol: Protocol
  readonly metaData: MetaData
  /** Latest version per application id, and the table version that set it. */
  readonly txns: ReadonlyMap<string, { readonly version: bigint; readonly lastUpdatedMs: number | undefined; readonly setAt: bigint }>
}

/** Live files and tombstones by path; kept only while somebody needs them, because a table has many. */
export interface FileState {
  readonly adds: Map<string, AddFile>
  readonly removes: Map<string, RemoveFile>
}

/** The state after one more commit. Throws `store-corrupt` when the first one lacks its protocol or metadata. */
export function applyActions(
  before: TableState | undefined,
  { version, actions }: { version: bigint; actions: readonly Action[] },
  files?: FileState,
): TableState {
  let protocol = before?.protocol
  let metaData = before?.metaData
  const txns = new Map(before?.txns)
  for (const action of actions) {
    if (action.kind === 'protocol') protocol = action.protocol
    else if (action.kind === 'metaData') metaData = action.metaData
    else if (action.kind === 'txn') {
      const { appId, version: txnVersion, lastUpdatedMs } = action.txn
      txns.set(appId, { version: txnVersion, lastUpdatedMs, setAt: version })
    } else if (files && action.kind === 'add') {
      files.adds.set(action.add.path, action.add)
      files.removes.delete(action.add.path)
    } else if (files && action.kind === 'remove') {
      files.adds.delete(action.remove.path)
      files.removes.set(action.remove.path, action.remove)
    }
  }
  if (!protocol || !metaData) throw new HeadgateError('store-corrupt', `Delta version ${version} has no protocol or no metadata before it`)
  return { version, protocol, metaData, txns }
}
