import { readFolder } from '../../registry/folder/folder-files.ts'
import { textDifference } from '../../registry/folder/text-difference.ts'
import type { SchemaReference } from '../../registry/schema-content.ts'
import type { AnyRegistry, ForeignVersion } from './any-registry.ts'
import { canonicalOf } from './canonical.ts'
import { walkFolder, type FolderSchema } from './walk-folder.ts'

export interface SubjectDifference {
  readonly subject: string
  readonly status: 'equal' | 'differs' | 'only here' | 'only there'
  /** From the registry's text to the folder's, a text for each version that differs. */
  readonly differences: readonly VersionDifference[]
}

interface VersionDifference {
  /** The version of the registry that the file was held against. */
  readonly version: number
  readonly path: string
  readonly text: string
}

/**
 * Holds the folder (here) against the registry (there), by subject. A file is held against the newest version; one of a
 * history against its own, and the newest of them against the newest. Throws HeadgateError.
 */
export async function diffFolder(folder: string, registry: AnyRegistry): Promise<SubjectDifference[]> {
  const found = new Map<string, SubjectDifference>()
  await walkFolder(await readFolder(folder), async (schema) => {
    const { subject } = schema
    const there = await counterpart(schema, registry)
    if (!there) {
      found.set(subject, mergedWith(found.get(subject), { subject, status: 'only here', differences: [] }))
      return schema.version ?? 1
    }
    const text = await differenceOf(schema, there, registry)
    const differences = text === '' ? [] : [{ version: there.version, path: schema.path, text }]
    found.set(subject, mergedWith(found.get(subject), { subject, status: text === '' ? 'equal' : 'differs', differences }))
    // An edit becomes the next version, and what refers to it refers to that one.
    return text === '' ? there.version : there.version + 1
  })
  for (const subject of await registry.subjects())
    if (!found.has(subject)) found.set(subject, { subject, status: 'only there', differences: [] })
  return [...found.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1))
}

function counterpart({ subject, version, isNewest }: FolderSchema, registry: AnyRegistry): Promise<ForeignVersion | undefined> {
  return registry.version(subject, version === undefined || isNewest ? 'latest' : version)
}

/** Versions of a history that are not there make a subject that is there one that differs. */
function mergedWith(before: SubjectDifference | undefined, next: SubjectDifference): SubjectDifference {
  if (!before) return next
  const status = before.status === next.status ? next.status : 'differs'
  return { subject: next.subject, status, differences: [...before.differences, ...next.differences] }
}

/** Empty when they are the same schema. */
async function differenceOf(here: FolderSchema, there: ForeignVersion, registry: AnyRegistry): Promise<string> {
  if (here.schemaType !== there.schemaType) return `-${there.schemaType}\n+${here.schemaType}`
  const canonicalHere = await canonicalOf({ ...here, references: here.resolved })
  const canonicalThere = await canonicalOf(await registry.definitionOf(there))
  const [referencesHere, referencesThere] = [here, there].map(({ references }) => references.map(referenceText).sort().join('\n'))
  const isSameVersion = here.version === undefined || here.version === there.version
  const parts = [
    isSameVersion ? '' : `-version ${there.version}\n+version ${here.version}`,
    canonicalHere === canonicalThere ? '' : textDifference(canonicalThere, canonicalHere),
    referencesHere === referencesThere ? '' : textDifference(referencesThere ?? '', referencesHere ?? ''),
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function referenceText({ name, subject, version }: SchemaReference): string {
  return `${name} is version ${version} of ${subject}`
}
