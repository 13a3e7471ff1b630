import type { SchemaType } from '../schema/language.ts'
import type { StoredSchema } from '../state/state-store.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { ResolvedSchemaReference } from './schema-content.ts'

/** A schema of one context. One object for its life: a change of its content makes a new one. */
export interface RegisteredSchema {
  readonly context: string
  readonly schemaId: number
  readonly guid: string
  readonly schemaType: SchemaType
  readonly references: readonly ResolvedSchemaReference[]
  /** The versions that are this schema, soft-deleted ones included. */
  readonly uses: readonly RegisteredVersion[]
}

/** One for all that are empty: there may be very many. */
export const NONE: readonly never[] = []

export interface SchemaSource {
  /** A row of the last load. */
  readonly storedAt: (row: number) => StoredSchema
  readonly schemaOf: (stored: StoredSchema) => RegisteredSchema
}

/**
 * The schemas of one context, by id and by guid. One that was loaded is the number of its row until somebody asks for it.
 * Most starts are not followed by a registration, so that guids are only looked up, and kept, from the first time on.
 */
export class ContextSchemas {
  readonly context: string
  maxId = 0
  readonly #source: SchemaSource
  /** By id; ids are dense but for imported ones. */
  readonly #byId: (RegisteredSchema | number | undefined)[] = []
  #idByGuid: Map<string, number> | undefined
  /** Where ids were imported: more ids of a content that has one already. */
  readonly #moreIds = new Map<string, readonly number[]>()

  constructor(context: string, source: SchemaSource) {
    this.context = context
    this.#source = source
  }

  byId(schemaId: number): RegisteredSchema | undefined {
    const known = this.#byId[schemaId]
    if (typeof known !== 'number') return known
    const { storedAt, schemaOf } = this.#source
    const schema = schemaOf(storedAt(known))
    this.#byId[schemaId] = schema
    return schema
  }

  /** One, unless ids were imported. */
  byGuid(guid: string): readonly RegisteredSchema[] {
    return this.#idsOf(guid).flatMap((schemaId) => this.byId(schemaId) ?? [])
  }

  /** A schema as it lies in the store, with an id that no other has yet. */
  putRow(schemaId: number, row: number): void {
    this.maxId = Math.max(this.maxId, schemaId)
    this.#byId[schemaId] = row
  }

  put(schema: RegisteredSchema): void {
    this.maxId = Math.max(this.maxId, schema.schemaId)
    this.#byId[schema.schemaId] = schema
    if (this.#idByGuid) this.#indexGuid(this.#idByGuid, schema)
  }

  remove({ guid, schemaId }: RegisteredSchema): void {
    const [first, ...more] = this.#idsOf(guid).filter((other) => other !== schemaId)
    this.#byId[schemaId] = undefined
    this.#guids().delete(guid)
    this.#moreIds.delete(guid)
    if (first !== undefined) this.#guids().set(guid, first)
    if (more.length > 0) this.#moreIds.set(guid, more)
  }

  #idsOf(guid: string): readonly number[] {
    const first = this.#guids().get(guid)
    return first === undefined ? NONE : [first, ...(this.#moreIds.get(guid) ?? NONE)]
  }

  #guids(): Map<string, number> {
    if (this.#idByGuid) return this.#idByGuid
    const idByGuid = new Map<string, number>()
    // Only what is there: one imported id may lie two billion above the others.
    for (const known of Object.values(this.#byId))
      if (known !== undefined) this.#indexGuid(idByGuid, typeof known === 'number' ? this.#source.storedAt(known) : known)
    this.#idByGuid = idByGuid
    return idByGuid
  }

  #indexGuid(idByGuid: Map<string, number>, { guid, schemaId }: Pick<StoredSchema, 'guid' | 'schemaId'>): void {
    if (idByGuid.has(guid)) this.#moreIds.set(guid, [...(this.#moreIds.get(guid) ?? NONE), schemaId])
    else idByGuid.set(guid, schemaId)
  }
}
