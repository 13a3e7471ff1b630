import { rowBuilder } from '../../../src/columns/row-builder.ts'
import type { RowType } from '../../../src/columns/row-type.ts'
import { jsonSchema } from '../../../src/schema/json/language.ts'
import { RecordError, type ParsedSchema, type RecordDecoder, type ResolvedReference } from '../../../src/schema/language.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { readRows, type Plain } from '../../columns/read-columns.ts'

/** A schema as a test writes it: its text, or what its text says. */
export type SchemaSource = string | boolean | object

export function parseSchema(schema: SchemaSource, references: readonly ResolvedReference[] = []): ParsedSchema {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
  return jsonSchema.parse({ schemaType: 'JSON', text, references })
}

export function decoderOf(schema: SchemaSource, references: readonly ResolvedReference[] = []): RecordDecoder {
  return parseSchema(schema, references).compileDecoder()
}

/** The row of one value, or `path: reason` of the RecordError. */
export type Verdict = { row: Plain } | { error: string }

/** Decodes values one after the other, as a lane does: all in one buffer, with other bytes around each. */
export function verdictsOf(decoder: RecordDecoder, values: readonly (string | Uint8Array)[]): Verdict[] {
  const row = rowBuilder(decoder.rowType)
  const decode = decoder.bind(row.fields)
  const verdicts: Verdict[] = []
  const errors = values.map((value) => {
    const before = row.fields[0]?.length ?? 0
    const bytes = Buffer.from(value)
    try {
      decode(Buffer.concat([Buffer.from('[1'), bytes, Buffer.from('2]')]), 2, 2 + bytes.byteLength)
      return undefined
    } catch (error) {
      if (!(error instanceof RecordError)) throw error
      for (const field of row.fields) field.truncate(before)
      return error.message
    }
  })
  const rows = readRows(
    decoder.rowType,
    row.fields.map((field) => field.finish()),
  )
  for (const error of errors) verdicts.push(error === undefined ? { row: rows.shift() ?? null } : { error })
  return verdicts
}

export function verdictOf(schema: SchemaSource, value: string | Uint8Array, references: readonly ResolvedReference[] = []): Verdict {
  return verdictsOf(decoderOf(schema, references), [value])[0] as Verdict
}

/** The one column of a schema whose root is no object, for one value. */
export function valueOf(schema: SchemaSource, value: string): Plain {
  const verdict = verdictOf(schema, value)
  if ('error' in verdict) throw new Error(verdict.error)
  return (verdict.row as { value: Plain }).value
}

export function errorOf(schema: SchemaSource, value: string | Uint8Array): string {
  const verdict = verdictOf(schema, value)
  return 'error' in verdict
    ? verdict.error
    : `accepted ${JSON.stringify(verdict.row, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))}`
}

/** `kind: message` of the HeadgateError that something throws. */
export function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof HeadgateError) return `${error.kind}: ${error.message}`
    throw error
  }
  return 'no error'
}

/** A type in a few words: `struct<a: long, b: list<string>>`. */
export function describeType(type: RowType): string {
  switch (type.kind) {
    case 'struct':
      return `struct<${type.fields.map((field) => `${field.name}: ${describeType(field.type)}`).join(', ')}>`
    case 'list':
      return `list<${describeType(type.element.type)}>`
    case 'map':
      return `map<${describeType(type.value.type)}>`
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'timestamp':
      return type.isUtc ? 'timestamptz' : 'timestamp'
    default:
      return type.kind
  }
}
