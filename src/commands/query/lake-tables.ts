import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TableIdentifier } from '../../catalogs/catalog.ts'
import type { LakeRoot } from '../../objects/lake-root.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { deltaTables, readDeltaTable } from './delta-tables.ts'
import { icebergEntries, readIcebergTable } from './iceberg-tables.ts'
import type { LakeFormat, LakeTable, UnreadableTable } from './lake-table.ts'
import { ReadOnlyDirectory } from './read-only-directory.ts'

/**
 * The tables of a data directory that a query may mean: their metadata as it is now, read from the catalog and the
 * Delta logs without a server. What a query cannot mean is not read, because a lake has many tables.
 */
export async function lakeTables(dataDir: string, sql: string): Promise<{ tables: LakeTable[]; unreadable: UnreadableTable[] }> {
  const lakePath = join(resolve(dataDir), 'lake')
  const lake: LakeRoot = { uri: `file://${lakePath}`, store: new ReadOnlyDirectory(lakePath) }
  if (!existsSync(lakePath))
    throw new HeadgateError('not-found', `${resolve(dataDir)} is no data directory of a server; name it with --data-dir`)
  const tables: LakeTable[] = []
  const unreadable: UnreadableTable[] = []
  const read = async (format: LakeFormat, { namespace, table }: TableIdentifier, load: () => Promise<LakeTable>): Promise<void> => {
    if (!mayMean(sql, table)) return
    try {
      tables.push(await load())
    } catch (error) {
      if (!(error instanceof HeadgateError)) throw error
      unreadable.push({ format, namespace, table, problem: error.message })
    }
  }
  for (const entry of icebergEntries(join(resolve(dataDir), 'catalog.db')))
    await read('iceberg', entry, () => readIcebergTable(entry, lake))
  for (const table of await deltaTables(lakePath)) await read('delta', table, () => readDeltaTable(table, lake, lakePath))
  return { tables, unreadable }
}

/** Whether the table's name occurs, or the query asks which tables there are. */
function mayMean(sql: string, table: string): boolean {
  return sql.toLowerCase().includes(table.toLowerCase()) || ASKS_FOR_TABLES.test(sql)
}

const ASKS_FOR_TABLES = /\b(?:show|summarize|pragma)\b|information_schema|duckdb_|sqlite_master|pg_/i
