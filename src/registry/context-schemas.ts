import type { SchemaType } from '../schema/language.ts'
import type { SchemaList, StoredSchema } from '../state/state-store.ts'
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
  /** What the last load found, of all contexts. */
  readonly stored: SchemaList
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
    const { stored, schemaOf } = this.#source
    const schema = schemaOf(stored.at(known))
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
    for (const stored of this.#source.stored.guids) {
      const known = stored.context === this.context ? this.#byId[stored.schemaId] : undefined
      if (typeof known === 'number' || known?.guid === stored.guid) this.#indexGuid(idByGuid, stored)
    }
    // Only what is there: one imported id may lie two billion above the others.
    for (const known of Object.values(this.#byId)) if (typeof known === 'object') this.#indexGuid(idByGuid, known)
    this.#idByGuid = idByGuid
    return idByGuid
  }

  #indexGuid(idByGuid: Map<string, number>, { guid, schemaId }: Pick<StoredSchema, 'guid' | 'schemaId'>): void {
    const first = idByGuid.get(guid)
    const more = this.#moreIds.get(guid) ?? NONE
    if (first === undefined) idByGuid.set(guid, schemaId)
    else if (first !== schemaId && !more.includes(schemaId)) this.#moreIds.set(guid, [...more, schemaId])
  }
}
