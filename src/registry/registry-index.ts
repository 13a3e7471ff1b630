import { assert, AssertionError } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { SchemaType } from '../schema/language.ts'
import type { SchemaChange, SchemaList, SchemaRows, StoredSchema, StoredVersion } from '../state/state-store.ts'
import { ContextSchemas, NONE, type RegisteredSchema } from './context-schemas.ts'
import { IndexedSchema, type UsesOf } from './indexed-schema.ts'
import { LoadedVersions } from './loaded-versions.ts'
import { parseReferences, schemaTypes } from './schema-content.ts'
import { Referrers } from './referrers.ts'
import { SortedNames } from './sorted-names.ts'
import { DEFAULT_CONTEXT } from './subject.ts'

export interface RegisteredVersion {
  readonly subject: string
  readonly version: number
  readonly schema: RegisteredSchema
  readonly isDeleted: boolean
  readonly createdAtMs: number
}

/**
 * The registry's rows as lookups, all of them in memory except the schemas' texts. It follows the store change by
 * change, so that a change costs what it touches however much is registered. What was loaded becomes objects when somebody
 * asks for it: a subject with its versions, or a schema, at a time.
 */
export class RegistryIndex {
  #revision = -1n
  #contexts = new Map<string, ContextSchemas>()
  #loaded = new LoadedVersions({ heads: [], schemas: [], at: neverLoaded })
  #subjects = new Map<string, RegisteredVersion[]>()
  /** Where a schema was registered since the load. */
  #newSubjects = new Map<RegisteredSchema, string[]>()
  /** What `uses` of a schema answered last, until one of its versions changes. */
  #uses = new Map<RegisteredSchema, readonly RegisteredVersion[]>()
  #names = new SortedNames()
  #documents = new Map<string, unknown>()
  /** What `contexts` answered last; undefined when that may have changed. */
  #contextNames: readonly string[] | undefined
  #referrers = new Referrers()
  #schemaTypes = new Set<SchemaType>()
  #stored: SchemaList = { heads: [], guids: [], at: neverLoaded }

  get revision(): bigint {
    return this.#revision
  }

  /** Forgets everything and takes what the store holds. Throws HeadgateError `store-corrupt`. */
  load(rows: SchemaRows): void {
    this.#contexts = new Map()
    this.#loaded = new LoadedVersions(rows.versions)
    this.#subjects = new Map()
    this.#newSubjects = new Map()
    this.#uses = new Map()
    this.#documents = new Map()
    this.#contextNames = undefined
    this.#referrers = new Referrers()
    this.#schemaTypes = new Set()
    this.#stored = rows.schemas
    for (const { context, maxId } of rows.maxIds) this.#schemasOf(context).maxId = maxId
    this.#loadSchemas(rows)
    this.#names = new SortedNames()
    this.#names.fill(this.#loaded.subjects())
    for (const { key, json } of rows.documents) this.#documents.set(key, JSON.parse(json))
    this.#revision = rows.revision
  }

