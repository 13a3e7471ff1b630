import type { StructType } from '../columns/row-type.ts'
import { loadLanguage } from '../lanes/languages.ts'
import type { ParsedSchema, ResolvedReference, SchemaLanguage, SchemaType } from '../schema/language.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, isErrorOfKind } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { SchemaChange, SchemaState } from '../state/state-store.ts'
import { RegistryIndex, type RegisteredSchema, type RegisteredVersion } from './registry-index.ts'
import { registryErrors } from './registry-error.ts'
import { guidOf, type SchemaContent, type SchemaReference } from './schema-content.ts'

/** A schema as a client sends it. */
export interface SubmittedSchema {
  readonly schemaType: SchemaType
  readonly schema: string
  readonly references: readonly SchemaReference[]
}

export interface RegistryContext {
  readonly state: SchemaState
  readonly clock: Clock
  /** May refuse a new version for its table's sake; `rowTypes` of the subject's live versions, oldest first. */
  readonly checkLake: (subject: string, submitted: ParsedSchema, live: readonly StructType[]) => void
}

export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const
export type CompatibilityLevel = (typeof compatibilityLevels)[number]

/**
 * Subjects, versions and ids, Confluent-compatible. Reads are answered from memory; a change is decided on what is in
 * memory and written in one state transaction, which refuses it when somebody else changed anything meanwhile: then the
 * rows are loaded and it is decided again. Throws RegistryError with the codes that clients know.
 */
export class Registry {
  readonly #context: RegistryContext
  readonly #parsed = new Map<number, ParsedSchema>()
  readonly #languages = new Map<SchemaType, SchemaLanguage>()
  readonly #listeners = new Set<(subject: string) => void>()
  #index: RegistryIndex

  private constructor(context: RegistryContext, index: RegistryIndex) {
    this.#context = context
    this.#index = index
  }

  static async open(context: RegistryContext): Promise<Registry> {
    const registry = new Registry(context, new RegistryIndex(await context.state.load()))
    await registry.#loadLanguages()
    return registry
  }

  get index(): RegistryIndex {
    return this.#index
  }

