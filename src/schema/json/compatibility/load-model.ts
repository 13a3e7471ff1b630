import { assert } from '../../../shared/assert.ts'
import type { CompiledPatterns } from '../compile.ts'
import { placeOf, type LocatedSchema, type SchemaDocuments } from '../documents.ts'
import { equalityKey } from '../exact-keywords.ts'
import { isRawObject, isRawSchema, memberOf, type RawJson, type RawObject } from '../raw-schema.ts'
import { EqualityIds } from './equality-ids.ts'
import { KeywordReader } from './keyword-reader.ts'
import {
  noAnnotations,
  type Annotations,
  type ArrayPart,
  type CombinedPart,
  type Criterion,
  type ObjectPart,
  type SchemaModel,
  type SchemaPart,
} from './model.ts'
import { readNumber, readString } from './scalar-parts.ts'

/**
 * Reads documents into the model that compatibility compares. They have passed all checks of a registration: every
 * keyword has its right type, every `$ref` leads somewhere, every pattern is compiled, and size and nesting are bounded.
 */
export function loadModel(documents: SchemaDocuments, patterns: CompiledPatterns): SchemaModel {
  return new ModelLoader(documents, patterns).at(documents.root)
}

class ModelLoader {
  readonly #documents: SchemaDocuments
  readonly #patterns: CompiledPatterns
  readonly #models = new Map<string, SchemaModel>()
  readonly #ids = new EqualityIds()

  constructor(documents: SchemaDocuments, patterns: CompiledPatterns) {
    this.#documents = documents
    this.#patterns = patterns
  }

  /** One place is one model, so that pairs of schemas are met again. */
  at(located: LocatedSchema): SchemaModel {
    const place = placeOf(located)
    const model = this.#models.get(place) ?? this.#load(located)
    this.#models.set(place, model)
    return model
  }

