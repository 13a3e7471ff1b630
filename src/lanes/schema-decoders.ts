import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { ParsedSchema, RecordDecoder, SchemaLanguage, SchemaType } from '../schema/language.ts'
import type { HasMessage } from '../schema/wire-framing.ts'
import type { LaneSchema } from './lane.ts'

/**
 * The schemas that a lane was given, and their compiled decoders, one per message. A schema is parsed and compiled with
 * the first record that needs it, so that a lane pays only for what flows through it.
 */
export class SchemaDecoders {
  readonly #languages = new Map<SchemaType, SchemaLanguage>()
  readonly #schemas = new Map<number, DefinedSchema>()
  readonly #idsByGuid = new Map<string, number>()

  addLanguage(language: SchemaLanguage): void {
    this.#languages.set(language.schemaType, language)
  }

  hasLanguage(schemaType: SchemaType): boolean {
    return this.#languages.has(schemaType)
  }

  /** Idempotent: an id means the same schema for ever. */
  define(definition: LaneSchema): void {
    const { schemaId, guid } = definition
    if (guid !== undefined) this.#idsByGuid.set(guid, schemaId)
    if (this.#schemas.has(schemaId)) return
    if (this.#schemas.size >= limits.laneSchemasMax) this.#forgetOldest()
    this.#schemas.set(schemaId, { definition, parsed: undefined, decoders: new Map() })
  }

  has(schemaId: number): boolean {
    return this.#schemas.has(schemaId)
  }

  schemaTypeOf(schemaId: number): SchemaType | undefined {
    return this.#schemas.get(schemaId)?.definition.schemaType
  }

  idOfGuid(guid: string): number | undefined {
    return this.#idsByGuid.get(guid)
  }

  /**
   * Which messages a Protobuf schema has. Undefined for other languages, and for a schema that judges nothing, as
   * `decoder` then says.
   */
  messagesOf(schemaId: number): HasMessage | undefined {
    const schema = this.#schemas.get(schemaId)
    if (schema?.definition.schemaType !== 'PROTOBUF') return undefined
    try {
      schema.parsed ??= this.#parse(schema.definition)
      return schema.parsed.hasMessage
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error
      return undefined
    }
  }

  /**
   * The decoder of a schema that `has` knows. Throws HeadgateError `invalid-schema` or `unsupported`, each time it is
   * asked, when the schema cannot judge anything: then no record of it is accepted.
   */
  decoder(schemaId: number, messageIndexes: readonly number[] | undefined): RecordDecoder {
    const schema = this.#schemas.get(schemaId)
    assert(schema, 'a decoder of a schema that was not defined')
    const message = messageIndexes?.join('.') ?? ''
    const compiled = schema.decoders.get(message)
    if (compiled) return compiled
    schema.parsed ??= this.#parse(schema.definition)
    const decoder = schema.parsed.compileDecoder(messageIndexes && { messageIndexes })
    schema.decoders.set(message, decoder)
    return decoder
  }

  #parse(definition: LaneSchema): ParsedSchema {
    const language = this.#languages.get(definition.schemaType)
    if (!language) throw new HeadgateError('unsupported', `schema id ${definition.schemaId}: no language for ${definition.schemaType}`)
    return language.parse(definition)
  }

  /** It is asked for again when a record names it. */
  #forgetOldest(): void {
    for (const [schemaId, { definition }] of this.#schemas) {
      this.#schemas.delete(schemaId)
      if (definition.guid !== undefined) this.#idsByGuid.delete(definition.guid)
      return
    }
  }
}

interface DefinedSchema {
  readonly definition: LaneSchema
  parsed: ParsedSchema | undefined
  /** By message indexes, `''` for the first message. */
  readonly decoders: Map<string, RecordDecoder>
}
