import { loadLanguage as loadRealLanguage, type LoadLanguage } from '../lanes/languages.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, isErrorOfKind } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { SchemaChange, SchemaState } from '../state/state-store.ts'
import { answerCompatibility, type CompatibilityAnswer, type CompatibilityQuery } from './compatibility-query.ts'
import { configAt, type ConfigUpdate, type RegistryConfig } from './config.ts'
import { decideContextDeletion, decideSubjectDeletion, decideVersionDeletion } from './deletion.ts'
import { findVersion, type LookupOptions } from './lookup.ts'
import type { Mode } from './mode.ts'
import { decideRegistration } from './registration.ts'
import { RegistryError, registryErrors } from './registry-error.ts'
import { RegistryIndex, type RegisteredVersion } from './registry-index.ts'
import type { Decision, RegistryView, TableOf } from './registry-view.ts'
import { Schemas } from './schemas.ts'
import { decideConfigRemoval, decideConfigUpdate, decideModeRemoval, decideModeUpdate } from './settings-decisions.ts'
import { checkSettingsSubject, checkVersionedSubject, subjectBeside } from './subject.ts'
import type { SubmittedSchema } from './submitted-schema.ts'
import { taggedSchema, type Tagging } from './tagging.ts'
import { Turns } from './turns.ts'
import { subjectsNamed, wantedVersion, type WantedVersion } from './versions.ts'

export interface RegistryContext {
  readonly state: SchemaState
  readonly clock: Clock
  /** The columns of the table that a value subject's topic has; undefined without a table. */
  readonly tableOf: TableOf
  /** The schema languages; the real ones unless a test brings its own. */
  readonly loadLanguage?: LoadLanguage
}

/**
 * Subjects, versions and ids, Confluent-compatible. Reads are answered from memory; a change is decided on what is in
 * memory and written in one state transaction, which refuses it when somebody else changed anything meanwhile: then the
 * rows are loaded and it is decided again. Throws RegistryError with the codes that clients know.
 *
 * Subjects are given in their normal form (subject.ts).
 */
export class Registry {
  readonly index = new RegistryIndex()
  readonly schemas: Schemas
  readonly view: RegistryView
  readonly #state: SchemaState
  readonly #turns = new Turns()
  readonly #listeners = new Set<(subject: string | undefined) => void>()

  private constructor({ state, clock, tableOf, loadLanguage = loadRealLanguage }: RegistryContext) {
    this.#state = state
    this.schemas = new Schemas({ index: this.index, state, loadLanguage })
    this.view = { index: this.index, schemas: this.schemas, tableOf, nowMs: () => clock.now() }
  }

  static async open(context: RegistryContext): Promise<Registry> {
    const registry = new Registry(context)
    await registry.#load()
    return registry
  }

