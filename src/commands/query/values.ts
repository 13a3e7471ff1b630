import type * as DuckDb from '@duckdb/node-api'
import { asBuffer } from '../../shared/bytes.ts'
import { stringifyJson, type JsonObject, type JsonValue } from '../../shared/json.ts'
import type { DuckDbModule } from './duckdb.ts'

/**
 * A value of a result as JSON. Whole numbers of any size are numbers; decimals, dates, times and what JSON has no number
 * for (NaN, the infinities) are text; instants are ISO 8601 with Z; bytes are base64.
 */
export function jsonValue(value: DuckDb.DuckDBValue, duckDb: DuckDbModule): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof duckDb.DuckDBBlobValue) return asBuffer(value.bytes).toString('base64')
  if (value instanceof duckDb.DuckDBTimestampTZValue) return `${isoText(String(value)).replace(/\+00$/, '')}${value.isFinite ? 'Z' : ''}`
  if (isTimestamp(value, duckDb)) return isoText(String(value))
  if (value instanceof duckDb.DuckDBListValue || value instanceof duckDb.DuckDBArrayValue)
    return value.items.map((item) => jsonValue(item, duckDb))
  if (value instanceof duckDb.DuckDBStructValue) return structJson(value, duckDb)
  if (value instanceof duckDb.DuckDBMapValue) return mapJson(value, duckDb)
  if (value instanceof duckDb.DuckDBUnionValue) return { [value.tag]: jsonValue(value.value, duckDb) }
  return String(value)
}

/** A value as a cell of a table for people. */
export function cellText(value: DuckDb.DuckDBValue, duckDb: DuckDbModule): string {
  if (value === null) return 'null'
  if (value instanceof duckDb.DuckDBBlobValue) return String(value)
  const json = jsonValue(value, duckDb)
  return typeof json === 'string' ? json : stringifyJson(json)
}

function isTimestamp(value: DuckDb.DuckDBValue, duckDb: DuckDbModule): boolean {
  return (
    value instanceof duckDb.DuckDBTimestampValue ||
    value instanceof duckDb.DuckDBTimestampNanosecondsValue ||
    value instanceof duckDb.DuckDBTimestampMillisecondsValue ||
    value instanceof duckDb.DuckDBTimestampSecondsValue
  )
}

function isoText(text: string): string {
  return text.replace(' ', 'T')
}

function structJson({ entries }: DuckDb.DuckDBStructValue, duckDb: DuckDbModule): JsonObject {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, jsonValue(value, duckDb)]))
}

/** An object where keys are text; otherwise a list of pairs, since JSON has no other keys. */
function mapJson({ entries }: DuckDb.DuckDBMapValue, duckDb: DuckDbModule): JsonValue {
  if (entries.every(({ key }) => typeof key === 'string'))
    return Object.fromEntries(entries.map(({ key, value }) => [key as string, jsonValue(value, duckDb)]))
  return entries.map(({ key, value }) => ({ key: jsonValue(key, duckDb), value: jsonValue(value, duckDb) }))
}
