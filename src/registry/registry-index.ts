import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { SchemaType } from '../schema/language.ts'
import type { SchemaChange, SchemaRows, StoredSchema, StoredVersion } from '../state/state-store.ts'
import { parseReferences, type ResolvedSchemaReference } from './schema-content.ts'
import { SortedNames } from './sorted-names.ts'
import { DEFAULT_CONTEXT, subjectBeside, contextPrefix } from './subject.ts'

/** A schema of one context. One object for its life: a change of its content makes a new one. */
export interface RegisteredSchema {
  readonly context: string
  readonly schemaId: number
  readonly guid: string
  readonly schemaType: SchemaType
  readonly references: readonly ResolvedSchemaReference[]
  /** The versions that are this schema, soft-deleted ones included, in the order they came. */
  readonly uses: readonly RegisteredVersion[]
}

export interface RegisteredVersion {
  readonly subject: string
  readonly version: number
  readonly schema: RegisteredSchema
  readonly isDeleted: boolean
  readonly createdAtMs: number
}

type MutableSchema = RegisteredSchema & { readonly uses: RegisteredVersion[] }

interface ContextIndex {
  maxId: number
  readonly byId: Map<number, MutableSchema>
  readonly byGuid: Map<string, MutableSchema[]>
}

/**
 * The registry's rows as lookups, all of them in memory except the schemas' texts. It follows the store change by
 * change, so that a change costs what it touches however much is registered.
 */
export class RegistryIndex {
  #revision = -1n
  #contexts = new Map<string, ContextIndex>()
  #subjects = new Map<string, RegisteredVersion[]>()
  #names = new SortedNames()
  #documents = new Map<string, unknown>()
  /** Who refers to a version, by its key. */
  #referrers = new Map<string, Set<MutableSchema>>()

  get revision(): bigint {
    return this.#revision
  }

  /** Forgets everything and takes what the store holds. Throws HeadgateError `store-corrupt`. */
  load(rows: SchemaRows): void {
    this.#contexts = new Map()
    this.#subjects = new Map()
    this.#documents = new Map()
    this.#referrers = new Map()
    for (const { context, maxId } of rows.maxIds) this.#contextIndex(context).maxId = maxId
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
    return this.#contexts.get(context)?.byId.get(schemaId)
  }

  /** Schemas of this content in a context: one, unless ids were imported. */
  schemasByGuid(context: string, guid: string): readonly RegisteredSchema[] {
    return this.#contexts.get(context)?.byGuid.get(guid) ?? []
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
  contexts(): string[] {
    const named = [...this.#documents.keys()].filter((key) => key.startsWith(CONTEXT_KEY)).map((key) => key.slice(CONTEXT_KEY.length))
    return [DEFAULT_CONTEXT, ...named.sort()]
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

  schemaTypes(): Set<SchemaType> {
    const types = new Set<SchemaType>()
    for (const { byId } of this.#contexts.values()) for (const { schemaType } of byId.values()) types.add(schemaType)
    return types
  }

  #apply(change: SchemaChange): void {
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

  #putSchema({ context, schemaId, guid, schemaType, references }: StoredSchema): void {
    const { byId, byGuid, maxId } = this.#contextIndex(context)
    this.#contextIndex(context).maxId = Math.max(maxId, schemaId)
    const before = byId.get(schemaId)
    if (before) this.#dropSchema(before)
    const parsedReferences = parseReferences(references)
    const schema = { context, schemaId, guid, schemaType: schemaType as SchemaType, references: parsedReferences, uses: [] }
    byId.set(schemaId, schema)
    byGuid.set(guid, [...(byGuid.get(guid) ?? []), schema])
    for (const key of referenceKeys(schema)) this.#referrers.set(key, (this.#referrers.get(key) ?? new Set()).add(schema))
  }

  /** Only a schema that nothing uses is ever replaced. */
  #dropSchema(schema: MutableSchema): void {
    assert(schema.uses.length === 0, 'a schema in use was replaced')
    const { byGuid } = this.#contextIndex(schema.context)
    byGuid.set(
      schema.guid,
      (byGuid.get(schema.guid) ?? []).filter((other) => other !== schema),
    )
    for (const key of referenceKeys(schema)) this.#referrers.get(key)?.delete(schema)
  }

  #putVersion({ subject, version, context, schemaId, isDeleted, createdAtMs }: StoredVersion): void {
    const schema = this.#contexts.get(context)?.byId.get(schemaId)
    if (!schema) throw new HeadgateError('store-corrupt', `${subject} version ${version} names schema ${schemaId}, which is not stored`)
    const versions = this.#subjects.get(subject)
    const entry: RegisteredVersion = { subject, version, schema, isDeleted, createdAtMs }
    if (versions === undefined) this.#subjects.set(subject, [entry])
    else this.#insert(versions, entry)
    schema.uses.push(entry)
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

  #contextIndex(context: string): ContextIndex {
    const known = this.#contexts.get(context)
    if (known) return known
    const created: ContextIndex = { maxId: 0, byId: new Map(), byGuid: new Map() }
    this.#contexts.set(context, created)
    return created
  }
}

/** The documents that say which contexts there are. */
export const CONTEXT_KEY = 'context/'

function removeUse(version: RegisteredVersion): void {
  const { uses } = version.schema as MutableSchema
  uses.splice(uses.indexOf(version), 1)
}

function referenceKeys({ context, references }: RegisteredSchema): string[] {
  return references.map(({ subject, version }) => versionKey(subjectBeside(contextPrefix(context), subject), version))
}

function versionKey(subject: string, version: number): string {
  return `${version}/${subject}`
}
