import type { RowType } from '../../columns/row-type.ts'
import { assertNever } from '../../shared/assert.ts'
import { HeadgateError } from '../../shared/errors.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import { quotedName } from './sql-text.ts'

/** A row type as DuckDB writes it. */
export function duckDbType(type: RowType): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN'
    case 'int':
      return 'INTEGER'
    case 'long':
      return 'BIGINT'
    case 'float':
      return 'FLOAT'
    case 'double':
      return 'DOUBLE'
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`
    case 'string':
    case 'json':
      return 'VARCHAR'
    case 'binary':
      return 'BLOB'
    case 'date':
      return 'DATE'
    case 'timestamp':
      return type.isUtc ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
    case 'struct':
      return structText(type.fields.map((field) => [field.name, duckDbType(field.type)]))
    case 'list':
      return `${duckDbType(type.element.type)}[]`
    case 'map':
      return `MAP(${duckDbType(type.key.type)}, ${duckDbType(type.value.type)})`
    default:
      return assertNever(type)
  }
}

/**
 * A type of a Delta schema (Delta protocol, "Schema Serialization Format"), which may come from another writer. Throws
 * `unsupported` for one that DuckDB's plain Parquet reader has no counterpart of.
 */
export function duckDbTypeOfDelta(type: JsonValue | undefined): string {
  if (typeof type === 'string') return scalarOfDelta(type)
  const complex = (type ?? {}) as JsonObject
  if (complex['type'] === 'array') return `${duckDbTypeOfDelta(complex['elementType'])}[]`
  if (complex['type'] === 'map') return `MAP(${duckDbTypeOfDelta(complex['keyType'])}, ${duckDbTypeOfDelta(complex['valueType'])})`
  if (complex['type'] === 'struct') {
    const fields = complex['fields'] as unknown as readonly { name: string; type: JsonValue }[]
    return structText(fields.map((field) => [field.name, duckDbTypeOfDelta(field.type)]))
  }
  throw unsupportedType(JSON.stringify(type))
}

function scalarOfDelta(type: string): string {
  const known = deltaScalars.get(type)
  if (known !== undefined) return known
  if (/^decimal\(\d{1,2},\s*\d{1,2}\)$/.test(type)) return type.toUpperCase()
  throw unsupportedType(type)
}

const deltaScalars: ReadonlyMap<string, string> = new Map([
  ['boolean', 'BOOLEAN'],
  ['byte', 'TINYINT'],
  ['short', 'SMALLINT'],
  ['integer', 'INTEGER'],
  ['long', 'BIGINT'],
  ['float', 'FLOAT'],
  ['double', 'DOUBLE'],
  ['string', 'VARCHAR'],
  ['binary', 'BLOB'],
  ['date', 'DATE'],
  ['timestamp', 'TIMESTAMP WITH TIME ZONE'],
  ['timestamp_ntz', 'TIMESTAMP'],
])

function structText(fields: readonly (readonly [name: string, type: string])[]): string {
  return `STRUCT(${fields.map(([name, type]) => `${quotedName(name)} ${type}`).join(', ')})`
}

function unsupportedType(type: string): HeadgateError {
  return new HeadgateError('unsupported', `it has a column of type ${type}, which is not understood here`)
}
