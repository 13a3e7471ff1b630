import { limits } from '../../shared/limits.ts'
import { placeOf, type LocatedSchema, type SchemaDocuments } from './documents.ts'
import { formatNames } from './formats.ts'
import { invalidSchema, isRawObject, memberOf, pointerTo, unsupportedSchema, type RawJson, type RawObject } from './raw-schema.ts'
import {
  listKeywords,
  namedKeywords,
  REF_PREFIX,
  singleKeywords,
  type SchemaNode,
  type SchemaObject,
  type UnifiedSchema,
} from './unified-schema.ts'

/**
 * Rewrites the documents of a schema into one self-contained schema of one dialect. Every keyword keeps the meaning its
 * own dialect gives it; what a dialect does not know is dropped, as the standard asks; every `$ref` is resolved, whether
 * or not a value will ever reach it. Throws HeadgateError `invalid-schema` or `unsupported`, naming the place.
 */
export function unify(documents: SchemaDocuments, isBeyondInt64: (schema: RawObject) => boolean): UnifiedSchema {
  return new Unifier(documents, isBeyondInt64).unify()
}

type Entries = [name: string, value: unknown][]

class Unifier {
  readonly #documents: SchemaDocuments
  readonly #isBeyondInt64: (schema: RawObject) => boolean
  readonly #definitions = new Map<string, SchemaNode>()
  readonly #names = new Map<string, string>()
  readonly #pending: { name: string; located: LocatedSchema }[] = []
  readonly #paths = new WeakMap<SchemaObject, string>()
  readonly #beyondInt64 = new WeakSet<SchemaObject>()
  #nodes = 0

  constructor(documents: SchemaDocuments, isBeyondInt64: (schema: RawObject) => boolean) {
    this.#documents = documents
    this.#isBeyondInt64 = isBeyondInt64
  }

  unify(): UnifiedSchema {
    const root = this.#node(this.#documents.root)
    // A definition is converted once, however many refer to it, so cycles end here.
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop())
      this.#definitions.set(next.name, this.#node(next.located))
    return { root, definitions: this.#definitions, paths: this.#paths, beyondInt64: this.#beyondInt64 }
  }

