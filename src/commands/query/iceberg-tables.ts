import { existsSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import type { TableIdentifier } from '../../catalogs/catalog.ts'
import { readMetadataFile } from '../../catalogs/metadata-files.ts'
import type { LakeRoot } from '../../objects/lake-root.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { loadedTable, rowTypeOfTable } from '../../tables/iceberg/loaded-table.ts'
import { liveFiles, type TableFile } from '../../tables/iceberg/snapshot-files.ts'
import { duckDbType } from './duckdb-type.ts'
import type { LakeTable } from './lake-table.ts'

/** A table of the catalog: what it points to is its current metadata. */
export interface IcebergEntry extends TableIdentifier {
  readonly metadataLocation: string
}

/** What the catalog database lists; nothing where there is none. It is only read, and may be in use. */
export function icebergEntries(catalogPath: string): IcebergEntry[] {
  if (!existsSync(catalogPath)) return []
  const url = pathToFileURL(catalogPath)
  try {
    return selectEntries(url)
  } catch (error) {
    if (!isCannotOpen(error) || isBeingWritten(catalogPath)) throw unreadable(catalogPath, error)
    // In WAL mode even a reader needs files beside the database, which a medium that is only read does not let it make.
    url.searchParams.set('immutable', '1')
    return selectEntries(url)
  }
}

/** Whether commits lie in the write-ahead log, which a reader of the database alone would miss. */
function isBeingWritten(catalogPath: string): boolean {
  return (statSync(`${catalogPath}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
}

function selectEntries(url: URL): IcebergEntry[] {
  const database = new DatabaseSync(url, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  try {
    const select = database.prepare(
      `SELECT table_namespace, table_name, metadata_location FROM iceberg_tables
       WHERE catalog_name = 'headgate' AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL) AND metadata_location IS NOT NULL
       ORDER BY table_namespace, table_name`,
    )
    return select.all().map((row) => ({
      namespace: String(row['table_namespace']),
      table: String(row['table_name']),
      metadataLocation: String(row['metadata_location']),
    }))
  } finally {
    database.close()
  }
}

/** A writer holds the database for a moment only. */
const BUSY_TIMEOUT_MS = 5_000

/** SQLITE_CANTOPEN and SQLITE_READONLY, with their extended codes. */
function isCannotOpen(error: unknown): boolean {
  const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0
  return code === 14 || code === 8
}

function unreadable(path: string, cause: unknown): HeadgateError {
  return new HeadgateError('store-unavailable', `the catalog ${path} cannot be read: ${messageOf(cause)}`, { cause })
}

/** Throws HeadgateError for a table that a plain reader of its data files would get wrong. */
export async function readIcebergTable(entry: IcebergEntry, lake: LakeRoot): Promise<LakeTable> {
  const root = rootOf(entry, lake)
  const metadata = await readMetadataFile(root, entry.metadataLocation)
  const loaded = loadedTable(root, { location: entry.metadataLocation, metadata })
  const files: string[] = []
  for await (const file of liveFiles(loaded)) files.push(pathOf(file, lake))
  const columns = rowTypeOfTable(loaded).fields.map(({ name, fieldId, type }) => ({ name, key: fieldId, duckDbType: duckDbType(type) }))
  return { format: 'iceberg', namespace: entry.namespace, table: entry.table, columns, files }
}

/**
 * Metadata names its files by the URI that the lake had when they were written. The lake may be somewhere else by now: a
 * copy, a backup, a volume that a container sees under another path. Where the table lies in it stays the same.
 */
function rootOf({ namespace, table, metadataLocation }: IcebergEntry, lake: LakeRoot): LakeRoot {
  const end = metadataLocation.lastIndexOf(`/${namespace}/${table}/metadata/`)
  return end < 0 ? lake : { uri: metadataLocation.slice(0, end), store: lake.store }
}

function pathOf({ uri, key, content, format }: TableFile, lake: LakeRoot): string {
  if (content !== 'data')
    throw new HeadgateError('unsupported', 'another writer deleted rows in it by delete files; use an engine that applies them')
  if (format.toUpperCase() !== 'PARQUET') throw new HeadgateError('unsupported', `it has files in ${format}`)
  const path = key === undefined ? uri : `${lake.uri}/${key}`
  // Hadoop writes file:/ where others write file:///.
  return path.replace(/^file:(?:\/\/)?(?=\/)/, '')
}
