import { configAt, configKey, defaultConfig, ROOT_SCOPE, updatedConfig, type ConfigUpdate, type RegistryConfig } from './config.ts'
import { defaultMode, isImporting, isReadOnly, modeAt, modeInScope, modeKey, type Mode } from './mode.ts'
import { notInMode } from './registration.ts'
import { registryErrors } from './registry-error.ts'
import type { RegistryIndex } from './registry-index.ts'
import type { Decision, RegistryView } from './registry-view.ts'
import { splitSubject } from './subject.ts'

/** `scope` is a subject, the prefix of a context, or '' for the whole registry. Answers the config as it is now. */
export function decideConfigUpdate({ index }: RegistryView, scope: string, update: ConfigUpdate): Decision<RegistryConfig> {
  checkWritable(index, scope)
  const config = updatedConfig(configAt(index, scope), update)
  const key = configKey(scope)
  const isEmpty = Object.keys(config).length === 0
  if (isEmpty && index.document(key) === undefined) return { changes: [], result: config }
  return {
    changes: [isEmpty ? { kind: 'remove-document', key } : { kind: 'put-document', key, json: JSON.stringify(config) }],
    result: config,
  }
}

/** Answers the config that was. Throws 40401 for a scope that has none of its own. */
export function decideConfigRemoval({ index }: RegistryView, scope: string): Decision<RegistryConfig> {
  const config = configAt(index, scope)
  if (config === undefined && scope !== ROOT_SCOPE) throw registryErrors.subjectNotFound(scope)
  checkWritable(index, scope)
  const changes = config === undefined ? [] : [{ kind: 'remove-document', key: configKey(scope) } as const]
  return { changes, result: scope === ROOT_SCOPE ? { ...defaultConfig, ...config } : (config ?? {}) }
}

/** Throws 42205 when ids are to come from outside while subjects with ids of their own are there, unless it is forced. */
export function decideModeUpdate(
  { index }: RegistryView,
  scope: string,
  { mode, isForced }: { mode: Mode; isForced: boolean },
): Decision<Mode> {
  if (scope !== ROOT_SCOPE && (mode === 'FORWARD' || mode === 'READONLY_OVERRIDE'))
    throw registryErrors.operationNotPermitted(`Mode ${mode} is only supported for the whole registry`)
  const becomesImport = isImporting(mode) && !isImporting(modeInScope(index, scope))
  if (becomesImport && !isForced && hasLiveSubjects(index, scope))
    throw registryErrors.operationNotPermitted('Cannot import since found existing subjects')
  return { changes: [{ kind: 'put-document', key: modeKey(scope), json: JSON.stringify(mode) }], result: mode }
}

/** Answers the mode that was; with `isRecursive`, the modes of a context's subjects go as well. Throws 40401. */
export function decideModeRemoval({ index }: RegistryView, scope: string, { isRecursive }: { isRecursive: boolean }): Decision<Mode> {
  const mode = modeAt(index, scope)
  if (mode === undefined && scope !== ROOT_SCOPE) throw registryErrors.subjectNotFound(scope)
  const isWhole = scope === ROOT_SCOPE || splitSubject(scope).name === ''
  const below = isRecursive && isWhole ? index.documentKeys(modeKey(scope)).filter((key) => key !== modeKey(scope)) : []
  const keys = [...(mode === undefined ? [] : [modeKey(scope)]), ...below]
  return { changes: keys.map((key) => ({ kind: 'remove-document', key })), result: mode ?? defaultMode }
}

function checkWritable(index: RegistryIndex, scope: string): void {
  if (isReadOnly(modeInScope(index, scope))) throw notInMode(scope === ROOT_SCOPE ? null : scope, 'is in read-only mode')
}

function hasLiveSubjects(index: RegistryIndex, scope: string): boolean {
  const isWhole = scope === ROOT_SCOPE || splitSubject(scope).name === ''
  if (!isWhole) return index.latest(scope) !== undefined
  for (const subject of index.subjectsWithPrefix(scope)) if (index.latest(subject)) return true
  return false
}
