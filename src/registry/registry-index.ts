import { HeadgateError } from '../shared/errors.ts'
import type { SchemaRows } from '../state/state-store.ts'
import type { SchemaContent } from './schema-content.ts'

export interface RegisteredSchema {
  readonly schemaId: number
  readonly guid: string
  readonly content: SchemaContent
}

export interface RegisteredVersion {
  readonly subject: string
  readonly version: number
  readonly schemaId: number
  readonly isDeleted: boolean
}

/** The registry's rows as lookups: built once per revision, read without waiting. */
export class RegistryIndex {
  readonly revision: bigint
  readonly maxId: number
  readonly #byId = new Map<number, RegisteredSchema>()
  readonly #byGuid = new Map<string, RegisteredSchema>()
  readonly #bySubject = new Map<string, RegisteredVersion[]>()
  readonly #documents: ReadonlyMap<string, string>

  constructor(rows: SchemaRows) {
    this.revision = rows.revision
    this.maxId = Math.max(0, ...rows.maxIds.map(({ maxId }) => maxId))
    this.#documents = new Map(rows.documents.map(({ key, json }) => [key, json]))
    for (const { schemaId, guid, json } of rows.schemas) {
      const schema = { schemaId, guid, content: JSON.parse(json) as SchemaContent }
      this.#byId.set(schemaId, schema)
      this.#byGuid.set(guid, schema)
    }
    for (const { subject, version, schemaId, isDeleted } of rows.versions) {
      if (!this.#byId.has(schemaId))
        throw new HeadgateError('store-corrupt', `${subject} version ${version} names schema ${schemaId}, which is not stored`)
      const versions = this.#bySubject.get(subject) ?? []
      versions.push({ subject, version, schemaId, isDeleted })
      this.#bySubject.set(subject, versions)
    }
    for (const versions of this.#bySubject.values()) versions.sort((a, b) => a.version - b.version)
  }

  schema(schemaId: number): RegisteredSchema | undefined {
    return this.#byId.get(schemaId)
  }

  schemaByGuid(guid: string): RegisteredSchema | undefined {
    return this.#byGuid.get(guid)
  }

  /** Ascending; soft-deleted ones included. */
  versions(subject: string): readonly RegisteredVersion[] {
    return this.#bySubject.get(subject) ?? []
  }

  liveVersions(subject: string): readonly RegisteredVersion[] {
    return this.versions(subject).filter(({ isDeleted }) => !isDeleted)
  }

  /** Subjects with at least one live version, in order. */
  subjects(): string[] {
    return [...this.#bySubject.keys()].filter((subject) => this.liveVersions(subject).length > 0).toSorted()
  }

  /** Where a schema is in use, live versions only. */
  versionsOf(schemaId: number): RegisteredVersion[] {
    return this.subjects().flatMap((subject) => this.liveVersions(subject).filter((version) => version.schemaId === schemaId))
  }

  document(key: string): string | undefined {
    return this.#documents.get(key)
  }
}