  /** Calls back with each subject that changed; returns how to stop. */
  onChange(listener: (subject: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** The same content gets the same id; a live version of the subject that holds it already is answered as it is. */
  async register(subject: string, submitted: SubmittedSchema): Promise<{ schema: RegisteredSchema; version: RegisteredVersion }> {
    checkSubject(subject)
    const parsed = await this.#parse(submitted)
    return this.#change(subject, (index) => {
      const content = this.#contentOf(parsed, submitted, index)
      const guid = guidOf(content)
      const known = index.schemaByGuid(guid)
      const existing = known && index.liveVersions(subject).find(({ schemaId }) => schemaId === known.schemaId)
      if (known && existing) return { changes: [], result: { schema: known, version: existing } }
      const live = index.liveVersions(subject).map(({ schemaId }) => this.#rowTypeOf(schemaId))
      this.#context.checkLake(
        subject,
        parsed,
        live.filter((rowType) => rowType !== undefined),
      )
      const schema = known ?? { schemaId: index.maxId + 1, guid, content }
      const version = { subject, version: (index.versions(subject).at(-1)?.version ?? 0) + 1, schemaId: schema.schemaId, isDeleted: false }
      this.#parsed.set(schema.schemaId, parsed)
      return { changes: registrationChanges(schema, version, this.#context.clock.now()), result: { schema, version } }
    })
  }

  /** The live version of the subject that has this content. Throws 40401 or 40403. */
  async lookUp(subject: string, submitted: SubmittedSchema): Promise<{ schema: RegisteredSchema; version: RegisteredVersion }> {
    checkSubject(subject)
    if (this.#index.liveVersions(subject).length === 0) throw registryErrors.subjectNotFound(subject)
    const parsed = await this.#parse(submitted)
    const schema = this.#index.schemaByGuid(guidOf(this.#contentOf(parsed, submitted, this.#index)))
    const version = this.#index.liveVersions(subject).find(({ schemaId }) => schemaId === schema?.schemaId)
    if (!schema || !version) throw registryErrors.schemaNotFound()
    return { schema, version }
  }

  /** `version` is a number or `latest`. Throws 40401, 40402 or 42202. */
  version(subject: string, version: string): { schema: RegisteredSchema; version: RegisteredVersion } {
    const live = this.#index.liveVersions(subject)
    const wanted = parseVersion(version)
    if (live.length === 0) throw registryErrors.subjectNotFound(subject)
    const found = wanted === 'latest' ? live.at(-1) : live.find((candidate) => candidate.version === wanted)
    if (!found) throw registryErrors.versionNotFound(version)
    return { schema: this.schema(found.schemaId), version: found }
  }

  /** Throws 40403. */
  schema(schemaId: number): RegisteredSchema {
    const schema = this.#index.schema(schemaId)
    if (!schema) throw registryErrors.schemaIdNotFound(schemaId)
    return schema
  }

  /** The parsed form of a registered schema. */
  parsed(schemaId: number): ParsedSchema {
    const known = this.#parsed.get(schemaId)
    if (known) return known
    const { content } = this.schema(schemaId)
    const language = this.#language(content.schemaType)
    const parsed = language.parse({ schemaType: content.schemaType, text: content.schema, references: this.resolve(content.references) })
    this.#parsed.set(schemaId, parsed)
    return parsed
  }

  /** Texts of everything referred to, dependencies first. Throws 42201 for what does not exist. */
  resolve(references: readonly SchemaReference[]): ResolvedReference[] {
    const resolved = new Map<string, ResolvedReference>()
    const visit = (reference: SchemaReference, depth: number): void => {
      if (depth > limits.nestingMax) throw registryErrors.invalidSchema(`references are nested deeper than ${limits.nestingMax}`)
      if (resolved.has(reference.name)) return
      const { content } = this.#referenced(reference)
      for (const inner of content.references) visit(inner, depth + 1)
      resolved.set(reference.name, { name: reference.name, text: content.schema })
    }
    for (const reference of references) visit(reference, 1)
    return [...resolved.values()]
  }

  compatibility(subject: string | undefined): CompatibilityLevel | undefined {
    const json = this.#index.document(configKey(subject))
    return json === undefined ? undefined : (JSON.parse(json) as { compatibility: CompatibilityLevel }).compatibility
  }

  /** Throws 42203. */
  async setCompatibility(subject: string | undefined, level: string): Promise<CompatibilityLevel> {
    const compatibility = compatibilityLevels.find((known) => known === level.toUpperCase())
    if (!compatibility) throw registryErrors.invalidCompatibilityLevel()
    if (subject !== undefined) checkSubject(subject)
    return this.#change(subject, () => ({
      changes: [{ kind: 'put-document', key: configKey(subject), json: JSON.stringify({ compatibility }) }],
      result: compatibility,
    }))
  }

