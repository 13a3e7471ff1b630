import type { SchemaType } from '../schema/language.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { ResolvedSchemaReference } from './schema-content.ts'

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

/** One for all: nothing refers to most schemas yet when they come, and there may be very many. */
export const NONE: readonly never[] = []

/**
 * The schemas of one context, by id and by guid. Most starts are not followed by a registration, so that guids are only
 * looked up, and kept, from the first time somebody asks.
 */
export class ContextSchemas {
  readonly context: string
  maxId = 0
  /** By id; ids are dense but for imported ones. */
  readonly #byId: (RegisteredSchema | undefined)[] = []
  #byGuid: Map<string, RegisteredSchema> | undefined
  /** Where ids were imported: more schemas of a content that has one already. */
  readonly #more = new Map<string, readonly RegisteredSchema[]>()

  constructor(context: string) {
    this.context = context
  }

  byId(schemaId: number): RegisteredSchema | undefined {
    return this.#byId[schemaId]
  }

  /** One, unless ids were imported. */
  byGuid(guid: string): readonly RegisteredSchema[] {
    const first = this.#guids().get(guid)
    return first === undefined ? NONE : [first, ...(this.#more.get(guid) ?? NONE)]
  }

  put(schema: RegisteredSchema): void {
    this.maxId = Math.max(this.maxId, schema.schemaId)
    this.#byId[schema.schemaId] = schema
    if (this.#byGuid) this.#indexGuid(this.#byGuid, schema)
  }

  remove(schema: RegisteredSchema): void {
    const [first, ...more] = this.byGuid(schema.guid).filter((other) => other !== schema)
    this.#byId[schema.schemaId] = undefined
    this.#guids().delete(schema.guid)
    this.#more.delete(schema.guid)
    if (first) this.#guids().set(schema.guid, first)
    if (more.length > 0) this.#more.set(schema.guid, more)
  }

  #guids(): Map<string, RegisteredSchema> {
    if (this.#byGuid) return this.#byGuid
    const byGuid = new Map<string, RegisteredSchema>()
    // Only what is there: one imported id may lie two billion above the others.
    for (const schema of Object.values(this.#byId)) if (schema) this.#indexGuid(byGuid, schema)
    this.#byGuid = byGuid
    return byGuid
  }

  #indexGuid(byGuid: Map<string, RegisteredSchema>, schema: RegisteredSchema): void {
    const { guid } = schema
    if (byGuid.has(guid)) this.#more.set(guid, [...(this.#more.get(guid) ?? NONE), schema])
    else byGuid.set(guid, schema)
  }
}
