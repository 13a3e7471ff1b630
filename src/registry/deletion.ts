import type { SchemaChange, StoredVersion } from '../state/state-store.ts'
import { configKey } from './config.ts'
import { isReadOnly, modeInScope, modeKey } from './mode.ts'
import { notInMode } from './registration.ts'
import { registryErrors } from './registry-error.ts'
import { CONTEXT_KEY, type RegisteredVersion, type RegistryIndex } from './registry-index.ts'
import type { Decision, RegistryView } from './registry-view.ts'
import { contextPrefix, DEFAULT_CONTEXT } from './subject.ts'
import { wantedVersion, type WantedVersion } from './versions.ts'

/**
 * Deletes in two steps, as Confluent's registry does: first softly, which hides a version from lists, lookups and
 * compatibility and leaves its id to consumers; then for good, which only what was deleted softly can be.
 * Answers the versions that went. Throws RegistryError.
 */
export function decideSubjectDeletion(view: RegistryView, subject: string, { isPermanent }: { isPermanent: boolean }): Decision<number[]> {
  const { index } = view
  const versions = index.versions(subject)
  const live = index.liveVersions(subject)
  if (versions.length === 0) throw registryErrors.subjectNotFound(subject)
  if (!isPermanent && live.length === 0) throw registryErrors.subjectSoftDeleted(subject)
  checkWritable(view, subject)
  const going = isPermanent ? versions : live
  for (const version of going) checkUnreferenced(index, version)
  if (isPermanent && live.length > 0) throw registryErrors.subjectNotSoftDeleted(subject)
  return {
    changes: [...going.map(isPermanent ? removal : softDeletion), ...settingsRemoval(index, subject)],
    result: going.map(({ version }) => version),
  }
}

export function decideVersionDeletion(
  view: RegistryView,
  subject: string,
  { wanted, isPermanent }: { wanted: WantedVersion; isPermanent: boolean },
): Decision<number> {
  const { index } = view
  const version = wantedVersion(index, subject, wanted, { includeDeleted: true })
  checkWritable(view, subject)
  if (!isPermanent && version.isDeleted) throw registryErrors.versionSoftDeleted(subject, version.version)
  checkUnreferenced(index, version)
  if (isPermanent && !version.isDeleted) throw registryErrors.versionNotSoftDeleted(subject, version.version)
  const others = index.versions(subject).filter((other) => other !== version && (isPermanent || !other.isDeleted))
  return {
    changes: [isPermanent ? removal(version) : softDeletion(version), ...(others.length === 0 ? settingsRemoval(index, subject) : [])],
    result: version.version,
  }
}

/** A context goes when nothing lives in it, soft-deleted versions included, and takes its own settings along. */
export function decideContextDeletion({ index }: RegistryView, context: string): Decision<void> {
  const scope = contextPrefix(context)
  const isEmpty = index.subjectsWithPrefix(scope)[Symbol.iterator]().next().done
  if (context === DEFAULT_CONTEXT || !isEmpty) throw registryErrors.contextNotEmpty(context)
  const key = CONTEXT_KEY + context
  const isKnown = index.document(key) !== undefined
  return { changes: [...(isKnown ? [{ kind: 'remove-document', key } as const] : []), ...settingsRemoval(index, scope)], result: undefined }
}

function checkWritable({ index }: RegistryView, subject: string): void {
  if (isReadOnly(modeInScope(index, subject))) throw notInMode(subject, 'is in read-only mode')
}

function checkUnreferenced(index: RegistryIndex, { subject, version }: RegisteredVersion): void {
  if (index.referrers(subject, version).length > 0) throw registryErrors.referenceExists(subject, version)
}

function removal({ subject, version }: RegisteredVersion): SchemaChange {
  return { kind: 'remove-version', subject, version }
}

function softDeletion(version: RegisteredVersion): SchemaChange {
  return { kind: 'put-version', version: { ...storedVersion(version), isDeleted: true } }
}

function storedVersion({ subject, version, schema, isDeleted, createdAtMs }: RegisteredVersion): StoredVersion {
  return { subject, version, context: schema.context, schemaId: schema.schemaId, isDeleted, createdAtMs }
}

/** A subject that comes back later starts with the defaults. */
function settingsRemoval(index: RegistryIndex, scope: string): SchemaChange[] {
  return [configKey(scope), modeKey(scope)]
    .filter((key) => index.document(key) !== undefined)
    .map((key) => ({ kind: 'remove-document', key }))
}
