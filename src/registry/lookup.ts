import { configInScope } from './config.ts'
import { guidOf } from './identity.ts'
import { VERSION_PROPERTY, withoutVersionProperty } from './metadata.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { RegistryView } from './registry-view.ts'
import { parseContent } from './schema-content.ts'
import { readSubmitted, withInherited, type ReadSchema, type SubmittedSchema } from './submitted-schema.ts'

export interface LookupOptions {
  readonly isNormalized: boolean
  readonly includeDeleted: boolean
}

/**
 * The version of the subject that holds a schema: the newest, when several do. A schema that brings no metadata or rules
 * is also looked for with those it would inherit. Throws RegistryError 42201.
 */
export function findVersion(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  { isNormalized, includeDeleted }: LookupOptions,
): RegisteredVersion | undefined {
  const config = configInScope(view.index, subject)
  const options = { isNormalized: isNormalized || config.normalize === true, mayReferToDeleted: true, isNew: false }
  const read = readSubmitted(view, subject, submitted, options)
  const candidates = view.index.versions(subject).filter(({ isDeleted }) => includeDeleted || !isDeleted)
  const found = newestHolding(view, candidates, read)
  const latest = view.index.latest(subject)
  if (found || !latest) return found
  const inherited = withInherited(submitted, config, view.schemas.content(latest.schema))
  if (inherited.metadata === submitted.metadata && inherited.ruleSet === submitted.ruleSet) return undefined
  return newestHolding(view, candidates, readSubmitted(view, subject, inherited, options))
}

/** Versions ascending. */
export function newestHolding(
  view: RegistryView,
  versions: readonly RegisteredVersion[],
  { parsed, content }: ReadSchema,
): RegisteredVersion | undefined {
  const guid = guidOf(content)
  // The type is not part of the identity, and one text may be a schema of two languages.
  const ofType = versions.filter(({ schema }) => schema.schemaType === content.schemaType)
  return (
    ofType.findLast(({ schema }) => schema.guid === guid) ??
    ofType.findLast((version) => isSameButForItsVersion(view, version, guid) || isSameWrittenOut(view, version, { parsed, content }))
  )
}

/** The registry wrote the version into the metadata; the client knows nothing of it. */
function isSameButForItsVersion({ schemas }: RegistryView, { schema }: RegisteredVersion, guid: string): boolean {
  const text = schemas.text(schema)
  if (!text.includes(VERSION_PROPERTY)) return false
  const { metadata, ...content } = parseContent(text)
  const rest = withoutVersionProperty(metadata)
  return guidOf({ ...content, ...(rest ? { metadata: rest } : {}) }) === guid
}

/** Clients that resolve references themselves send the schema with everything written into it. */
function isSameWrittenOut({ schemas }: RegistryView, { schema }: RegisteredVersion, { parsed, content }: ReadSchema): boolean {
  if (content.references.length > 0 || schema.references.length === 0) return false
  const registered = schemas.content(schema)
  const isSameElse = guidOf({ ...content, schema: '' }) === guidOf({ ...registered, schema: '', references: [] })
  return isSameElse && parsed.formattedText('resolved') !== undefined && resolvedText(schemas.parsed(schema)) === resolvedText(parsed)
}

function resolvedText(parsed: ReadSchema['parsed']): string | undefined {
  return parsed.formattedText('resolved')
}
