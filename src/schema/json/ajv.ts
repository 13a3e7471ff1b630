import { createRequire } from 'node:module'
import type { Ajv, ErrorObject, KeywordErrorDefinition, Options, ValidateFunction } from 'ajv'
import type * as AjvModule from 'ajv'
import type * as Ajv2019Module from 'ajv/dist/2019.js'
import type * as Ajv2020Module from 'ajv/dist/2020.js'
import type { FormatsPlugin } from 'ajv-formats'
import type { DialectName } from './dialect.ts'
import { hasUniqueItems, isMultipleOf, isOneOfMany } from './exact-keywords.ts'
import { judgedFormats } from './formats.ts'
import type { JudgeSchema } from './judge-schema.ts'
import type { LinearPattern } from './pattern.ts'
import { addUnevaluatedKeywords } from './unevaluated-keywords.ts'

/**
 * The only file that touches ajv. It is loaded at the first JSON schema, because loading it takes a good part of the
 * time in which a broker should be listening.
 */
export type Judge = ValidateFunction
export type JudgeError = ErrorObject

/** Compiles one schema in 2020-12, in an instance of its own: ajv never forgets what an instance has compiled. */
export function compileWithAjv(
  { root, definitions, hasUnevaluated }: JudgeSchema,
  { compilePattern }: { compilePattern: (pattern: string) => LinearPattern },
): Judge {
  const ajv = withOwnKeywords(loadAjv2020({ ...commonOptions, meta: false, validateSchema: false, code: codeOptions(compilePattern) }))
  const { get } = load('ajv-formats') as FormatsPlugin
  // Its track of evaluated members costs time, and is not right for all schemas.
  ajv.opts.unevaluated = false
  if (hasUnevaluated) addUnevaluatedKeywords(ajv, { schemaId: SCHEMA_ID, definitions, compilePattern })
  for (const [name, format] of judgedFormats((name) => get(name, 'fast'))) ajv.addFormat(name, format)
  return ajv.compile(typeof root === 'boolean' ? root : { ...root, $id: SCHEMA_ID, $defs: definitions })
}

/** How a format of strings judges one; undefined for formats of numbers. */
export function formatCheck(name: string): ((text: string) => boolean) | undefined {
  const { get } = load('ajv-formats') as FormatsPlugin
  const format = judgedFormats((each) => get(each, 'fast')).find(([each]) => each === name)?.[1]
  if (format instanceof RegExp) return (text) => format.test(text)
  return typeof format === 'function' ? format : undefined
}

/** Says whether something is a schema of its dialect. Kept, since dialects are few. */
export function metaJudge(dialect: DialectName): Judge {
  const known = metaJudges.get(dialect)
  if (known !== undefined) return known
  const ajv = withOwnKeywords(metaFactories[dialect]({ ...commonOptions, validateFormats: false }))
  const judge = ajv.getSchema(metaSchemaIds[dialect]) as Judge
  metaInstances.set(dialect, ajv)
  metaJudges.set(dialect, judge)
  return judge
}

/** A meta-schema of the standard, or one of the vocabularies that it is made of. */
export function metaSchemaAt(uri: string): { schema: unknown; dialect: DialectName } | undefined {
  const dialect = (Object.keys(metaSchemaIds) as DialectName[]).find((name) => uri.startsWith(metaSchemaIds[name].replace(/schema$/, '')))
  if (dialect === undefined) return undefined
  metaJudge(dialect)
  const schema = metaInstances.get(dialect)?.getSchema(uri)?.schema
  return schema === undefined ? undefined : { schema, dialect }
}

const load = createRequire(import.meta.url) as (id: string) => unknown
/** An address for parts of the schema to be found by. */
const SCHEMA_ID = 'schema:judged'
const metaJudges = new Map<DialectName, Judge>()
const metaInstances = new Map<DialectName, Ajv>()

/** Only own members count: a record without `constructor` has none. Keywords that ajv does not know are annotations. */
const commonOptions: Options = { strict: false, ownProperties: true, logger: false }

/** Without ajv's own optimizer, whose time grows with the square of a schema's width; V8 does that work anyway. */
function codeOptions(compilePattern: (pattern: string) => LinearPattern): Options['code'] {
  return { optimize: false, regExp: Object.assign(compilePattern, { code: 'linearPattern' }) }
}

function withOwnKeywords(ajv: Ajv): Ajv {
  ajv.removeKeyword('uniqueItems').removeKeyword('multipleOf')
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    errors: false,
    compile: (isUnique: boolean) => (isUnique ? hasUniqueItems : always),
  })
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    errors: false,
    compile: (divisor: number) => (value: number) => isMultipleOf(value, divisor),
    error: errorWithSchemaAs('multipleOf'),
  })
  return ajv.addKeyword({
    keyword: 'largeEnum',
    schemaType: 'array',
    errors: false,
    compile: isOneOfMany,
    error: errorWithSchemaAs('allowedValues'),
  })
}

/** Errors carry the keyword's value under this name, as those of ajv's own keywords do. */
function errorWithSchemaAs(name: string): KeywordErrorDefinition {
  const { _ } = load('ajv') as typeof AjvModule
  return { message: 'must pass', params: ({ schemaCode }) => _`{ [${name}]: ${schemaCode as number} }` }
}

function always(): boolean {
  return true
}

function loadAjv2020(options: Options): Ajv {
  const { Ajv2020 } = load('ajv/dist/2020.js') as typeof Ajv2020Module
  return new Ajv2020(options)
}

function loadAjv2019(options: Options): Ajv {
  const { Ajv2019 } = load('ajv/dist/2019.js') as typeof Ajv2019Module
  return new Ajv2019(options)
}

// A class is named before it is constructed: the compiler drops the parentheses of `new (load(...) as T).Ajv()`.
function loadAjv(options: Options): Ajv {
  const { Ajv: Ajv7 } = load('ajv') as typeof AjvModule
  return new Ajv7(options)
}

function loadAjv4(options: Options): Ajv {
  const Ajv4 = load('ajv-draft-04') as typeof Ajv
  return new Ajv4(options)
}

const metaFactories: { readonly [name in DialectName]: (options: Options) => Ajv } = {
  'draft-04': loadAjv4,
  'draft-06': (options) => loadAjv(options).addMetaSchema(load('ajv/dist/refs/json-schema-draft-06.json') as object),
  'draft-07': (options) => loadAjv({ ...options, meta: false }).addMetaSchema(metaSchemaOfDraft07()),
  '2019-09': loadAjv2019,
  '2020-12': loadAjv2020,
}

/** As the standard has it: unlike in drafts before, a constant may be listed twice. ajv's own copy forbids that. */
function metaSchemaOfDraft07(): object {
  const schema = load('ajv/dist/refs/json-schema-draft-07.json') as { readonly properties: object }
  return { ...schema, properties: { ...schema.properties, enum: { type: 'array', items: true, minItems: 1 } } }
}

const metaSchemaIds: { readonly [name in DialectName]: string } = {
  'draft-04': 'http://json-schema.org/draft-04/schema',
  'draft-06': 'http://json-schema.org/draft-06/schema',
  'draft-07': 'http://json-schema.org/draft-07/schema',
  '2019-09': 'https://json-schema.org/draft/2019-09/schema',
  '2020-12': 'https://json-schema.org/draft/2020-12/schema',
}
