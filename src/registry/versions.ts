import { registryErrors } from './registry-error.ts'
import type { RegisteredVersion, RegistryIndex } from './registry-index.ts'
import { contextPrefix, DEFAULT_CONTEXT, splitSubject } from './subject.ts'

export type WantedVersion = number | 'latest'

/** Throws 42202. */
export function parseVersion(text: string): WantedVersion {
  const trimmed = text.trim().toLowerCase()
  if (trimmed === 'latest' || trimmed === '-1') return 'latest'
  const version = Number(trimmed)
  if (!/^\+?\d+$/.test(trimmed) || version < 1 || version > VERSION_MAX) throw registryErrors.invalidVersion(text)
  return version
}

const VERSION_MAX = 0x7fff_ffff

/** Throws 40401 when the subject has none that count, 40402 when it has others. `latest` is never a soft-deleted one. */
export function wantedVersion(
  index: RegistryIndex,
  subject: string,
  wanted: WantedVersion,
  { includeDeleted }: { includeDeleted: boolean },
): RegisteredVersion {
  const found = findWanted(index, subject, wanted, { includeDeleted })
  if (found) return found
  if (!index.hasVersions(subject, { includeDeleted })) throw registryErrors.subjectNotFound(subject)
  throw registryErrors.versionNotFound(wanted === 'latest' ? -1 : wanted)
}

/** As `wantedVersion`; a subject that names no context is also looked for in every other one. */
export function wantedVersionAnywhere(
  index: RegistryIndex,
  subject: string,
  wanted: WantedVersion,
  { includeDeleted }: { includeDeleted: boolean },
): RegisteredVersion {
  for (const candidate of subjectsNamed(index, subject)) {
    const found = findWanted(index, candidate, wanted, { includeDeleted })
    if (found) return found
  }
  return wantedVersion(index, subject, wanted, { includeDeleted })
}

/** The subject itself and, when it names no context, its namesakes in all others. */
export function subjectsNamed(index: RegistryIndex, subject: string): string[] {
  if (splitSubject(subject).context !== DEFAULT_CONTEXT) return [subject]
  return index.contexts().map((context) => contextPrefix(context) + subject)
}

function findWanted(
  index: RegistryIndex,
  subject: string,
  wanted: WantedVersion,
  { includeDeleted }: { includeDeleted: boolean },
): RegisteredVersion | undefined {
  const found = wanted === 'latest' ? index.latest(subject) : index.version(subject, wanted)
  return found && (includeDeleted || !found.isDeleted) ? found : undefined
}
