import type { ObjectStore } from '../../objects/object-store.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { parseJson } from '../../shared/json.ts'
import { asBuffer } from '../../shared/bytes.ts'
import { parseCommit, type Action } from './actions.ts'
import { decodeCheckpoint } from './checkpoint.ts'
import { checkpointName, commitName, LAST_CHECKPOINT, parseLogName } from './log-names.ts'
import { applyActions, type FileState, type TableState } from './table-state.ts'

/** Where a table's log is: keys are `<logPrefix>/<name>`. */
export interface DeltaLog {
  readonly store: ObjectStore
  readonly logPrefix: string
}

/** Reads the whole log: the newest checkpoint, then the commits after it. Undefined when there is no table. */
export async function loadState(
  log: DeltaLog,
  { signal, files }: { signal?: AbortSignal; files?: FileState } = {},
): Promise<TableState | undefined> {
  const checkpoint = await newestCheckpoint(log, signal)
  let state: TableState | undefined
  if (checkpoint) {
    const actions = await readCheckpoint(log, checkpoint, signal)
    state = applyActions(undefined, { version: checkpoint.version, actions }, files)
  }
  return followCommits(log, state, { signal, files })
}

/** Applies the commits after a state, one by one, until there is no next one. */
export async function followCommits(
  log: DeltaLog,
  known: TableState | undefined,
  { signal, files }: { signal?: AbortSignal | undefined; files?: FileState | undefined } = {},
): Promise<TableState | undefined> {
  let state = known
  for (;;) {
    const version = state === undefined ? 0n : state.version + 1n
    const actions = await readCommit(log, version, signal)
    if (!actions) return state
    state = applyActions(state, { version, actions }, files)
  }
}

export async function readCommit({ store, logPrefix }: DeltaLog, version: bigint, signal?: AbortSignal): Promise<Action[] | undefined> {
  const key = `${logPrefix}/${commitName(version)}`
  const bytes = await store.get(key, signal ? { signal } : {})
  return bytes && parseCommit(asBuffer(bytes).toString('utf8'), key)
}

interface Checkpoint {
  readonly version: bigint
  readonly names: readonly string[]
}

/** `_last_checkpoint` is a hint: it may be missing, stale, or name a checkpoint that is gone. */
async function newestCheckpoint(log: DeltaLog, signal?: AbortSignal): Promise<Checkpoint | undefined> {
  const hinted = await hintedVersion(log, signal)
  const checkpoints = await listCheckpoints(log, { after: hinted === undefined ? '' : checkpointName(hinted - 1n), signal })
  if (checkpoints.length > 0 || hinted === undefined) return checkpoints.at(-1)
  return (await listCheckpoints(log, { after: '', signal })).at(-1)
}

async function hintedVersion({ store, logPrefix }: DeltaLog, signal?: AbortSignal): Promise<bigint | undefined> {
  const bytes = await store.get(`${logPrefix}/${LAST_CHECKPOINT}`, signal ? { signal } : {})
  if (!bytes) return undefined
  try {
    const { version } = parseJson(asBuffer(bytes).toString('utf8')) as { version: number | bigint }
    return version > 0 ? BigInt(version) : undefined
  } catch {
    // An unreadable hint is no hint: the list of the log is the truth.
    return undefined
  }
}

/** Complete checkpoints after a name, oldest first. */
async function listCheckpoints(
  { store, logPrefix }: DeltaLog,
  { after, signal }: { after: string; signal: AbortSignal | undefined },
): Promise<Checkpoint[]> {
  const found: Checkpoint[] = []
  let parts: { version: bigint; partCount: number; names: string[] } | undefined
  let last = after === '' ? undefined : `${logPrefix}/${after}`
  for (;;) {
    const heads = await store.list(`${logPrefix}/`, {
      keysMax: limits.deltaListPageMax,
      ...(last === undefined ? {} : { after: last }),
      ...(signal ? { signal } : {}),
    })
    for (const { key } of heads) {
      const name = key.slice(logPrefix.length + 1)
      const parsed = parseLogName(name)
      if (parsed.kind !== 'checkpoint') continue
      if (parts?.version !== parsed.version || parts.partCount !== parsed.partCount)
        parts = { version: parsed.version, partCount: parsed.partCount, names: [] }
      parts.names.push(name)
      if (parts.names.length === parts.partCount) found.push({ version: parts.version, names: parts.names })
    }
    last = heads.at(-1)?.key
    if (last === undefined || heads.length < limits.deltaListPageMax) return found
  }
}

async function readCheckpoint({ store, logPrefix }: DeltaLog, { names }: Checkpoint, signal?: AbortSignal): Promise<Action[]> {
  const actions: Action[] = []
  for (const name of names) {
    const key = `${logPrefix}/${name}`
    const bytes = await store.get(key, signal ? { signal } : {})
    if (!bytes) throw new HeadgateError('store-unavailable', `${key} went away while it was read; try again`)
    actions.push(...(await decodeCheckpoint(bytes, key)))
  }
  return actions
}
