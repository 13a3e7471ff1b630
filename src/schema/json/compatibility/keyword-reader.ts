import type { Dialect } from '../dialect.ts'
import type { LocatedSchema } from '../documents.ts'
import { isRawObject, memberOf, type RawJson, type RawObject } from '../raw-schema.ts'

/** The keywords that judge values of one type. */
export type KeywordGroup = 'array' | 'object' | 'number' | 'string' | 'conditional'

/**
 * The keywords of one schema that count in its dialect; meanwhile it is noted which groups of them a type has taken.
 */
export class KeywordReader {
  readonly schema: RawObject
  readonly located: LocatedSchema
  readonly #taken = new Set<KeywordGroup>()

  constructor(schema: RawObject, located: LocatedSchema) {
    this.schema = schema
    this.located = located
  }

  get dialect(): Dialect {
    return this.located.dialect
  }

  has(keyword: string): boolean {
    return this.value(keyword) !== undefined
  }

  value(keyword: string): RawJson | undefined {
    return this.dialect.keywords.has(keyword) ? memberOf(this.schema, keyword) : undefined
  }

  number(keyword: string): number | undefined {
    const value = this.value(keyword)
    return typeof value === 'number' ? value : undefined
  }

  names(keyword: string): readonly string[] {
    const value = this.value(keyword)
    return Array.isArray(value) ? (value as readonly string[]) : []
  }

  members(keyword: string): [name: string, value: RawJson][] {
    const value = this.value(keyword)
    return isRawObject(value) ? Object.entries(value) : []
  }

  take(group: KeywordGroup): void {
    this.#taken.add(group)
  }

  /** Whether there are keywords of a group that no type has taken. */
  hasLeft(group: KeywordGroup): boolean {
    if (this.#taken.has(group)) return false
    // Up to draft 7 a format alone is a schema for strings; the registry's loader for later dialects does not look at it.
    if (group === 'string' && this.dialect.isRefAlone && this.has('format')) return true
    return keywordGroups[group].some((keyword) => this.has(keyword))
  }
}

const keywordGroups: { readonly [group in KeywordGroup]: readonly string[] } = {
  array: 'items additionalItems prefixItems minItems maxItems uniqueItems contains unevaluatedItems'.split(' '),
  object: [
    ...'properties required minProperties maxProperties dependencies patternProperties additionalProperties propertyNames'.split(' '),
    ...'dependentRequired dependentSchemas unevaluatedProperties'.split(' '),
  ],
  number: 'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf'.split(' '),
  string: 'minLength maxLength pattern'.split(' '),
  conditional: 'if then else'.split(' '),
}
