import type { SchemaType } from '../schema/language.ts'
import type { RegisteredSchema } from './context-schemas.ts'
import type { RegisteredVersion } from './registry-index.ts'
import type { ResolvedSchemaReference } from './schema-content.ts'

export type UsesOf = (schema: RegisteredSchema) => readonly RegisteredVersion[]

/** A schema whose uses are looked up when somebody asks: to keep them in step for all would take more than the schemas do. */
export class IndexedSchema implements RegisteredSchema {
  readonly context: string
  readonly schemaId: number
  readonly guid: string
  readonly schemaType: SchemaType
  readonly references: readonly ResolvedSchemaReference[]
  readonly #usesOf: UsesOf

  constructor({ context, schemaId, guid, schemaType, references }: Omit<RegisteredSchema, 'uses'>, usesOf: UsesOf) {
    this.context = context
    this.schemaId = schemaId
    this.guid = guid
    this.schemaType = schemaType
    this.references = references
    this.#usesOf = usesOf
  }

  get uses(): readonly RegisteredVersion[] {
    return this.#usesOf(this)
  }
}
