import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Catalog } from '../../src/catalogs/catalog.ts'
import { versionAfter } from '../../src/catalogs/metadata-files.ts'
import { openCatalog } from '../../src/catalogs/open.ts'
import { FaultyObjectStore, type Fault } from '../../src/objects/faults.ts'
import type { LakeRoot } from '../../src/objects/lake-root.ts'
import { MemoryObjectStore } from '../../src/objects/memory.ts'
import { systemClock, type Clock } from '../../src/shared/clock.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { catalogConformance } from '../conformance/catalog.ts'

let directory: string
let databases = 0
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'headgate-catalog-'))
})
afterAll(() => rm(directory, { recursive: true }))

const newPath = (): string => join(directory, `catalog-${++databases}.db`)
const orders = { namespace: 'default', table: 'orders' }

interface OpenOptions {
  readonly path?: string
  readonly root?: LakeRoot
  readonly clock?: Clock
  readonly seed?: number
}

const memoryRoot = (): LakeRoot => ({ uri: 's3://bucket/lake', store: new MemoryObjectStore() })

async function open({ path = newPath(), root = memoryRoot(), clock = systemClock, seed = 1 }: OpenOptions = {}): Promise<Catalog> {
  return openCatalog(`sqlite://${path}`, { root, clock, random: seededRandom(seed), logger: silentLogger })
}

catalogConformance('the SQL catalog', async () => {
  const shared = { path: newPath(), root: memoryRoot() }
  const clients = [await open({ ...shared, seed: 1 }), await open({ ...shared, seed: 2 })] as const
  return { clients, root: shared.root, cleanUp: async () => void (await Promise.all(clients.map((client) => client.close()))) }
})

const metadata = { 'format-version': 2, location: 's3://bucket/lake/default/orders' }

async function createOrders(catalog: Catalog): Promise<{ location: string; metadata: object }> {
  const outcome = await catalog.pointer(orders).create(metadata)
  if (outcome.kind !== 'created') throw new Error('the table exists')
  return outcome.current
}

describe('the database is a JDBC catalog', () => {
  test('with the rows that other clients look for', async () => {
    const path = newPath()
    const catalog = await open({ path })
    await catalog.createNamespace('default')
    const base = await createOrders(catalog)
    const swapped = await catalog.pointer(orders).swap({ ...base, metadata }, metadata)
    const reader = new DatabaseSync(path, { readOnly: true })
    expect(reader.prepare('SELECT * FROM iceberg_tables').all()).toEqual([
      {
        catalog_name: 'headgate',
        table_namespace: 'default',
        table_name: 'orders',
        metadata_location: swapped.kind === 'committed' ? swapped.current.location : '',
        previous_metadata_location: base.location,
        iceberg_type: 'TABLE',
      },
    ])
    expect(reader.prepare('SELECT * FROM iceberg_namespace_properties').all()).toEqual([
      { catalog_name: 'headgate', namespace: 'default', property_key: 'exists', property_value: 'true' },
    ])
    reader.close()
    await catalog.close()
  })

  test('a file from before the type column is taken over', async () => {
    const path = newPath()
    const old = new DatabaseSync(path)
    old.exec(`CREATE TABLE iceberg_tables (catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL, table_name VARCHAR(255) NOT NULL,
      metadata_location VARCHAR(1000), previous_metadata_location VARCHAR(1000), PRIMARY KEY (catalog_name, table_namespace, table_name))`)
    old.exec(
      `INSERT INTO iceberg_tables VALUES ('headgate', 'default', 'orders', 's3://bucket/lake/x', NULL), ('other', 'default', 'theirs', 'y', NULL)`,
    )
    old.close()
    const catalog = await open({ path })
    expect(await catalog.listTables()).toEqual([orders])
    await catalog.close()
  })

  test('views beside the tables are none of them', async () => {
    const path = newPath()
    const catalog = await open({ path })
    const other = new DatabaseSync(path)
    other.exec(`INSERT INTO iceberg_tables VALUES ('headgate', 'default', 'orders', 's3://bucket/lake/v', NULL, 'VIEW')`)
    expect(await catalog.listTables()).toEqual([])
    expect(await catalog.pointer(orders).load()).toBeUndefined()
    expect(await catalog.drop(orders)).toEqual({ kind: 'not-found' })
    other.close()
    await catalog.close()
  })
})