  /** Takes what was just written on top of what is here. */
  apply(changes: readonly SchemaChange[], revision: bigint): void {
    assert(revision === this.#revision + 1n, 'a change of another revision')
    for (const change of changes) this.#apply(change)
    this.#revision = revision
  }

  schema(context: string, schemaId: number): RegisteredSchema | undefined {
    return this.#contexts.get(context)?.byId(schemaId)
  }

  /** Schemas of this content in a context: one, unless ids were imported. */
  schemasByGuid(context: string, guid: string): readonly RegisteredSchema[] {
    return this.#contexts.get(context)?.byGuid(guid) ?? NONE
  }

  maxId(context: string): number {
    return this.#contexts.get(context)?.maxId ?? 0
  }

  /** Ascending; soft-deleted ones included. */
  versions(subject: string): readonly RegisteredVersion[] {
    return this.#subjects.get(subject) ?? this.#takeLoaded(subject) ?? NONE
  }

  liveVersions(subject: string): readonly RegisteredVersion[] {
    return this.versions(subject).filter(({ isDeleted }) => !isDeleted)
  }

  latest(subject: string): RegisteredVersion | undefined {
    return this.versions(subject).findLast(({ isDeleted }) => !isDeleted)
  }

  version(subject: string, version: number): RegisteredVersion | undefined {
    return this.versions(subject).find((candidate) => candidate.version === version)
  }

  /** Whether any version is there, or any that is not soft-deleted. */
  hasVersions(subject: string, { includeDeleted }: { includeDeleted: boolean }): boolean {
    if (this.#loaded.has(subject, { includeDeleted })) return true
    const versions = this.#subjects.get(subject) ?? NONE
    return includeDeleted ? versions.length > 0 : versions.some(({ isDeleted }) => !isDeleted)
  }

  /** In order, each with at least one version, soft-deleted ones included. */
  subjectsWithPrefix(prefix: string): Iterable<string> {
    return this.#names.withPrefix(prefix)
  }

  /** The default context and every one that was ever registered in and not removed since, in order. */
  contexts(): readonly string[] {
    const names = (): string[] => this.documentKeys(CONTEXT_KEY).map((key) => key.slice(CONTEXT_KEY.length))
    this.#contextNames ??= [DEFAULT_CONTEXT, ...names().sort()]
    return this.#contextNames
  }

  /** Schemas with a live version that refer to this version. */
  referrers(subject: string, version: number): RegisteredSchema[] {
    return this.#referrers.of(subject, version)
  }

  document(key: string): unknown {
    return this.#documents.get(key)
  }

  documentKeys(prefix: string): string[] {
    return [...this.#documents.keys()].filter((key) => key.startsWith(prefix))
  }

  /** Of all schemas that were here since the last load. */
  get schemaTypes(): ReadonlySet<SchemaType> {
    return this.#schemaTypes
  }

  #apply(change: SchemaChange): void {
    this.#contextNames = undefined
    switch (change.kind) {
      case 'put-schema':
        return this.#putSchema(change.schema)
      case 'put-version':
        this.#names.add(change.version.subject)
        return this.#putVersion(change.version)
      case 'remove-version':
        return this.#removeVersion(change.subject, change.version)
      case 'put-document':
        return void this.#documents.set(change.key, JSON.parse(change.json))
      case 'remove-document':
        return void this.#documents.delete(change.key)
    }
  }

  #loadSchemas({ schemas }: SchemaRows): void {
    let row = 0
    for (const { context, schemaId, schemaType, references } of schemas.heads) {
      const ofContext = this.#schemasOf(context)
      ofContext.putRow(schemaId, row++)
      this.#schemaTypes.add(knownType(schemaId, schemaType))
      const schema = references === '' ? undefined : ofContext.byId(schemaId)
      if (schema) this.#referrers.add(schema)
    }
  }

  #putSchema(stored: StoredSchema): void {
    const schemas = this.#schemasOf(stored.context)
    const before = schemas.byId(stored.schemaId)
    if (before) this.#dropSchema(schemas, before)
    const schema = this.#schemaOf(stored)
    this.#schemaTypes.add(schema.schemaType)
    schemas.put(schema)
    this.#referrers.add(schema)
  }

  #schemaOf({ context: contextName, schemaId, guid, schemaType: typeName, references: referencesText }: StoredSchema): RegisteredSchema {
    // Every row brings strings of its own: those that are the same are kept once.
    const { context } = this.#schemasOf(contextName)
    const schemaType = knownType(schemaId, typeName)
    return new IndexedSchema({ context, schemaId, guid, schemaType, references: parseReferences(referencesText) }, this.#usesOf)
  }

