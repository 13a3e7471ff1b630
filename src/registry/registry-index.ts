import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { SchemaType } from '../schema/language.ts'
import type { SchemaChange, SchemaRows, StoredSchema, StoredVersion } from '../state/state-store.ts'
import { ContextSchemas, NONE, type RegisteredSchema } from './context-schemas.ts'
import { parseReferences, schemaTypes } from './schema-content.ts'
import { SortedNames } from './sorted-names.ts'
import { DEFAULT_CONTEXT, subjectBeside, contextPrefix } from './subject.ts'

export interface RegisteredVersion {
  readonly subject: string
  readonly version: number
  readonly schema: RegisteredSchema
  readonly isDeleted: boolean
  readonly createdAtMs: number
}

/**
 * The registry's rows as lookups, all of them in memory except the schemas' texts. It follows the store change by
 * change, so that a change costs what it touches however much is registered.
 */
export class RegistryIndex {
  #revision = -1n
  #contexts = new Map<string, ContextSchemas>()
  #subjects = new Map<string, RegisteredVersion[]>()
  #names = new SortedNames()
  #documents = new Map<string, unknown>()
  /** What `contexts` answered last; undefined when that may have changed. */
  #contextNames: readonly string[] | undefined
  /** Who refers to a version, by its key. */
  #referrers = new Map<string, Set<RegisteredSchema>>()
  #schemaTypes = new Set<SchemaType>()

  get revision(): bigint {
    return this.#revision
  }

  /** Forgets everything and takes what the store holds. Throws HeadgateError `store-corrupt`. */
  load(rows: SchemaRows): void {
    this.#contexts = new Map()
    this.#subjects = new Map()
    this.#documents = new Map()
    this.#contextNames = undefined
    this.#referrers = new Map()
    this.#schemaTypes = new Set()
    for (const { context, maxId } of rows.maxIds) this.#schemasOf(context).maxId = maxId
    for (const schema of rows.schemas) this.#putSchema(schema)
    for (const version of rows.versions) this.#putVersion(version)
    this.#names = new SortedNames()
    this.#names.fill(this.#subjects.keys())
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
    return this.#subjects.get(subject) ?? []
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
    return includeDeleted ? this.versions(subject).length > 0 : this.latest(subject) !== undefined
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
    const all = this.#referrers.get(versionKey(subject, version)) ?? []
    return [...all].filter(({ uses }) => uses.some(({ isDeleted }) => !isDeleted))
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

  #putSchema({ context: contextName, schemaId, guid, schemaType: typeName, references }: StoredSchema): void {
    const schemas = this.#schemasOf(contextName)
    const before = schemas.byId(schemaId)
    if (before) this.#dropSchema(schemas, before)
    // Every row brings strings of its own: those that are the same are kept once.
    const { context } = schemas
    const schemaType = typeByName[typeName]
    if (!schemaType) throw new HeadgateError('store-corrupt', `schema ${schemaId} is stored as ${typeName}, which is no schema language`)
    const schema: RegisteredSchema = { context, schemaId, guid, schemaType, references: parseReferences(references), uses: NONE }
    this.#schemaTypes.add(schemaType)
    schemas.put(schema)
    if (references === '') return
    for (const key of referenceKeys(schema)) this.#referrers.set(key, (this.#referrers.get(key) ?? new Set()).add(schema))
  }

  /** Only a schema that nothing uses is ever replaced. */
  #dropSchema(schemas: ContextSchemas, schema: RegisteredSchema): void {
    assert(schema.uses.length === 0, 'a schema in use was replaced')
    schemas.remove(schema)
    for (const key of referenceKeys(schema)) this.#referrers.get(key)?.delete(schema)
  }

  #putVersion({ subject: subjectName, version, context, schemaId, isDeleted, createdAtMs }: StoredVersion): void {
    const schema = this.#contexts.get(context)?.byId(schemaId)
    if (!schema) throw new HeadgateError('store-corrupt', `${subjectName} version ${version} names schema ${schemaId}, which is not stored`)
    const versions = this.#subjects.get(subjectName)
    const subject = versions?.[0]?.subject ?? subjectName
    const entry: RegisteredVersion = { subject, version, schema, isDeleted, createdAtMs }
    if (versions === undefined) this.#subjects.set(subject, [entry])
    else this.#insert(versions, entry)
    addUse(entry)
  }

  #insert(versions: RegisteredVersion[], entry: RegisteredVersion): void {
    if ((versions.at(-1)?.version ?? 0) < entry.version) return void versions.push(entry)
    const index = versions.findIndex(({ version }) => version >= entry.version)
    const before = versions[index]
    assert(before, 'versions out of order')
    if (before.version !== entry.version) versions.splice(index, 0, entry)
    else {
      removeUse(before)
      versions[index] = entry
    }
  }

  #removeVersion(subject: string, version: number): void {
    const versions = this.#subjects.get(subject) ?? []
    const index = versions.findIndex((candidate) => candidate.version === version)
    const [removed] = index < 0 ? [] : versions.splice(index, 1)
    if (removed) removeUse(removed)
    if (versions.length > 0) return
    this.#subjects.delete(subject)
    this.#names.remove(subject)
  }

  #schemasOf(context: string): ContextSchemas {
    const known = this.#contexts.get(context)
    if (known) return known
    const created = new ContextSchemas(context)
    this.#contexts.set(context, created)
    return created
  }
}

const typeByName: { readonly [name: string]: SchemaType | undefined } = Object.fromEntries(schemaTypes.map((name) => [name, name]))

/** The documents that say which contexts there are. */
export const CONTEXT_KEY = 'context/'

/** The index alone writes this list. */
type Uses = { uses: readonly RegisteredVersion[] }

function addUse(version: RegisteredVersion): void {
  const { uses } = version.schema
  if (uses === NONE) (version.schema as Uses).uses = [version]
  else (uses as RegisteredVersion[]).push(version)
}

function removeUse(version: RegisteredVersion): void {
  const uses = version.schema.uses.filter((use) => use !== version)
  ;(version.schema as Uses).uses = uses.length === 0 ? NONE : uses
}

function referenceKeys({ context, references }: RegisteredSchema): string[] {
  return references.map(({ subject, version }) => versionKey(subjectBeside(contextPrefix(context), subject), version))
}

function versionKey(subject: string, version: number): string {
  return `${version}/${subject}`
}