describe('metadata files', () => {
  test('count up, whoever wrote the one before', () => {
    for (const [name, version] of [
      ['00000-6b0f6a1e-3a66-4a57-8f0b-0a3f5c1f9a10.metadata.json', 1],
      ['00041-6b0f6a1e-3a66-4a57-8f0b-0a3f5c1f9a10.gz.metadata.json', 42],
      ['v7.metadata.json', 8],
      ['whatever.metadata.json', 1],
    ] as const)
      expect(versionAfter(`s3://bucket/lake/t/metadata/${name}`)).toBe(version)
  })

  test('that others compressed are read', async () => {
    const root = memoryRoot()
    const path = newPath()
    const catalog = await open({ root, path })
    await createOrders(catalog)
    await root.store.put(
      'default/orders/metadata/00001-x.gz.metadata.json',
      gzipSync('{"format-version":2,"last-sequence-number":9007199254740993}'),
    )
    const other = new DatabaseSync(path)
    other.exec(`UPDATE iceberg_tables SET metadata_location = 's3://bucket/lake/default/orders/metadata/00001-x.gz.metadata.json'`)
    other.close()
    expect((await catalog.pointer(orders).load())?.metadata['last-sequence-number']).toBe(9007199254740993n)
    await catalog.close()
  })

  test('are hinted at by the name that DuckDB completes', async () => {
    const root = memoryRoot()
    const catalog = await open({ root })
    const { location } = await createOrders(catalog)
    const hint = Buffer.from((await root.store.get('default/orders/metadata/version-hint.text')) ?? []).toString()
    expect(`s3://bucket/lake/default/orders/metadata/${hint}.metadata.json`).toBe(location)
    await catalog.close()
  })

  test('that are gone, damaged or outside the lake are named', async () => {
    const root = memoryRoot()
    const path = newPath()
    const catalog = await open({ root, path })
    await createOrders(catalog)
    const other = new DatabaseSync(path)
    await root.store.put('bad.metadata.json', Buffer.from('{'))
    for (const [location, message] of [
      ['s3://bucket/lake/gone.metadata.json', 'is not there'],
      ['s3://bucket/lake/bad.metadata.json', 'is not JSON'],
      ['s3://elsewhere/x.metadata.json', 'lies outside the lake'],
    ] as const) {
      other.prepare('UPDATE iceberg_tables SET metadata_location = ?').run(location)
      await expect(catalog.pointer(orders).load()).rejects.toThrow(message)
    }
    other.close()
    await catalog.close()
  })
})

describe('another process holds the database locked', () => {
  test('a commit waits for it without blocking the thread', async () => {
    const path = newPath()
    let locked: DatabaseSync | undefined
    let sleeps = 0
    const clock: Clock = {
      now: () => 0,
      async sleep() {
        if (++sleeps === 3) locked?.exec('COMMIT')
      },
    }
    const catalog = await open({ path, clock })
    const base = await createOrders(catalog)
    locked = new DatabaseSync(path)
    locked.exec('BEGIN IMMEDIATE')
    expect((await catalog.pointer(orders).swap({ ...base, metadata }, metadata)).kind).toBe('committed')
    expect(sleeps).toBe(3)
    locked.close()
    await catalog.close()
  })

  test('if it never lets go, the commit was surely not done', async () => {
    const path = newPath()
    const root = memoryRoot()
    const catalog = await open({ path, root, clock: { now: () => 0, sleep: async () => {} } })
    const base = await createOrders(catalog)
    const locked = new DatabaseSync(path)
    locked.exec('BEGIN IMMEDIATE')
    const files = await root.store.list('')
    await expect(catalog.pointer(orders).swap({ ...base, metadata }, metadata)).rejects.toMatchObject({ kind: 'store-unavailable' })
    expect(await root.store.list('')).toEqual(files)
    locked.exec('COMMIT')
    locked.close()
    expect((await catalog.pointer(orders).load())?.location).toBe(base.location)
    await catalog.close()
  })
})

test('an error of the database leaves the outcome unknown, as it may have come after the commit', async () => {
  const path = newPath()
  const catalog = await open({ path })
  const base = await createOrders(catalog)
  const other = new DatabaseSync(path)
  other.exec(`CREATE TRIGGER fault BEFORE UPDATE ON iceberg_tables BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END`)
  expect(await catalog.pointer(orders).swap({ ...base, metadata }, metadata)).toMatchObject({
    kind: 'unknown',
    cause: { message: 'disk I/O error' },
  })
  other.close()
  await catalog.close()
})

test('a version hint that cannot be written does not undo the commit', async () => {
  const plan = ({ key }: { key: string }): Fault => (key.endsWith('version-hint.text') ? { kind: 'refused' } : { kind: 'none' })
  const store = new FaultyObjectStore(new MemoryObjectStore(), { plan, clock: systemClock })
  const catalog = await open({ root: { uri: 's3://bucket/lake', store } })
  const base = await createOrders(catalog)
  expect((await catalog.pointer(orders).swap({ ...base, metadata }, metadata)).kind).toBe('committed')
  await catalog.close()
})

describe('catalog URLs', () => {
  test('a scheme that is not there is refused with an example', async () => {
    await expect(
      openCatalog('thrift://x', { root: memoryRoot(), clock: systemClock, random: seededRandom(1), logger: silentLogger }),
    ).rejects.toThrow('sqlite:///')
  })
  test('a file that is no database is named', async () => {
    const path = newPath()
    await writeFile(path, 'no database at all, but long enough to have a header, which a database has at its very start')
    await expect(open({ path })).rejects.toMatchObject({ kind: 'store-unavailable', message: expect.stringContaining(path) as string })
  })

  test('a folder that is not there is named', async () => {
    await expect(open({ path: join(directory, 'no', 'such', 'folder.db') })).rejects.toMatchObject({ kind: 'store-unavailable' })
  })
})
