import { messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import type { SchemaDefinition, SchemaLanguage } from '../language.ts'
import { metaJudge } from './ajv.ts'
import { canonicalText, normalizedText } from './canonical.ts'
import { checkJsonCompatibility, type JsonParsedSchema } from './compatibility.ts'
import { loadModel } from './compatibility/load-model.ts'
import type { SchemaModel } from './compatibility/model.ts'
import { compilePatterns, type CompiledPatterns } from './compile.ts'
import { compileDecoder } from './decoder.ts'
import { dialectOf, type Dialect } from './dialect.ts'
import { SchemaDocuments, type SchemaDocument } from './documents.ts'
import { explain } from './explain.ts'
import { parseJsonText, type JsonNode } from '../json-text.ts'
import { invalidSchema, pointerTo, type RawObject, type RawSchema } from './raw-schema.ts'
import { mapRow } from './row-type.ts'
import { unify } from './unify.ts'
import type { UnifiedSchema } from './unified-schema.ts'

/** JSON Schema, draft-04 to 2020-12, as the registry and the lanes use it. */
export const jsonSchema: SchemaLanguage = {
  schemaType: 'JSON',
  parse: parseJsonSchema,
  checkCompatibility: (question) => checkJsonCompatibility(question),
}

function parseJsonSchema(definition: SchemaDefinition): JsonParsedSchema {
  const { canonicalText, documents, schema, patterns } = readSchema(definition)
  let model: SchemaModel | undefined
  return {
    schemaType: 'JSON',
    canonicalText,
    normalizedText: () => normalizedText(parseText(definition.text, '#')),
    formattedText: () => undefined,
    checkAsNew: () => undefined,
    rowType: () => mapRow(schema).rowType,
    compileDecoder: () => compileDecoder(schema, patterns),
    model: () => (model ??= loadModel(documents, patterns)),
  }
}

/** A schema that has passed all that a registration must check: text, meta-schema, every `$ref`, every pattern. */
export interface ReadSchema {
  readonly canonicalText: string
  readonly documents: SchemaDocuments
  readonly schema: UnifiedSchema
  readonly patterns: CompiledPatterns
}

/** Throws HeadgateError `invalid-schema` or `unsupported`. */
export function readSchema({ text, references }: SchemaDefinition): ReadSchema {
  const wideBounds = new WeakSet<RawObject>()
  const node = parseText(text, '#')
  const root = parseDocument({ name: '', text }, wideBounds)
  const others = references.map((reference) => parseDocument(reference, wideBounds, root.dialect))
  const documents = new SchemaDocuments(root, others)
  const schema = unify(documents, (raw) => wideBounds.has(raw))
  return { canonicalText: canonicalText(node), documents, schema, patterns: compilePatterns(schema) }
}

function parseText(text: string, path: string): JsonNode {
  if (Buffer.byteLength(text) > limits.schemaTextBytesMax) throw invalidSchema(path, `longer than ${limits.schemaTextBytesMax} bytes`)
  try {
    return parseJsonText(text, { nestingMax: limits.jsonSchemaNestingMax, allowsHalfSurrogates: true })
  } catch (error) {
    throw invalidSchema(path, messageOf(error))
  }
}

function parseDocument(
  { name, text }: { name: string; text: string },
  wideBounds: WeakSet<RawObject>,
  inherited?: Dialect,
): SchemaDocument {
  const path = `${name}#`
  if (name !== '') parseText(text, path)
  const schema = WIDE_NUMBER.test(text) ? parseNoting(wideBounds, text) : (JSON.parse(text) as RawSchema)
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null || Array.isArray(schema)))
    throw invalidSchema(path, 'a schema must be an object or a boolean')
  const dialect = dialectOf(schema, path, inherited)
  checkAgainstMetaSchema(schema, dialect, path)
  return { name, schema, dialect }
}

/** What every number of 2^63 and above has; to look at each value of a text takes ten times as long as to parse it. */
const WIDE_NUMBER = /\d{19}|\d[eE]/

function parseNoting(wideBounds: WeakSet<RawObject>, text: string): RawSchema {
  return JSON.parse(text, function noteWideBound(this: RawObject, key: string, value: unknown, context: { source: string }): unknown {
    if (isBeyondInt64(key, value, context)) wideBounds.add(this)
    return value
  } as (key: string, value: unknown) => unknown) as RawSchema
}

/** Whether a bound lets integers above 2^63-1 pass; a double cannot tell that number from the next. */
function isBeyondInt64(key: string, value: unknown, { source }: { source: string }): boolean {
  if (typeof value !== 'number' || value < 2 ** 63) return false
  return (key === 'maximum' && source !== '9223372036854775807') || (key === 'exclusiveMaximum' && value > 2 ** 63)
}

function checkAgainstMetaSchema(schema: RawSchema, dialect: Dialect, path: string): void {
  const judge = metaJudge(dialect.name)
  if (judge(schema)) return
  const { steps, reason } = explain(judge.errors ?? [], schema)
  throw invalidSchema(pointerTo(path, ...steps), reason)
}