  readonly #usesOf: UsesOf = (schema) => {
    const known = this.#uses.get(schema)
    if (known) return known
    const subjects = new Set([...this.#loaded.subjectsOf(schema.context, schema.schemaId), ...(this.#newSubjects.get(schema) ?? NONE)])
    const uses = [...subjects].flatMap((subject) => this.versions(subject).filter((version) => version.schema === schema))
    this.#uses.set(schema, uses)
    return uses
  }

  /** Only a schema that nothing uses is ever replaced. */
  #dropSchema(schemas: ContextSchemas, schema: RegisteredSchema): void {
    assert(schema.uses.length === 0, 'a schema in use was replaced')
    schemas.remove(schema)
    this.#uses.delete(schema)
    this.#newSubjects.delete(schema)
    this.#referrers.remove(schema)
  }

  /** Undefined for a subject that has none, and for one that was taken before. */
  #takeLoaded(subject: string): RegisteredVersion[] | undefined {
    const stored = this.#loaded.versions(subject)
    if (stored.length === 0) return undefined
    const versions = stored.map((version) => this.#versionOf(version, subject))
    this.#loaded.forget(subject)
    this.#subjects.set(subject, versions)
    return versions
  }

  #versionOf({ version, context, schemaId, isDeleted, createdAtMs }: StoredVersion, subject: string): RegisteredVersion {
    const schema = this.#contexts.get(context)?.byId(schemaId)
    if (!schema) throw new HeadgateError('store-corrupt', `${subject} version ${version} names schema ${schemaId}, which is not stored`)
    return { subject, version, schema, isDeleted, createdAtMs }
  }

  #putVersion(stored: StoredVersion): void {
    const versions = this.#ownVersions(stored.subject)
    const entry = this.#versionOf(stored, versions[0]?.subject ?? stored.subject)
    this.#insert(versions, entry)
    const subjects = this.#newSubjects.get(entry.schema)
    if (!subjects) this.#newSubjects.set(entry.schema, [entry.subject])
    else if (!subjects.includes(entry.subject)) subjects.push(entry.subject)
    this.#uses.delete(entry.schema)
  }

  #insert(versions: RegisteredVersion[], entry: RegisteredVersion): void {
    if ((versions.at(-1)?.version ?? 0) < entry.version) return void versions.push(entry)
    const index = versions.findIndex(({ version }) => version >= entry.version)
    const before = versions[index]
    assert(before, 'versions out of order')
    const isReplaced = before.version === entry.version
    versions.splice(index, isReplaced ? 1 : 0, entry)
    if (isReplaced) this.#uses.delete(before.schema)
  }

  #removeVersion(subject: string, version: number): void {
    const versions = this.#ownVersions(subject)
    const index = versions.findIndex((candidate) => candidate.version === version)
    const [removed] = index < 0 ? [] : versions.splice(index, 1)
    if (removed) this.#uses.delete(removed.schema)
    if (versions.length > 0) return
    this.#subjects.delete(subject)
    this.#names.remove(subject)
  }

  /** The list that is changed; an empty one for a new subject. */
  #ownVersions(subject: string): RegisteredVersion[] {
    const known = this.#subjects.get(subject) ?? this.#takeLoaded(subject)
    if (known) return known
    const created: RegisteredVersion[] = []
    this.#subjects.set(subject, created)
    return created
  }

  #schemasOf(context: string): ContextSchemas {
    const known = this.#contexts.get(context)
    if (known) return known
    const created = new ContextSchemas(context, { stored: this.#stored, schemaOf: (stored) => this.#schemaOf(stored) })
    this.#contexts.set(context, created)
    return created
  }
}

/** Nothing is loaded yet, so that nobody has a row to ask for. */
function neverLoaded(): never {
  throw new AssertionError('a row of an index that was not loaded')
}

function knownType(schemaId: number, name: string): SchemaType {
  const schemaType = typeByName[name]
  if (!schemaType) throw new HeadgateError('store-corrupt', `schema ${schemaId} is stored as ${name}, which is no schema language`)
  return schemaType
}

const typeByName: { readonly [name: string]: SchemaType | undefined } = Object.fromEntries(schemaTypes.map((name) => [name, name]))

/** The documents that say which contexts there are. */
export const CONTEXT_KEY = 'context/'
