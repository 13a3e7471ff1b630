import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api'
import { parquetMetadata, parquetReadObjects, type SchemaElement } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { expect } from 'vitest'
import { Days, Decimal, MapOf, Micros, type Cell, type Row } from './values.ts'

/**
 * Readers that we did not write. DuckDB tells every kind of value apart, so what it reads is turned into cells; the others
 * lose something on the way, so the cells are turned into what each of them makes of such a value.
 */
export async function duckdbRows(paths: readonly string[]): Promise<Row[]> {
  const connection = await (await DuckDBInstance.create()).connect()
  const files = paths.map((path) => `'${path}'`).join(', ')
  const rows = (await connection.runAndReadAll(`select * from read_parquet([${files}]) order by _kafka_offset`)).getRowObjects()
  connection.closeSync()
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, duckdbCell(value)])))
}

function duckdbCell(value: DuckDBValue): Cell {
  if (value instanceof DuckDBBlobValue) return Uint8Array.from(value.bytes)
  if (value instanceof DuckDBDateValue) return new Days(value.days)
  if (value instanceof DuckDBTimestampTZValue) return new Micros(value.micros, { isUtc: true })
  if (value instanceof DuckDBTimestampValue) return new Micros(value.micros, { isUtc: false })
  if (value instanceof DuckDBDecimalValue) return new Decimal(value.value, value.scale)
  if (value instanceof DuckDBListValue) return value.items.map(duckdbCell)
  if (value instanceof DuckDBMapValue) return new MapOf(value.entries.map(({ key, value: item }) => [duckdbCell(key), duckdbCell(item)]))
  if (value instanceof DuckDBStructValue)
    return Object.fromEntries(Object.entries(value.entries).map(([name, item]) => [name, duckdbCell(item)]))
  return value as Cell
}

export async function hyparquetRows(paths: readonly string[]): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = []
  for (const path of paths) {
    const asIs = (value: bigint | number): Date => value as unknown as Date
    const parsers = { timestampFromMicroseconds: asIs, dateFromDays: asIs }
    rows.push(...(await parquetReadObjects({ file: fileOf(path), compressors, utf8: false, parsers })))
  }
  return inOrder(rows)
}

/** Told to leave times and dates as numbers; decimals become doubles, maps objects. */
export function asHyparquet(cell: Cell): unknown {
  return view(cell, { micros: ({ micros }) => micros, days: ({ days }) => days, bytes: (bytes) => bytes })
}

/** Times to the millisecond, bytes as text. */
export function asIcebird(cell: Cell): unknown {
  return view(cell, {
    micros: ({ micros }) => new Date(Number(micros / 1000n)),
    days: ({ days }) => new Date(days * 86_400_000),
    bytes: (bytes) => new TextDecoder().decode(bytes),
  })
}

interface Losses {
  readonly micros: (value: Micros) => unknown
  readonly days: (value: Days) => unknown
  readonly bytes: (value: Uint8Array) => unknown
}

function view(cell: Cell, losses: Losses): unknown {
  if (cell instanceof Micros) return losses.micros(cell)
  if (cell instanceof Days) return losses.days(cell)
  if (cell instanceof Uint8Array) return losses.bytes(cell)
  if (cell instanceof Decimal) return near(Number(cell.unscaled) / 10 ** cell.scale)
  if (cell instanceof MapOf)
    return Object.fromEntries(cell.entries.map(([key, value]) => [String(key as string | bigint), view(value, losses)]))
  if (Array.isArray(cell)) return cell.map((item: Cell) => view(item, losses))
  if (typeof cell !== 'object' || cell === null) return cell
  return Object.fromEntries(Object.entries(cell).map(([name, item]) => [name, view(item as Cell, losses)]))
}

/** What a decimal is as a double, give or take its last digits. */
function near(value: number): unknown {
  return expect.toSatisfy((read) => Math.abs((read as number) - value) <= Math.abs(value) * 1e-12)
}

export function inOrder<T extends Record<string, unknown>>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => Number(a['_kafka_offset']) - Number(b['_kafka_offset']))
}

export interface NamedField {
  readonly path: string
  readonly fieldId: number | undefined
}

/** Every field of a file with its id; the groups that Parquet puts between a list or map and its parts have none. */
export function parquetFields(path: string): NamedField[] {
  const elements = parquetMetadata(fileOf(path)).schema.values()
  const fields: NamedField[] = []
  const visit = (parent: SchemaElement, prefix: string): void => {
    for (let child = 0; child < (parent.num_children ?? 0); child++) {
      const element = elements.next().value as SchemaElement
      const isBetween = parent.converted_type === 'LIST' || parent.converted_type === 'MAP'
      const path = isBetween ? prefix : `${prefix}${prefix && '.'}${element.name}`
      if (!isBetween) fields.push({ path, fieldId: element.field_id })
      visit(element, path)
    }
  }
  visit(elements.next().value as SchemaElement, '')
  return fields
}

interface IcebergField {
  readonly id: number
  readonly name: string
  readonly type: IcebergType
}

type IcebergType =
  | string
  | { readonly type: 'struct'; readonly fields: readonly IcebergField[] }
  | { readonly type: 'list'; readonly 'element-id': number; readonly element: IcebergType }
  | { readonly type: 'map'; readonly 'key-id': number; readonly 'value-id': number; readonly key: IcebergType; readonly value: IcebergType }

/** Every field of an Iceberg schema with its id, by the same paths. */
export function icebergFields(type: IcebergType, prefix = ''): NamedField[] {
  if (typeof type === 'string') return []
  const below = (name: string, fieldId: number, inner: IcebergType): NamedField[] => {
    const path = `${prefix}${prefix && '.'}${name}`
    return [{ path, fieldId }, ...icebergFields(inner, path)]
  }
  switch (type.type) {
    case 'struct':
      return type.fields.flatMap(({ id, name, type: inner }) => below(name, id, inner))
    case 'list':
      return below('element', type['element-id'], type.element)
    case 'map':
      return [...below('key', type['key-id'], type.key), ...below('value', type['value-id'], type.value)]
  }
}

interface ParquetjsReader {
  getRowCount(): { toString(): string } | number
  getSchema(): { fields: { [name: string]: unknown } }
  close(): Promise<void>
}

/** parquetjs-lite knows neither zstd nor dictionaries: it reads a file's footer. */
export async function parquetjsFooter(path: string): Promise<{ rowCount: number; columns: string[] }> {
  const require = createRequire(import.meta.url)
  const { ParquetReader } = require('parquetjs-lite') as { ParquetReader: { openFile(path: string): Promise<ParquetjsReader> } }
  const reader = await ParquetReader.openFile(path)
  const footer = { rowCount: Number(String(reader.getRowCount())), columns: Object.keys(reader.getSchema().fields) }
  await reader.close()
  return footer
}

function fileOf(path: string): ArrayBuffer {
  const bytes = readFileSync(path)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}
