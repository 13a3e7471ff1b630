import { walkFields, type RowField, type RowType, type StructType } from '../../columns/row-type.ts'
import { assertNever } from '../../shared/assert.ts'
import type { JsonObject, JsonValue } from '../../shared/json.ts'
import { stringifyJson } from '../../shared/json.ts'
import type { Protocol } from './actions.ts'

/** A row type as a Delta schema (Delta protocol, "Schema Serialization Format"). */
export function schemaString(rowType: StructType): string {
  return stringifyJson(deltaType(rowType))
}

/**
 * The lowest protocol that can describe the columns: (1,2) is read by everybody; a timestamp without zone needs the
 * table feature `timestampNtz`, without which DuckDB and delta-rs refuse the table. Writer version 7 lists by name what
 * version 2 implied: Spark refuses a table with a column that must not be null where `invariants` is missing.
 */
export function protocolFor(rowType: StructType): Protocol {
  let hasTimestampNtz = false
  walkFields(rowType, ({ type }) => {
    if (type.kind === 'timestamp' && !type.isUtc) hasTimestampNtz = true
  })
  if (!hasTimestampNtz) return { minReaderVersion: 1, minWriterVersion: 2 }
  const invariants = rowType.fields.some(({ isNullable }) => !isNullable) ? ['invariants'] : []
  return { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['timestampNtz'], writerFeatures: ['timestampNtz', ...invariants] }
}

function deltaType(type: RowType): JsonValue {
  switch (type.kind) {
    case 'boolean':
    case 'long':
    case 'float':
    case 'double':
    case 'string':
    case 'binary':
    case 'date':
      return type.kind
    case 'int':
      return 'integer'
    case 'json':
      return 'string'
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'timestamp':
      return type.isUtc ? 'timestamp' : 'timestamp_ntz'
    case 'struct':
      return { type: 'struct', fields: type.fields.map(deltaField) }
    case 'list':
      return { type: 'array', elementType: deltaType(type.element.type), containsNull: type.element.isNullable }
    case 'map':
      return {
        type: 'map',
        keyType: deltaType(type.key.type),
        valueType: deltaType(type.value.type),
        valueContainsNull: type.value.isNullable,
      }
    default:
      return assertNever(type)
  }
}

function deltaField({ name, type, isNullable, doc }: RowField): JsonObject {
  return { name, type: deltaType(type), nullable: isNullable, metadata: doc === undefined ? {} : { comment: doc } }
}
