import { invalidSchema, isRawObject, memberOf, type RawSchema } from './raw-schema.ts'

/** The versions of JSON Schema that are told apart by `$schema`. */
export type DialectName = 'draft-04' | 'draft-06' | 'draft-07' | '2019-09' | '2020-12'

export interface Dialect {
  readonly name: DialectName
  /** Where a schema says its own address. */
  readonly idKeyword: 'id' | '$id'
  /** Up to draft 7 nothing beside a `$ref` counts (JSON Reference). */
  readonly isRefAlone: boolean
  /** The keywords below that hold something to judge by; all others are annotations and are dropped. */
  readonly keywords: ReadonlySet<string>
}

/** The dialect of a document; without `$schema` that of the document that refers to it, and for the first one draft 7. */
export function dialectOf(schema: RawSchema, path: string, inherited: Dialect = dialects['draft-07']): Dialect {
  const uri = isRawObject(schema) ? memberOf(schema, '$schema') : undefined
  if (uri === undefined) return inherited
  const name = typeof uri === 'string' ? dialectNames.get(uri.replace(/#$/, '').replace(/^https:/, 'http:')) : undefined
  if (name === undefined)
    throw invalidSchema(`${path}/$schema`, `${JSON.stringify(uri)} is not a dialect known here; use draft-04, -06, -07, 2019-09 or 2020-12`)
  return dialects[name]
}

const dialectNames: ReadonlyMap<string, DialectName> = new Map([
  ['http://json-schema.org/schema', 'draft-07'],
  ['http://json-schema.org/draft-04/schema', 'draft-04'],
  ['http://json-schema.org/draft-06/schema', 'draft-06'],
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['http://json-schema.org/draft/2019-09/schema', '2019-09'],
  ['http://json-schema.org/draft/2020-12/schema', '2020-12'],
])

const draft04 = [
  '$ref type enum format contentEncoding description allOf anyOf oneOf not',
  'multipleOf maximum minimum exclusiveMaximum exclusiveMinimum maxLength minLength pattern',
  'items additionalItems maxItems minItems uniqueItems',
  'properties patternProperties additionalProperties required maxProperties minProperties dependencies',
]
const draft06 = [...draft04, 'const contains propertyNames']
const draft07 = [...draft06, 'if then else']
const draft2019 = [
  ...draft07,
  'dependentRequired dependentSchemas minContains maxContains unevaluatedItems unevaluatedProperties $recursiveRef',
]
const draft2020 = [...draft2019, 'prefixItems $dynamicRef']

function keywords(lines: readonly string[], ...dropped: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')).filter((keyword) => !dropped.includes(keyword)))
}

export const dialects: { readonly [name in DialectName]: Dialect } = {
  'draft-04': { name: 'draft-04', idKeyword: 'id', isRefAlone: true, keywords: keywords(draft04) },
  'draft-06': { name: 'draft-06', idKeyword: '$id', isRefAlone: true, keywords: keywords(draft06) },
  'draft-07': { name: 'draft-07', idKeyword: '$id', isRefAlone: true, keywords: keywords(draft07) },
  '2019-09': { name: '2019-09', idKeyword: '$id', isRefAlone: false, keywords: keywords(draft2019) },
  '2020-12': { name: '2020-12', idKeyword: '$id', isRefAlone: false, keywords: keywords(draft2020, 'additionalItems', '$recursiveRef') },
}
