import { assert } from '../shared/assert.ts'
import type { SchemaType } from '../schema/language.ts'
import type { SchemaChange } from '../state/state-store.ts'
import { incompatibilities, type ComparedSchema, type EarlierVersion } from './compatibility.ts'
import { configInScope, type CompatibilityLevel, type RegistryConfig } from './config.ts'
import { guidOf } from './identity.ts'
import { tagsIn, withTags, type TagChanges } from './inline-tags.ts'
import { checkLake } from './lake-check.ts'
import { findVersion, newestHolding } from './lookup.ts'
import { VERSION_PROPERTY, withVersionProperty } from './metadata.ts'
import { isImporting, isReadOnly, modeInScope, type Mode } from './mode.ts'
import { registryErrors } from './registry-error.ts'
import type { RegisteredSchema } from './context-schemas.ts'
import { CONTEXT_KEY, type RegisteredVersion } from './registry-index.ts'
import type { Decision, RegistryView, VersionName } from './registry-view.ts'
import { forbiddenField, reservedFieldMessages } from './reserved-fields.ts'
import { checkRuleSet } from './rule-set.ts'
import { contentText, referencesText, type ResolvedSchemaReference, type SchemaContent, type SchemaReference } from './schema-content.ts'
import { contextPrefix, DEFAULT_CONTEXT, splitSubject, subjectBeside } from './subject.ts'
import { readSubmitted, withInherited, type ReadSchema, type SubmittedSchema } from './submitted-schema.ts'

/**
 * Registers a schema as the next version of a subject. What the subject has already is answered as it is, whatever the
 * mode. The same content gets the same id in a context, and a new content a new one. Throws RegistryError.
 */
export function decideRegistration(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  { isNormalized }: { isNormalized: boolean },
): Decision<VersionName> {
  const existing = existingVersion(view, subject, submitted, isNormalized)
  if (existing) return { changes: [], result: existing }
  const mode = modeInScope(view.index, subject)
  checkMode(mode, subject, submitted)
  const config = configInScope(view.index, subject)
  const version = versionFor(view, subject, submitted, mode)
  const complete = isImporting(mode) ? submitted : completed(view, { subject, submitted, config, version })
  const read = readSubmitted(view, subject, complete, {
    isNormalized: isNormalized || config.normalize === true,
    mayReferToDeleted: false,
    isNew: !isImporting(mode) && config.validateNewSchemas !== false,
  })
  const live = view.index.liveVersions(subject)
  // With what it inherits it may be one of those that are there.
  const same = submitted.version === undefined && submitted.schemaId === undefined ? newestHolding(view, live, read) : undefined
  if (same) return { changes: [], result: same }
  if (!isImporting(mode)) checkContent(view, subject, read, config)
  checkLake(subject, read.parsed, view.tableOf(subject))
  return {
    changes: changesFor(view, { subject, version, content: read.content, schemaId: submitted.schemaId }),
    result: { subject, version },
  }
}

function existingVersion(
  view: RegistryView,
  subject: string,
  submitted: SubmittedSchema,
  isNormalized: boolean,
): RegisteredVersion | undefined {
  const isNewText = submitted.schema.trim() === '' || submitted.tags !== undefined || submitted.isTaggedAsBefore === true
  if (isNewText || submitted.version !== undefined) return undefined
  const found = findVersion(view, subject, submitted, { isNormalized, includeDeleted: false })
  if (!found || submitted.schemaId === undefined || found.schema.schemaId === submitted.schemaId) return found
  if (isImporting(modeInScope(view.index, subject))) throw registryErrors.idDoesNotMatch(found.schema.schemaId, submitted.schemaId)
  return undefined
}

function checkMode(mode: Mode, subject: string, { schemaId }: SubmittedSchema): void {
  if (isReadOnly(mode)) throw notInMode(subject, 'is in read-only mode')
  if (schemaId !== undefined && !isImporting(mode)) throw notInMode(subject, 'is not in import mode')
  if (schemaId === undefined && mode !== 'READWRITE') throw notInMode(subject, 'is not in read-write mode')
}

export function notInMode(subject: string | null, what: string): Error {
  return registryErrors.operationNotPermitted(`Subject ${subject} in context ${contextPrefix(splitSubject(subject ?? '').context)} ${what}`)
}

function versionFor({ index }: RegistryView, subject: string, { version }: SubmittedSchema, mode: Mode): number {
  const next = (index.versions(subject).at(-1)?.version ?? 0) + 1
  if (version === undefined || version === -1 || version === next) return next
  if (isImporting(mode)) return version
  throw registryErrors.invalidSchema(`Version is not one more than previous version; expected ${next}, got ${version}`)
}

function completed(
  { index, schemas }: RegistryView,
  { subject, submitted, config, version }: { subject: string; submitted: SubmittedSchema; config: RegistryConfig; version: number },
): SubmittedSchema {
  const latest = index.latest(subject)
  const previous = latest && schemas.content(latest.schema)
  const { schemaType, schema: text, references } = previous && submitted.schema.trim() === '' ? previous : submitted
  const schema = withTags(schemaType, text, tagChanges(submitted, previous))
  const inherited = withInherited({ ...submitted, schemaType, schema, references }, config, previous)
  const isStamped =
    submitted.version !== undefined || submitted.tags !== undefined || inherited.metadata?.properties?.[VERSION_PROPERTY] !== undefined
  return isStamped ? { ...inherited, metadata: withVersionProperty(inherited.metadata, version) } : inherited
}

