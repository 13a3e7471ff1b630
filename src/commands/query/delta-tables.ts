import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TableIdentifier } from '../../catalogs/catalog.ts'
import type { LakeRoot } from '../../objects/lake-root.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { parseJson, type JsonValue } from '../../shared/json.ts'
import type { Protocol } from '../../tables/delta/actions.ts'
import { deltaLogOf } from '../../tables/delta/delta-table.ts'
import { readTable } from '../../tables/delta/read-table.ts'
import { duckDbTypeOfDelta } from './duckdb-type.ts'
import type { LakeTable } from './lake-table.ts'

/** The tables that have a Delta log: `<namespace>/<table>/data/_delta_log` below the lake. */
export async function deltaTables(lakePath: string): Promise<TableIdentifier[]> {
  const tables: TableIdentifier[] = []
  for (const namespace of await foldersIn(lakePath)) {
    for (const table of await foldersIn(join(lakePath, namespace))) {
      const data = await foldersIn(join(lakePath, namespace, table, 'data'))
      if (data.includes('_delta_log')) tables.push({ namespace, table })
    }
  }
  return tables
}

/** In order of name; none where there is no folder. */
async function foldersIn(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.flatMap((entry) => (entry.isDirectory() && !entry.name.startsWith('.') ? [entry.name] : [])).sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}

/** Throws HeadgateError for a table that a plain reader of its data files would get wrong. */
export async function readDeltaTable(identifier: TableIdentifier, lake: LakeRoot, lakePath: string): Promise<LakeTable> {
  const { state, files } = await readTable(deltaLogOf(lake, identifier))
  checkReadable(state.protocol, state.metaData.partitionColumns)
  const { fields } = parseJson(state.metaData.schemaString) as { fields: { name: string; type: JsonValue }[] }
  const columns = fields.map(({ name, type }) => ({ name, key: name, duckDbType: duckDbTypeOfDelta(type) }))
  const root = join(lakePath, identifier.namespace, identifier.table, 'data')
  return { ...identifier, format: 'delta', columns, files: files.map(({ path }) => pathOf(path, root)) }
}

/** What other writers may have switched on, and what changes the meaning of a data file. */
function checkReadable({ minReaderVersion, readerFeatures = [] }: Protocol, partitionColumns: readonly string[]): void {
  const unknown = readerFeatures.find((feature) => !plainFeatures.has(feature))
  if (minReaderVersion === 2 || unknown !== undefined)
    throw new HeadgateError('unsupported', `its readers must know ${unknown ?? 'columnMapping'}; use an engine that does`)
  if (minReaderVersion > 3) throw new HeadgateError('unsupported', `its readers must know protocol version ${minReaderVersion}`)
  if (partitionColumns.length > 0) throw new HeadgateError('unsupported', `it is partitioned by ${partitionColumns.join(', ')}`)
}

const plainFeatures: ReadonlySet<string> = new Set(['timestampNtz', 'vacuumProtocolCheck'])

/** Paths are RFC 2396: percent-encoded, relative to the table's root, or absolute from other writers. */
function pathOf(path: string, root: string): string {
  if (path.startsWith('file:')) return fileURLToPath(path)
  if (/^[a-z][a-z0-9+.-]+:/i.test(path)) throw new HeadgateError('unsupported', `its file ${path} lies outside the lake`)
  const decoded = decodeURIComponent(path)
  return decoded.startsWith('/') ? decoded : join(root, decoded)
}