  #load(located: LocatedSchema): SchemaModel {
    const { schema } = located
    if (!isRawObject(schema)) return { kind: schema ? 'empty' : 'false', ...noAnnotations }
    const annotations = annotationsOf(schema)
    const [first, ...others] = this.#parts(new KeywordReader(schema, located))
    if (first === undefined) return { kind: 'empty', ...annotations }
    if (others.length === 0) return { ...first, ...annotations }
    const branches = [first, ...others].map((part): SchemaModel => ({ ...part, ...noAnnotations }))
    return { kind: 'combined', criterion: 'allOf', branches, isSingle: false, ...annotations }
  }

  /** What a schema asks of a value, by kind. */
  #parts(keywords: KeywordReader): SchemaPart[] {
    const references = this.#references(keywords)
    if (references.length > 0 && keywords.dialect.isRefAlone) return references
    return [...references, ...this.#untypedParts(keywords), ...this.#typedParts(keywords), ...this.#leftParts(keywords)]
  }

  #untypedParts(keywords: KeywordReader): SchemaPart[] {
    const parts: SchemaPart[] = []
    const constants = keywords.value('enum')
    if (Array.isArray(constants)) parts.push({ kind: 'enum', values: new Set(constants.map(equalityKey)) })
    for (const criterion of ['allOf', 'anyOf', 'oneOf'] as const)
      if (keywords.has(criterion)) parts.push(this.#combined(criterion, keywords))
    if (keywords.has('not')) parts.push({ kind: 'not', schema: this.#inner(keywords, 'not') })
    if (keywords.has('const')) parts.push({ kind: 'const', value: equalityKey(keywords.value('const')) })
    return parts
  }

  #combined(criterion: Criterion, keywords: KeywordReader): CombinedPart {
    const written = keywords.value(criterion) as readonly RawJson[]
    const seen = new Set<number>()
    const indexes = [...written.keys()].filter((index) => seen.size < seen.add(this.#ids.idOf(written[index] ?? null)).size)
    const branches = indexes.map((index) => this.#inner(keywords, criterion, index))
    return { kind: 'combined', criterion, branches, isSingle: written.length === 1 }
  }

  /** The keywords that belong to the types are taken by them; the others are left for `#leftParts`. */
  #typedParts(keywords: KeywordReader): SchemaPart[] {
    const type = keywords.value('type')
    if (type === undefined) return []
    if (!Array.isArray(type)) return [this.#typed(type as string, keywords)]
    const branches = type.map((name: string): SchemaModel => ({ ...this.#typed(name, keywords), ...noAnnotations }))
    return [{ kind: 'combined', criterion: 'anyOf', branches, isSingle: branches.length === 1 }]
  }

  #typed(type: string, keywords: KeywordReader): SchemaPart {
    switch (type) {
      case 'string':
        return readString(keywords)
      case 'number':
      case 'integer':
        return readNumber(keywords, type === 'integer')
      case 'array':
        return this.#array(keywords)
      case 'object':
        return this.#object(keywords)
      case 'boolean':
        return { kind: 'boolean' }
      default:
        return { kind: 'null' }
    }
  }

  /** Keywords of a type that `type` does not name judge values of that type only; the kind is the same. */
  #leftParts(keywords: KeywordReader): SchemaPart[] {
    const parts: SchemaPart[] = []
    if (keywords.hasLeft('array')) parts.push(this.#array(keywords))
    if (keywords.hasLeft('object')) parts.push(this.#object(keywords))
    if (keywords.hasLeft('number')) parts.push(readNumber(keywords, false))
    if (keywords.hasLeft('string')) parts.push(readString(keywords))
    if (keywords.hasLeft('conditional')) parts.push({ kind: 'conditional' })
    return parts
  }

  #object(keywords: KeywordReader): ObjectPart {
    keywords.take('object')
    const dependencies = [...keywords.members('dependencies'), ...keywords.members('dependentRequired')]
    return {
      kind: 'object',
      properties: this.#named(keywords, 'properties'),
      required: new Set(keywords.names('required')),
      patternProperties: [...this.#named(keywords, 'patternProperties')].map(([text, schema]) => ({
        pattern: this.#pattern(text),
        schema,
      })),
      additional: this.#permission(keywords, 'additionalProperties'),
      unevaluated: this.#optional(keywords, 'unevaluatedProperties'),
      // An empty list asks for nothing.
      dependentNames: new Map(dependencies.flatMap(([name, names]) => (isFilledList(names) ? [[name, new Set(names as string[])]] : []))),
      dependentSchemas: new Map([...this.#named(keywords, 'dependencies'), ...this.#named(keywords, 'dependentSchemas')]),
      maxProperties: keywords.number('maxProperties'),
      minProperties: keywords.number('minProperties'),
    }
  }

  #array(keywords: KeywordReader): ArrayPart {
    keywords.take('array')
    // Since 2019-09 a value has one fitting item at least wherever `contains` stands; before, the registry does not look.
    const minContains =
      keywords.dialect.keywords.has('minContains') && keywords.has('contains') ? (keywords.number('minContains') ?? 1) : undefined
    return {
      kind: 'array',
      ...this.#items(keywords),
      unevaluated: this.#optional(keywords, 'unevaluatedItems'),
      maxItems: keywords.number('maxItems'),
      minItems: keywords.number('minItems'),
      maxContains: minContains === undefined ? undefined : keywords.number('maxContains'),
      minContains,
      isUnique: keywords.value('uniqueItems') === true,
    }
  }

  /** A list of `items` with `additionalItems` became `prefixItems` with `items` in 2020-12. */
  #items(keywords: KeywordReader): Pick<ArrayPart, 'items' | 'tuple' | 'additional'> {
    const items = keywords.value('items')
    if (Array.isArray(items))
      return { items: undefined, tuple: this.#list(keywords, 'items'), additional: this.#permission(keywords, 'additionalItems') }
    const tuple = this.#list(keywords, 'prefixItems')
    if (tuple.length > 0) return { items: undefined, tuple, additional: this.#permission(keywords, 'items') }
    // The two loaders of the registry, one for each family of dialects, read booleans in two ways.
    if (typeof items === 'boolean' && !keywords.dialect.isRefAlone) return { items: undefined, tuple, additional: items }
    return { items: this.#optional(keywords, 'items'), tuple, additional: true }
  }

  #references(keywords: KeywordReader): SchemaPart[] {
    return (['$ref', '$recursiveRef', '$dynamicRef'] as const).flatMap((keyword) => {
      const ref = keywords.value(keyword)
      if (typeof ref !== 'string') return []
      const resolve = (): LocatedSchema =>
        keyword === '$ref' ? this.#documents.resolve(ref, keywords.located) : this.#documents.resolveDynamic(ref, keywords.located)
      return [{ kind: 'reference', target: () => this.at(resolve()) }]
    })
  }

  #pattern(text: string): ObjectPart['patternProperties'][number]['pattern'] {
    const pattern = this.#patterns.get(text)
    assert(pattern !== undefined, 'every pattern was compiled when the schema was read')
    return pattern
  }

  #permission(keywords: KeywordReader, keyword: string): boolean | SchemaModel {
    const value = keywords.value(keyword) ?? true
    return typeof value === 'boolean' ? value : this.#inner(keywords, keyword)
  }

  #optional(keywords: KeywordReader, keyword: string): SchemaModel | undefined {
    return keywords.has(keyword) ? this.#inner(keywords, keyword) : undefined
  }

  #list(keywords: KeywordReader, keyword: string): SchemaModel[] {
    const list = keywords.value(keyword)
    return Array.isArray(list) ? list.map((_, index) => this.#inner(keywords, keyword, index)) : []
  }

  #named(keywords: KeywordReader, keyword: string): Map<string, SchemaModel> {
    const schemas = keywords.members(keyword).filter(([, schema]) => isRawSchema(schema))
    return new Map(schemas.map(([name]) => [name, this.#inner(keywords, keyword, name)]))
  }

  #inner({ schema, located }: KeywordReader, keyword: string, step?: string | number): SchemaModel {
    const value = memberOf(schema, keyword) as RawJson
    const inner = step === undefined ? value : (value as RawObject)[step]
    assert(isRawSchema(inner), 'the meta-schema lets only schemas stand here')
    return this.at(this.#documents.below(located, inner, keyword, ...(step === undefined ? [] : [step])))
  }
}

function annotationsOf(schema: RawObject): Annotations {
  return { hasDefault: memberOf(schema, 'default') !== undefined, isConnectBytes: memberOf(schema, 'connect.type') === 'bytes' }
}

function isFilledList(value: RawJson): value is readonly RawJson[] {
  return Array.isArray(value) && value.length > 0
}
