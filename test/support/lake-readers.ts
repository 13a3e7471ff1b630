import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { icebergManifests, icebergRead } from 'icebird'

/**
 * What a table holds according to readers that share no code with its writer: the catalog's pointer, icebird for the
 * manifests, hyparquet for the files, and a Delta log replayed here from its JSON, the plain way.
 */
export type LakeRow = { readonly [column: string]: unknown }

export async function icebergRows(dataDir: string, table: string, namespace = 'default'): Promise<LakeRow[]> {
  return readFiles((await icebergFiles(dataDir, table, namespace)).map((uri) => uri.replace(/^file:\/\//, '')))
}

/** What icebird makes of the table's current metadata: its own reading of manifests, files and field ids. */
export async function icebirdRows(dataDir: string, table: string, namespace = 'default'): Promise<LakeRow[]> {
  const metadata = icebergMetadata(dataDir, table, namespace)
  if (!metadata) return []
  return withFileUrls(() => icebergRead({ tableUrl: metadata.location, metadata }))
}

type TableMetadata = Parameters<typeof icebergManifests>[0]

/** The metadata that the catalog points to now. */
export function icebergMetadata(dataDir: string, table: string, namespace = 'default'): TableMetadata | undefined {
  const catalog = new DatabaseSync(join(dataDir, 'catalog.db'), { readOnly: true })
  const row = catalog
    .prepare('SELECT metadata_location FROM iceberg_tables WHERE table_namespace = ? AND table_name = ?')
    .get(namespace, table) as { metadata_location: string } | undefined
  catalog.close()
  return row && (JSON.parse(readFileSync(row.metadata_location.replace(/^file:\/\//, ''), 'utf8')) as TableMetadata)
}

/** URIs of the live data files of the table's current metadata. */
export async function icebergFiles(dataDir: string, table: string, namespace = 'default'): Promise<string[]> {
  const metadata = icebergMetadata(dataDir, table, namespace)
  if (metadata?.['current-snapshot-id'] === undefined) return []
  const manifests = await withFileUrls(() => icebergManifests(metadata))
  return manifests
    .flatMap(({ entries }) => entries)
    .filter(({ status }) => status !== 2)
    .map(({ data_file: file }) => file.file_path)
}

export async function deltaRows(dataDir: string, table: string, namespace = 'default'): Promise<LakeRow[]> {
  return readFiles(deltaFiles(dataDir, table, namespace))
}

/** Paths of the live files by every commit from version 0 on. */
export function deltaFiles(dataDir: string, table: string, namespace = 'default'): string[] {
  const root = join(dataDir, 'lake', namespace, table, 'data')
  const log = join(root, '_delta_log')
  const live = new Set<string>()
  const commits = readdirSync(log).filter((name) => /^\d{20}\.json$/.test(name))
  commits.sort().forEach((name, version) => {
    if (Number(name.slice(0, 20)) !== version) throw new Error(`version ${version} is missing`)
    for (const line of readFileSync(join(log, name), 'utf8').trim().split('\n')) {
      const { add, remove } = JSON.parse(line) as { add?: { path: string }; remove?: { path: string } }
      if (add && live.has(add.path)) throw new Error(`${add.path} was added twice`)
      if (add) live.add(add.path)
      if (remove) live.delete(remove.path)
    }
  })
  return [...live].map((path) => join(root, decodeURIComponent(path)))
}

async function readFiles(paths: readonly string[]): Promise<LakeRow[]> {
  const rows: LakeRow[] = []
  for (const path of paths) {
    const bytes = readFileSync(path)
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
    rows.push(...(await parquetReadObjects({ file, compressors, utf8: false })))
  }
  return rows
}

/** icebird fetches; a file URL is no URL for fetch. */
async function withFileUrls<T>(read: () => Promise<T>): Promise<T> {
  const fetchBefore = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.startsWith('file://')) return fetchBefore(input, init)
    const whole = readFileSync(url.slice('file://'.length))
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(new Headers(init?.headers).get('range') ?? '') ?? []
    const bytes = first === undefined ? whole : whole.subarray(Number(first), last ? Number(last) + 1 : undefined)
    const headers = { 'content-length': String(bytes.byteLength) }
    return new Response(init?.method === 'HEAD' ? null : bytes, { headers, status: first === undefined ? 200 : 206 })
  }
  try {
    return await read()
  } finally {
    globalThis.fetch = fetchBefore
  }
}