  /** Calls back with each subject whose versions changed, or undefined when any may have; returns how to stop. */
  onChange(listener: (subject: string | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Looks again, once, when something is not found that another broker may have registered meanwhile. */
  async read<Result>(look: () => Result): Promise<Result> {
    try {
      return look()
    } catch (error) {
      if (!(error instanceof RegistryError) || error.httpStatus !== 404 || !(await this.refresh())) throw error
      return look()
    }
  }

  /** Takes in what others wrote; answers whether there was anything. */
  async refresh(): Promise<boolean> {
    const known = this.index.revision
    if ((await this.#state.revision()) === known) return false
    return this.#turns.take(async () => {
      if ((await this.#state.revision()) !== this.index.revision) await this.#reload()
      return this.index.revision !== known
    })
  }

  /** The subject that a client means by a name: the alias's target, when the name is one (config `alias`). */
  aliased(subject: string): string {
    const alias = configAt(this.index, subject)?.alias
    return alias === undefined || alias === '' ? subject : subjectBeside(subject, alias)
  }

  async register(subject: string, submitted: SubmittedSchema, options: { isNormalized: boolean }): Promise<RegisteredVersion> {
    checkVersionedSubject(subject)
    await this.schemas.loadLanguages([submitted.schemaType])
    const { version } = await this.#change(() => decideRegistration(this.view, subject, submitted, options))
    const registered = this.index.version(subject, version)
    if (!registered) throw registryErrors.storeFailed(`version ${version} of ${subject} is gone already`)
    return registered
  }

  /** The version of the subject that has this content. Throws 40401 or 40403. */
  async lookUp(subject: string, submitted: SubmittedSchema, options: LookupOptions): Promise<RegisteredVersion> {
    await this.schemas.loadLanguages([submitted.schemaType])
    return this.read(() => {
      const subjects = subjectsNamed(this.index, subject)
      for (const [nth, candidate] of subjects.entries()) {
        // References may not exist in every context; in the subject's own they must.
        const found = nth === 0 ? findVersion(this.view, candidate, submitted, options) : this.#findElsewhere(candidate, submitted, options)
        if (found) return found
      }
      if (this.index.hasVersions(subject, options)) throw registryErrors.schemaNotFound()
      throw registryErrors.subjectNotFound(subject)
    })
  }

  /** Registers a version anew with other tags, metadata or rules. */
  async tag(subject: string, wanted: WantedVersion, tagging: Tagging): Promise<RegisteredVersion> {
    const submitted = await this.read(() =>
      taggedSchema(this.view, wantedVersion(this.index, subject, wanted, { includeDeleted: false }), tagging),
    )
    return this.register(subject, submitted, { isNormalized: false })
  }

  /** What a registration would be answered, and with `withTable` what it would do to the topic's table. */
  async compatibility(subject: string, submitted: SubmittedSchema, query: CompatibilityQuery): Promise<CompatibilityAnswer> {
    await this.schemas.loadLanguages([submitted.schemaType])
    return this.read(() => answerCompatibility(this.view, subject, submitted, query))
  }

  deleteSubject(subject: string, options: { isPermanent: boolean }): Promise<number[]> {
    return this.#change(() => decideSubjectDeletion(this.view, subject, options))
  }

  deleteVersion(subject: string, options: { wanted: WantedVersion; isPermanent: boolean }): Promise<number> {
    return this.#change(() => decideVersionDeletion(this.view, subject, options))
  }

  deleteContext(context: string): Promise<void> {
    return this.#change(() => decideContextDeletion(this.view, context))
  }

  /** `scope` is a subject, a context's prefix, or '' for the whole registry; so for the three below. */
  async updateConfig(scope: string, update: ConfigUpdate): Promise<RegistryConfig> {
    if (scope !== '') checkSettingsSubject(scope)
    return this.#change(() => decideConfigUpdate(this.view, scope, update))
  }

  removeConfig(scope: string): Promise<RegistryConfig> {
    return this.#change(() => decideConfigRemoval(this.view, scope))
  }

  async setMode(scope: string, options: { mode: Mode; isForced: boolean }): Promise<Mode> {
    if (scope !== '') checkSettingsSubject(scope)
    return this.#change(() => decideModeUpdate(this.view, scope, options))
  }

  removeMode(scope: string, options: { isRecursive: boolean }): Promise<Mode> {
    return this.#change(() => decideModeRemoval(this.view, scope, options))
  }

  #findElsewhere(subject: string, submitted: SubmittedSchema, options: LookupOptions): RegisteredVersion | undefined {
    if (!this.index.hasVersions(subject, options)) return undefined
    try {
      return findVersion(this.view, subject, submitted, options)
    } catch (error) {
      if (error instanceof RegistryError) return undefined
      throw error
    }
  }

  async #load(): Promise<void> {
    await this.#state.load((rows) => this.index.load(rows))
    // A topic's records are judged without waiting, so its language must be at hand.
    await this.schemas.loadLanguages(this.index.schemaTypes)
  }

  async #reload(): Promise<void> {
    await this.#load()
    this.#tell(undefined)
  }

  /** Decides, writes, and decides anew when somebody else was faster. What changes nothing waits for nobody. */
  async #change<Result>(decide: () => Decision<Result>): Promise<Result> {
    // The revision is taken with the decision: while either is handed over, others may write.
    const decideNow = (): Decision<Result> & { revision: bigint } => ({ ...decide(), revision: this.index.revision })
    const first = await this.read(decideNow)
    if (first.changes.length === 0) return first.result
    return this.#turns.take(async () => {
      for (let attempt = 1; attempt <= limits.registryAttemptsMax; attempt++) {
        const isStill = attempt === 1 && first.revision === this.index.revision
        const { changes, result } = isStill ? first : decideNow()
        if (changes.length === 0 || (await this.#write(changes))) return result
        await this.#reload()
      }
      throw new HeadgateError('store-unavailable', 'the registry changed faster than this request could be decided; try again')
    })
  }

  /** Answers false when the decision was made on what is no longer so. */
  async #write(changes: readonly SchemaChange[]): Promise<boolean> {
    try {
      const outcome = await this.#state.apply(this.index.revision, changes)
      if (outcome.kind === 'conflict') return false
      this.index.apply(changes, outcome.revision)
    } catch (error) {
      if (!isErrorOfKind(error, 'store-outcome-unknown')) throw error
      // It may have been written: what is there now says whether there is anything left to do.
      await this.#reload()
      if (!changes.every((change) => this.#holds(change))) throw error
      return true
    }
    for (const subject of new Set(changes.flatMap(changedSubject))) this.#tell(subject)
    return true
  }

  #holds(change: SchemaChange): boolean {
    switch (change.kind) {
      case 'put-schema':
        return this.index.schema(change.schema.context, change.schema.schemaId)?.guid === change.schema.guid
      case 'put-version': {
        const { subject, version, isDeleted, createdAtMs, schemaId } = change.version
        const found = this.index.version(subject, version)
        return found?.isDeleted === isDeleted && found.createdAtMs === createdAtMs && found.schema.schemaId === schemaId
      }
      case 'remove-version':
        return this.index.version(change.subject, change.version) === undefined
      case 'put-document':
        return JSON.stringify(this.index.document(change.key)) === change.json
      case 'remove-document':
        return this.index.document(change.key) === undefined
    }
  }

  #tell(subject: string | undefined): void {
    for (const listener of this.#listeners) listener(subject)
  }
}

function changedSubject(change: SchemaChange): string[] {
  if (change.kind === 'put-version') return [change.version.subject]
  return change.kind === 'remove-version' ? [change.subject] : []
}
