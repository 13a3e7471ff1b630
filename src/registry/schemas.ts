import type { LoadLanguage } from '../lanes/languages.ts'
import type { ParsedSchema, ResolvedReference, SchemaDefinition, SchemaLanguage, SchemaType } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { SchemaState } from '../state/state-store.ts'
import { BoundedCache } from './bounded-cache.ts'
import { registryErrors } from './registry-error.ts'
import type { RegisteredSchema } from './context-schemas.ts'
import type { RegistryIndex } from './registry-index.ts'
import { parseContent, type ResolvedSchemaReference, type SchemaContent, type SchemaReference } from './schema-content.ts'
import { contextPrefix, splitSubject, subjectBeside } from './subject.ts'

/**
 * Texts and parsed forms of schemas. Both are made when somebody asks for them and kept within bounds: what many ask
 * for is answered from memory, and what nobody asks for takes none.
 */
export class Schemas {
  readonly #index: RegistryIndex
  readonly #state: SchemaState
  readonly #loadLanguage: LoadLanguage
  readonly #languages = new Map<SchemaType, SchemaLanguage>()
  readonly #texts = new BoundedCache<RegisteredSchema, string>(limits.registryTextCacheBytes, ({ length }) => length)
  readonly #askedOnce = new BoundedCache<RegisteredSchema, true>(limits.registryAskedOnceMax, () => 1)
  readonly #parsed = new BoundedCache<RegisteredSchema, Parsed>(limits.registryParsedCacheBytes, ({ textLength }) => textLength)
  readonly #submitted = new BoundedCache<string, Parsed>(limits.registryParsedCacheBytes, ({ textLength }) => textLength)

  constructor({ index, state, loadLanguage }: { index: RegistryIndex; state: SchemaState; loadLanguage: LoadLanguage }) {
    this.#index = index
    this.#state = state
    this.#loadLanguage = loadLanguage
  }

  /** Has the languages at hand, so that everything after it answers at once. */
  async loadLanguages(schemaTypes: Iterable<SchemaType>): Promise<void> {
    for (const schemaType of schemaTypes)
      if (!this.#languages.has(schemaType)) this.#languages.set(schemaType, await this.#loadLanguage(schemaType))
  }

  language(schemaType: SchemaType): SchemaLanguage {
    const language = this.#languages.get(schemaType)
    if (!language) throw new HeadgateError('unsupported', `schema language ${schemaType} is not loaded`)
    return language
  }

  /**
   * Everything that is answered of the content, as JSON text. It is kept from the second time on: who reads the whole
   * registry once neither drives out what others ask for again and again, nor fills the memory.
   */
  text(schema: RegisteredSchema): string {
    const known = this.#texts.get(schema)
    if (known !== undefined) return known
    const text = this.#state.textOf(schema.context, schema.schemaId)
    if (text === undefined) throw new HeadgateError('store-corrupt', `schema ${schema.schemaId} of context ${schema.context} has no text`)
    if (this.#askedOnce.get(schema)) this.#texts.set(schema, text)
    else this.#askedOnce.set(schema, true)
    return text
  }

  content(schema: RegisteredSchema): SchemaContent {
    return parseContent(this.text(schema))
  }

  /** Throws HeadgateError `invalid-schema` when what was taken once is refused now, by a newer version of a language. */
  parsed(schema: RegisteredSchema): ParsedSchema {
    return this.#parsed.getOrMake(schema, () => {
      const { schemaType, schema: text } = this.content(schema)
      return this.#parse({ schemaType, text, references: this.resolve(schema.references, contextPrefix(schema.context)) })
    }).schema
  }

  /** Throws RegistryError 42201 that says where. `references` are resolved already. */
  parseSubmitted(definition: SchemaDefinition, { isNormalized, isNew }: { isNormalized: boolean; isNew: boolean }): ParsedSchema {
    const key = `${isNormalized ? 'n' : ''}${definition.schemaType} ${JSON.stringify(definition.references)} ${definition.text}`
    try {
      const { schema } = this.#submitted.getOrMake(key, () => {
        const asSent = this.#parse(definition)
        return isNormalized ? this.#parse({ ...definition, text: asSent.schema.normalizedText() }) : asSent
      })
      if (isNew) schema.checkAsNew()
      return schema
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error
      throw registryErrors.invalidSchema(`Invalid schema of type ${definition.schemaType}, details: ${error.message}`)
    }
  }

  /**
   * Texts of everything that is referred to, dependencies first; subjects that name no context are those of `parent`'s.
   * Throws RegistryError 42201 for what does not exist, for a circle and for more than anybody means.
   */
  resolve(references: readonly SchemaReference[], parent: string): ResolvedReference[] {
    const resolved = new Map<string, ResolvedReference>()
    let bytes = 0
    const open = new Set<RegisteredSchema>()
    const visit = (reference: SchemaReference, subject: string): void => {
      if (resolved.has(reference.name)) return
      const schema = this.#referenced(reference, subject)
      if (open.has(schema)) throw invalidReference(`reference ${reference.name} refers back to itself`)
      if (open.size >= limits.nestingMax) throw invalidReference(`references are nested deeper than ${limits.nestingMax}`)
      if (resolved.size >= limits.schemaReferencesMax) throw invalidReference(`more than ${limits.schemaReferencesMax} references`)
      open.add(schema)
      for (const inner of schema.references) visit(inner, subjectBeside(subject, inner.subject))
      open.delete(schema)
      const { schema: text } = this.content(schema)
      bytes += Buffer.byteLength(text)
      if (bytes > limits.schemaReferencesBytesMax)
        throw invalidReference(`the references hold more than ${limits.schemaReferencesBytesMax} bytes of text`)
      resolved.set(reference.name, { name: reference.name, text })
    }
    for (const reference of references) visit(reference, subjectBeside(parent, reference.subject))
    return [...resolved.values()]
  }

  #referenced({ version, schemaId }: SchemaReference & Partial<ResolvedSchemaReference>, subject: string): RegisteredSchema {
    const found = version === -1 ? this.#index.latest(subject) : this.#index.version(subject, version)
    const schema = found?.schema ?? (schemaId === undefined ? undefined : this.#index.schema(splitSubject(subject).context, schemaId))
    if (!schema) throw invalidReference(`No schema reference found for subject "${subject}" and version ${version}`)
    return schema
  }

  #parse(definition: SchemaDefinition): Parsed {
    return { schema: this.language(definition.schemaType).parse(definition), textLength: lengthOf(definition) + PARSED_OVERHEAD }
  }
}

interface Parsed {
  readonly schema: ParsedSchema
  readonly textLength: number
}

/** What the smallest parsed schema weighs, in bytes of text: a cache of them must not be one of millions. */
const PARSED_OVERHEAD = 200

/** References are part of the parsed form. */
function lengthOf({ text, references }: SchemaDefinition): number {
  return references.reduce((length, reference) => length + reference.text.length, text.length)
}

function invalidReference(details: string): Error {
  return registryErrors.invalidSchema(`Invalid schema, details: ${details}`)
}
