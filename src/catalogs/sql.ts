import { DatabaseSync } from 'node:sqlite'
import { keyOf, type LakeRoot } from '../objects/lake-root.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import type { JsonObject } from '../shared/json.ts'
import type { CurrentMetadata, SwapOutcome, TablePointer } from '../tables/iceberg/table-pointer.ts'
import type { Catalog, TableIdentifier } from './catalog.ts'
import { readMetadataFile, versionAfter, writeMetadataFile, writeVersionHint } from './metadata-files.ts'
import type { CatalogOptions } from './open.ts'
import { isConstraint, whileBusy } from './sqlite-retry.ts'

/**
 * The embedded catalog: a SQLite file in the layout of Iceberg's JDBC catalog, so that PyIceberg's SqlCatalog and the
 * JDBC catalogs of Spark and Trino open it as it is, under the catalog name `headgate`, and may commit to it at any
 * time: a commit is one conditional UPDATE, whoever makes it.
 */
const CATALOG_NAME = 'headgate'

export interface SqlCatalogOptions extends CatalogOptions {
  /** Of the database file, which is created if absent. */
  readonly path: string
}

export async function openSqlCatalog(options: SqlCatalogOptions): Promise<Catalog> {
  const { path } = options
  let database: DatabaseSync | undefined
  try {
    const opened = (database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS }))
    // SQLite looks into the file only now: that is when one is found damaged, or the disk full.
    await whileBusy(() => createLayout(opened), options)
    return new SqlCatalog(opened, options)
  } catch (cause) {
    database?.close()
    throw new HeadgateError('store-unavailable', `the catalog database ${path} cannot be opened (${messageOf(cause)})`, {
      cause,
      facts: { path },
    })
  }
}

/** Milliseconds that SQLite itself may block the thread; longer waits are `whileBusy`'s. */
const BUSY_TIMEOUT_MS = 20

