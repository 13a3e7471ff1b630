import { randomUUID } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  type Json,
} from '@duckdb/node-api'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import type { RowType, StructType } from '../../src/columns/row-type.ts'
import type { RowValue } from './row-values.ts'

let connecting: Promise<DuckDBConnection> | undefined

/** Runs a query with `$file` as the path of a file with these bytes. */
export async function duckdbJson(bytes: Uint8Array, query: string): Promise<Record<string, Json>[]> {
  return withFile(bytes, async (path) => {
    const connection = await (connecting ??= DuckDBInstance.create().then((instance) => instance.connect()))
    return (await connection.runAndReadAll(query.replaceAll('$file', `'${path}'`))).getRowObjectsJson()
  })
}

/** The rows as DuckDB reads them, in the shape of RowValue. */
export async function duckdbRows(bytes: Uint8Array): Promise<RowValue[]> {
  return withFile(bytes, async (path) => {
    const connection = await (connecting ??= DuckDBInstance.create().then((instance) => instance.connect()))
    const rows = (await connection.runAndReadAll(`select * from read_parquet('${path}')`)).getRowObjects()
    return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, fromDuckdb(value)])))
  })
}

async function withFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `headgate-${randomUUID()}.parquet`)
  writeFileSync(path, bytes)
  try {
    return await use(path)
  } finally {
    rmSync(path)
  }
}

function fromDuckdb(value: DuckDBValue): RowValue {
  if (value instanceof DuckDBBlobValue) return Uint8Array.from(value.bytes)
  if (value instanceof DuckDBDateValue) return value.days
  if (value instanceof DuckDBTimestampTZValue || value instanceof DuckDBTimestampValue) return value.micros
  if (value instanceof DuckDBDecimalValue) return value.value
  if (value instanceof DuckDBListValue) return value.items.map(fromDuckdb)
  if (value instanceof DuckDBMapValue) return value.entries.map(({ key, value: item }) => [fromDuckdb(key), fromDuckdb(item)])
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, fromDuckdb(item)]))
  return value as RowValue
}

/** The rows as hyparquet reads them. It gives decimals as doubles, so those are left to DuckDB. */
export async function hyparquetRows(bytes: Uint8Array, rowType: StructType): Promise<RowValue[]> {
  const file = bytes.slice().buffer
  const rows = await parquetReadObjects({
    file,
    compressors,
    utf8: false,
    parsers: { timestampFromMicroseconds: asIs, dateFromDays: asIs },
  })
  return rows.map((row) => fromHyparquet(row, rowType))
}

/** hyparquet would make a Date of it, which has no microseconds. */
function asIs(value: bigint | number): Date {
  return value as unknown as Date
}

function fromHyparquet(value: unknown, type: RowType): RowValue {
  if (value === null || value === undefined) return null
  switch (type.kind) {
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field) => [field.name, fromHyparquet((value as Record<string, unknown>)[field.name], field.type)]),
      )
    case 'list':
      return (value as unknown[]).map((item) => fromHyparquet(item, type.element.type))
    case 'map':
      return Object.entries(value as object).map(([key, item]) => [key, fromHyparquet(item, type.value.type)])
    case 'string':
    case 'json':
      return typeof value === 'string' ? value : new TextDecoder().decode(value as Uint8Array)
    case 'binary':
      return Uint8Array.from(value as Uint8Array)
    default:
      return value as RowValue
  }
}