function tagChanges({ tags, isTaggedAsBefore, schemaType }: SubmittedSchema, previous: SchemaContent | undefined): TagChanges {
  const { add, remove } = tags ?? { add: [], remove: [] }
  const isTaggedOn = isTaggedAsBefore === true && previous?.schemaType === schemaType
  return { add: isTaggedOn ? [...tagsIn(schemaType, previous.schema), ...add] : add, remove }
}

/** Throws RegistryError 409, 42201 or 42210. */
function checkContent(
  view: RegistryView,
  subject: string,
  read: ReadSchema,
  config: RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel },
): void {
  if (read.content.ruleSet && config.validateRules !== false) checkRuleSet(read.content.ruleSet)
  const messages = messagesAgainst(view, read, view.index.liveVersions(subject), config)
  if (messages.length > 0) throw registryErrors.incompatible(subject, messages)
}

/** Why a schema may not follow these versions (ascending), as messages for people; none when it may. */
export function messagesAgainst(
  { schemas }: RegistryView,
  { parsed, content }: ReadSchema,
  versions: readonly RegisteredVersion[],
  config: RegistryConfig & { readonly compatibilityLevel: CompatibilityLevel },
): string[] {
  const candidate: ComparedSchema = { parsed, metadata: content.metadata }
  const isValidated = config.validateFields === true
  if (isValidated) checkFieldNames(candidate)
  const newest = versions.at(-1)
  const previous = isValidated && newest ? schemas.content(newest.schema).metadata : undefined
  const messages = [
    ...(isValidated ? reservedFieldMessages(candidate, previous) : []),
    ...incompatibilities(candidate, versions.toReversed().map(earlierVersion), { config, language: schemas.language(parsed.schemaType) }),
  ]
  if (messages.length === 0) return []
  return [...messages, `{validateFields: '${isValidated}', compatibility: '${config.compatibilityLevel}'}`]

  function earlierVersion({ version, schema }: RegisteredVersion): EarlierVersion {
    return {
      version,
      schemaType: schema.schemaType,
      metadata: () => schemas.content(schema).metadata,
      parsed: () => schemas.parsed(schema),
    }
  }
}

function checkFieldNames({ parsed }: ComparedSchema): void {
  const forbidden = forbiddenField(parsed)
  if (forbidden !== undefined)
    throw registryErrors.invalidSchema(`Invalid schema of type JSON, details: field ${forbidden}: names that start with $$ are reserved`)
}

function changesFor(
  view: RegistryView,
  { subject, version, content, schemaId: wantedId }: VersionName & { content: SchemaContent; schemaId: number | undefined },
): SchemaChange[] {
  const { context } = splitSubject(subject)
  const guid = guidOf(content)
  const known = knownSchema(view, context, { guid, schemaType: content.schemaType, wantedId })
  const schemaId = known?.schemaId ?? wantedId ?? nextId(view, context)
  const references = content.references.map((reference) => withSchemaId(view, subject, reference))
  const stored = { context, schemaId, guid, schemaType: content.schemaType, references: referencesText(references) }
  const outlived = view.index.versions(subject).filter((other) => other.isDeleted && other.schema === known && other.version < version)
  return [
    ...contextChanges(view, context),
    ...(known ? [] : [{ kind: 'put-schema', schema: stored, text: contentText(content) } as const]),
    ...outlived.map((other) => ({ kind: 'remove-version', subject, version: other.version }) as const),
    { kind: 'put-version', version: { subject, version, context, schemaId, isDeleted: false, createdAtMs: view.nowMs() } },
  ]
}

function nextId({ index }: RegistryView, context: string): number {
  const schemaId = index.maxId(context) + 1
  // Records carry 32 bits, and Java reads them as signed.
  if (schemaId > 0x7fff_ffff) throw registryErrors.storeFailed(`the ids of context ${context} are used up; use another context`)
  return schemaId
}

function withSchemaId({ index }: RegistryView, subject: string, reference: SchemaReference): ResolvedSchemaReference {
  const found = index.version(subjectBeside(subject, reference.subject), reference.version)
  assert(found, 'a reference that was read is not there')
  return { ...reference, schemaId: found.schema.schemaId }
}

/**
 * The schema that has this content already. A text that is a schema of two languages is two: records say an id and no
 * type. Throws 42205 when the wanted id is another content's.
 */
function knownSchema(
  { index }: RegistryView,
  context: string,
  { guid, schemaType, wantedId }: { guid: string; schemaType: SchemaType; wantedId: number | undefined },
): RegisteredSchema | undefined {
  const same = index.schemasByGuid(context, guid).filter((schema) => schema.schemaType === schemaType)
  if (wantedId === undefined) return same[0]
  const taken = index.schema(context, wantedId)
  if (taken && !same.includes(taken) && taken.uses.length > 0)
    throw registryErrors.operationNotPermitted(
      `Overwrite new schema with id ${wantedId} in context ${contextPrefix(context)} is not permitted.`,
    )
  return same.find(({ schemaId }) => schemaId === wantedId)
}

/** The first subject of a context makes it one. */
function contextChanges({ index }: RegistryView, context: string): SchemaChange[] {
  const key = CONTEXT_KEY + context
  if (context === DEFAULT_CONTEXT || index.document(key) !== undefined) return []
  return [{ kind: 'put-document', key, json: 'true' }]
}