  /** Throws 40408 when the subject has none of its own. */
  async removeCompatibility(subject: string): Promise<CompatibilityLevel> {
    return this.#change(subject, () => {
      const compatibility = this.compatibility(subject)
      if (!compatibility) throw registryErrors.subjectCompatibilityNotSet(subject)
      return { changes: [{ kind: 'remove-document', key: configKey(subject) }], result: compatibility }
    })
  }

  /** A topic's table needs its schemas' languages at hand, so that reads never wait. */
  async #loadLanguages(): Promise<void> {
    const types = new Set(
      this.#index
        .subjects()
        .flatMap((subject) => this.#index.versions(subject).map(({ schemaId }) => this.schema(schemaId).content.schemaType)),
    )
    for (const schemaType of types) this.#languages.set(schemaType, await loadLanguage(schemaType))
  }

  #language(schemaType: SchemaType): SchemaLanguage {
    const language = this.#languages.get(schemaType)
    if (!language) throw new HeadgateError('unsupported', `schema language ${schemaType} is not loaded`)
    return language
  }

  async #parse({ schemaType, schema, references }: SubmittedSchema): Promise<ParsedSchema> {
    if (Buffer.byteLength(schema) > limits.schemaTextBytesMax) throw registryErrors.tooLarge(limits.schemaTextBytesMax)
    if (schema.trim() === '') throw registryErrors.invalidSchema('Empty schema')
    const language = await loadLanguage(schemaType)
    this.#languages.set(schemaType, language)
    try {
      return language.parse({ schemaType, text: schema, references: this.resolve(references) })
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error
      throw registryErrors.invalidSchema(`Invalid schema, details: ${error.message}`)
    }
  }

  #contentOf({ canonicalText }: ParsedSchema, { schemaType, references }: SubmittedSchema, index: RegistryIndex): SchemaContent {
    const concrete = references.map((reference) => ({
      ...reference,
      version: reference.version === -1 ? (index.liveVersions(reference.subject).at(-1)?.version ?? -1) : reference.version,
    }))
    return { schemaType, schema: canonicalText, references: concrete, metadata: null, ruleSet: null }
  }

  #referenced({ name, subject, version }: SchemaReference): RegisteredSchema {
    const versions = this.#index.versions(subject)
    const found = version === -1 ? versions.at(-1) : versions.find((candidate) => candidate.version === version)
    if (!found)
      throw registryErrors.invalidSchema(
        `Invalid schema, details: reference ${name}: no schema for subject "${subject}" and version ${version}`,
      )
    return this.schema(found.schemaId)
  }

  #rowTypeOf(schemaId: number): StructType | undefined {
    try {
      return this.parsed(schemaId).rowType()
    } catch (error) {
      if (isErrorOfKind(error, 'unsupported')) return undefined
      throw error
    }
  }

  /** Decides, writes, and decides anew when somebody else was faster. */
  async #change<Result>(
    subject: string | undefined,
    decide: (index: RegistryIndex) => { changes: readonly SchemaChange[]; result: Result },
  ): Promise<Result> {
    for (let attempt = 1; attempt <= limits.registryAttemptsMax; attempt++) {
      const { changes, result } = decide(this.#index)
      if (changes.length === 0) return result
      const outcome = await this.#context.state.apply(this.#index.revision, changes)
      this.#index = new RegistryIndex(await this.#context.state.load())
      if (outcome.kind === 'conflict') continue
      if (subject !== undefined) for (const listener of this.#listeners) listener(subject)
      return result
    }
    throw new HeadgateError('store-unavailable', 'the registry changed faster than this request could be decided; try again')
  }
}

function registrationChanges(schema: RegisteredSchema, version: RegisteredVersion, nowMs: number): SchemaChange[] {
  return [
    {
      kind: 'put-schema',
      schema: { context: DEFAULT_CONTEXT, schemaId: schema.schemaId, guid: schema.guid, json: JSON.stringify(schema.content) },
    },
    { kind: 'put-version', version: { ...version, context: DEFAULT_CONTEXT, createdAtMs: nowMs } },
  ]
}

const DEFAULT_CONTEXT = '.'

function configKey(subject: string | undefined): string {
  return subject === undefined ? 'config/' : `config/${subject}`
}

/** Throws 42208 for a subject that no client could mean. */
function checkSubject(subject: string): void {
  if (subject === '' || /[\u0000-\u001f\u007f-\u009f]/.test(subject)) throw registryErrors.invalidSubject(subject)
}

function parseVersion(version: string): number | 'latest' {
  if (version === 'latest' || version === '-1') return 'latest'
  const value = Number(version)
  if (!/^\d+$/.test(version) || value < 1 || value > 0x7fff_ffff) throw registryErrors.invalidVersion(version)
  return value
}