  #node(located: LocatedSchema): SchemaNode {
    const { schema, path } = located
    if (++this.#nodes > limits.jsonSchemaPartsMax) throw unsupportedSchema(path, `a schema of more than ${limits.jsonSchemaPartsMax} parts`)
    if (!isRawObject(schema)) return schema
    const node = this.#object(schema, located)
    this.#paths.set(node, path)
    if (this.#isBeyondInt64(schema)) this.#beyondInt64.add(node)
    return node
  }

  #object(schema: RawObject, located: LocatedSchema): SchemaObject {
    const targets = this.#targets(schema, located)
    const $ref = this.#reference(targets)
    if ($ref !== undefined && located.dialect.isRefAlone) return { $ref }
    const entries: Entries = $ref === undefined ? [] : [['$ref', $ref]]
    for (const [keyword, value] of Object.entries(schema))
      if (located.dialect.keywords.has(keyword)) entries.push(...this.#keyword(keyword, value, schema, located))
    return Object.fromEntries(entries)
  }

  #keyword(keyword: string, value: RawJson, schema: RawObject, located: LocatedSchema): Entries {
    if (keyword === '$ref' || keyword === '$recursiveRef' || keyword === '$dynamicRef') return []
    if (keyword === 'contains' && located.dialect.name === '2020-12')
      return [
        [keyword, this.#inner(value, located, keyword)],
        ['countsContained', true],
      ]
    if (keyword === 'items' || keyword === 'additionalItems') return this.#items(keyword, value, schema, located)
    if (keyword === 'dependencies') return this.#dependencies(value, schema, located)
    if (isOneOf(singleKeywords, keyword)) return [[keyword, this.#inner(value, located, keyword)]]
    if (isOneOf(listKeywords, keyword)) return [[keyword, this.#list(value, located, keyword)]]
    if (isOneOf(namedKeywords, keyword)) return [[keyword, this.#named(value, located, keyword)]]
    // No value is one of none: surely a mistake, and ajv takes no such list.
    if (keyword === 'enum' && Array.isArray(value) && value.length === 0)
      throw invalidSchema(pointerTo(located.path, keyword), 'an empty list')
    return plainKeyword(keyword, value, schema)
  }

  #inner(value: RawJson | undefined, located: LocatedSchema, ...steps: readonly (string | number)[]): SchemaNode {
    if (typeof value !== 'boolean' && !isRawObject(value))
      throw invalidSchema(pointerTo(located.path, ...steps), 'a schema must be an object or a boolean')
    return this.#node(this.#documents.below(located, value, ...steps))
  }

  #list(value: RawJson, located: LocatedSchema, keyword: string): SchemaNode[] {
    if (!Array.isArray(value)) throw invalidSchema(pointerTo(located.path, keyword), 'must be an array of schemas')
    if (value.length > limits.jsonSchemaListMax)
      throw unsupportedSchema(pointerTo(located.path, keyword), `more than ${limits.jsonSchemaListMax} schemas in one list`)
    return value.map((item: RawJson, index) => this.#inner(item, located, keyword, index))
  }

  #named(value: RawJson, located: LocatedSchema, keyword: string): { [name: string]: SchemaNode } {
    if (!isRawObject(value)) throw invalidSchema(pointerTo(located.path, keyword), 'must be an object of schemas')
    if (Object.hasOwn(value, '__proto__')) throw unsupportedSchema(pointerTo(located.path, keyword), 'a property cannot be named __proto__')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, this.#inner(inner, located, keyword, name)]))
  }

  /** Before 2020-12 a list of `items` is what `prefixItems` is now, and `additionalItems` is then what `items` is. */
  #items(keyword: 'items' | 'additionalItems', value: RawJson, schema: RawObject, located: LocatedSchema): Entries {
    const isTuple = Array.isArray(memberOf(schema, 'items')) && located.dialect.keywords.has('additionalItems')
    if (keyword === 'items' && isTuple) return [['prefixItems', this.#list(value, located, keyword)]]
    if (keyword === 'items' || isTuple) return [['items', this.#inner(value, located, keyword)]]
    return []
  }

  /** Up to draft 7 one keyword for what are `dependentRequired` and `dependentSchemas` now. */
  #dependencies(value: RawJson, schema: RawObject, located: LocatedSchema): Entries {
    const path = pointerTo(located.path, 'dependencies')
    if (!isRawObject(value)) throw invalidSchema(path, 'must be an object')
    if (located.dialect.keywords.has('dependentSchemas') && ('dependentSchemas' in schema || 'dependentRequired' in schema))
      throw unsupportedSchema(path, 'use either dependencies or dependentSchemas and dependentRequired, not both')
    const isNames = ([, dependency]: [string, RawJson]): boolean => Array.isArray(dependency)
    const dependencies = Object.entries(value)
    const schemas = dependencies.filter((dependency) => !isNames(dependency))
    return [
      ['dependentRequired', Object.fromEntries(dependencies.filter(isNames))],
      ['dependentSchemas', Object.fromEntries(schemas.map(([name, inner]) => [name, this.#inner(inner, located, 'dependencies', name)]))],
    ]
  }

  /** All that a schema refers to with its own keywords; mostly nothing, and one at most before 2019-09. */
  #targets(schema: RawObject, located: LocatedSchema): LocatedSchema[] {
    return (['$ref', '$recursiveRef', '$dynamicRef'] as const).flatMap((keyword) => {
      const ref = located.dialect.keywords.has(keyword) ? memberOf(schema, keyword) : undefined
      if (typeof ref !== 'string') return []
      return [keyword === '$ref' ? this.#documents.resolve(ref, located) : this.#documents.resolveDynamic(ref, located)]
    })
  }

  /** One keyword must do: two references become one to a definition of both. */
  #reference(targets: readonly LocatedSchema[]): string | undefined {
    const refs = targets.map((target) => REF_PREFIX + this.#nameOf(target))
    if (refs.length <= 1) return refs[0]
    const name = refs.join('+').replaceAll(REF_PREFIX, '')
    this.#definitions.set(name, { allOf: refs.map(($ref) => ({ $ref })) })
    return REF_PREFIX + name
  }

  /** One place is one definition: the same schema reached by two addresses is converted once. */
  #nameOf(located: LocatedSchema): string {
    const place = placeOf(located)
    const known = this.#names.get(place)
    if (known !== undefined) return known
    const name = String(this.#names.size)
    this.#names.set(place, name)
    this.#pending.push({ name, located })
    return name
  }
}

/** Keywords without schemas inside. */
function plainKeyword(keyword: string, value: RawJson, schema: RawObject): Entries {
  if (keyword === 'type') return [[keyword, Array.isArray(value) ? value : [value]]]
  // An unknown format judges nothing.
  if (keyword === 'format') return typeof value === 'string' && formatNames.has(value) ? [[keyword, value]] : []
  if (keyword === 'exclusiveMaximum' || keyword === 'exclusiveMinimum' || keyword === 'maximum' || keyword === 'minimum')
    return bound(keyword, value, schema)
  if (keyword === 'description' || keyword === 'contentEncoding') return typeof value === 'string' ? [[keyword, value]] : []
  return [[keyword, value]]
}

/** In draft 4 `exclusiveMaximum: true` sharpens `maximum`; since draft 6 it is a number of its own. */
function bound(keyword: 'maximum' | 'minimum' | 'exclusiveMaximum' | 'exclusiveMinimum', value: RawJson, schema: RawObject): Entries {
  if (typeof value === 'boolean') return []
  const exclusive = keyword === 'maximum' ? 'exclusiveMaximum' : keyword === 'minimum' ? 'exclusiveMinimum' : undefined
  return [[exclusive !== undefined && memberOf(schema, exclusive) === true ? exclusive : keyword, value]]
}

function isOneOf<Keyword extends string>(keywords: readonly Keyword[], keyword: string): keyword is Keyword {
  return (keywords as readonly string[]).includes(keyword)
}