function createLayout(database: DatabaseSync): void {
  // With a write-ahead log, a reader that keeps a transaction open never holds up a commit.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  database.exec(`CREATE TABLE IF NOT EXISTS iceberg_tables (
    catalog_name VARCHAR(255) NOT NULL,
    table_namespace VARCHAR(255) NOT NULL,
    table_name VARCHAR(255) NOT NULL,
    metadata_location VARCHAR(1000),
    previous_metadata_location VARCHAR(1000),
    iceberg_type VARCHAR(5),
    PRIMARY KEY (catalog_name, table_namespace, table_name))`)
  database.exec(`CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
    catalog_name VARCHAR(255) NOT NULL,
    namespace VARCHAR(255) NOT NULL,
    property_key VARCHAR(255) NOT NULL,
    property_value VARCHAR(1000) NOT NULL,
    PRIMARY KEY (catalog_name, namespace, property_key))`)
  const columns = database.prepare('PRAGMA table_info(iceberg_tables)').all()
  // A file that an older client made has the layout from before views.
  if (!columns.some((column) => column['name'] === 'iceberg_type'))
    database.exec('ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5)')
}

class SqlCatalog implements Catalog {
  readonly #database: DatabaseSync
  readonly #options: SqlCatalogOptions

  constructor(database: DatabaseSync, options: SqlCatalogOptions) {
    this.#database = database
    this.#options = options
  }

  async createNamespace(namespace: string): Promise<{ kind: 'created' } | { kind: 'exists' }> {
    const insert = this.#database.prepare(
      `INSERT OR IGNORE INTO iceberg_namespace_properties (catalog_name, namespace, property_key, property_value) VALUES (?, ?, 'exists', 'true')`,
    )
    const { changes } = await whileBusy(() => insert.run(CATALOG_NAME, namespace), this.#options)
    return { kind: changes === 1 ? 'created' : 'exists' }
  }

  async listTables(): Promise<TableIdentifier[]> {
    const select = this.#database.prepare(
      `SELECT table_namespace, table_name FROM iceberg_tables WHERE catalog_name = ? AND ${IS_TABLE} ORDER BY table_namespace, table_name`,
    )
    const rows = await whileBusy(() => select.all(CATALOG_NAME), this.#options)
    return rows.map((row) => ({ namespace: String(row['table_namespace']), table: String(row['table_name']) }))
  }

  pointer(table: TableIdentifier): TablePointer {
    return new SqlTablePointer(this.#database, table, this.#options)
  }

  async drop({ namespace, table }: TableIdentifier): Promise<{ kind: 'dropped' } | { kind: 'not-found' }> {
    const remove = this.#database.prepare(
      `DELETE FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND ${IS_TABLE}`,
    )
    const { changes } = await whileBusy(() => remove.run(CATALOG_NAME, namespace, table), this.#options)
    return { kind: changes === 1 ? 'dropped' : 'not-found' }
  }

  async close(): Promise<void> {
    this.#database.close()
  }
}

/** Older clients leave the type empty; views share the table. */
const IS_TABLE = `(iceberg_type = 'TABLE' OR iceberg_type IS NULL)`

class SqlTablePointer implements TablePointer {
  readonly #database: DatabaseSync
  readonly #table: TableIdentifier
  readonly #options: SqlCatalogOptions
  /** Metadata files never change, so the last one read or written need not be read again. */
  #cached: CurrentMetadata | undefined

  constructor(database: DatabaseSync, table: TableIdentifier, options: SqlCatalogOptions) {
    this.#database = database
    this.#table = table
    this.#options = options
  }

  get #root(): LakeRoot {
    return this.#options.root
  }

  async load(signal?: AbortSignal): Promise<CurrentMetadata | undefined> {
    const select = this.#database.prepare(
      `SELECT metadata_location FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND ${IS_TABLE}`,
    )
    const row = await whileBusy(() => select.get(...this.#key), this.#options, signal)
    if (row === undefined) return undefined
    const location = String(row['metadata_location'])
    if (this.#cached?.location !== location) this.#cached = { location, metadata: await readMetadataFile(this.#root, location, signal) }
    return this.#cached
  }

  async create(metadata: JsonObject): Promise<{ kind: 'created'; current: CurrentMetadata } | { kind: 'exists' }> {
    const current = await writeMetadataFile(this.#root, metadata, { version: 0, random: this.#options.random })
    const insert = this.#database.prepare(
      `INSERT INTO iceberg_tables (catalog_name, table_namespace, table_name, metadata_location, iceberg_type) VALUES (?, ?, ?, ?, 'TABLE')`,
    )
    try {
      await whileBusy(() => insert.run(...this.#key, current.location), this.#options)
    } catch (error) {
      if (!isConstraint(error)) throw error
      await this.#forget(current)
      return { kind: 'exists' }
    }
    await this.#made(current)
    return { kind: 'created', current }
  }

  async swap(base: CurrentMetadata, metadata: JsonObject, signal?: AbortSignal): Promise<SwapOutcome> {
    const version = versionAfter(base.location)
    const current = await writeMetadataFile(this.#root, metadata, { version, random: this.#options.random })
    const update = this.#database.prepare(
      `UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
       WHERE catalog_name = ? AND table_namespace = ? AND table_name = ? AND metadata_location = ? AND ${IS_TABLE}`,
    )
    let changes: number | bigint
    try {
      ;({ changes } = await whileBusy(
        () => update.run(current.location, base.location, ...this.#key, base.location),
        this.#options,
        signal,
      ))
    } catch (error) {
      // Locked to the end, or given up on meanwhile: surely not done. A full disk or an I/O error may come after the commit.
      if (!(error instanceof HeadgateError || signal?.aborted)) return { kind: 'unknown', cause: error }
      await this.#forget(current)
      throw error
    }
    if (changes === 1) {
      await this.#made(current)
      return { kind: 'committed', current }
    }
    await this.#forget(current)
    return { kind: 'conflict' }
  }

  get #key(): [string, string, string] {
    return [CATALOG_NAME, this.#table.namespace, this.#table.table]
  }

  async #made(current: CurrentMetadata): Promise<void> {
    this.#cached = current
    await this.#quietly('the version hint was not written', () => writeVersionHint(this.#root, current))
  }

  /** A metadata file that lost its race was never visible. */
  async #forget({ location }: CurrentMetadata): Promise<void> {
    const key = keyOf(this.#root, location)
    if (key !== undefined) await this.#quietly('a metadata file that lost its race was not deleted', () => this.#root.store.delete(key))
  }

  /** What comes after the swap is decided never changes its outcome. */
  async #quietly(event: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      this.#options.logger.warn({ table: `${this.#table.namespace}.${this.#table.table}`, reason: messageOf(error) }, event)
    }
  }
}
