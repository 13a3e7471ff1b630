import { assignFieldIds, listType, mapType, rowField, structType, type StructType } from '../../../src/columns/row-type.ts'
import { openCatalog } from '../../../src/catalogs/open.ts'
import type { Catalog } from '../../../src/catalogs/catalog.ts'
import type { TimePartition } from '../../../src/lanes/lane.ts'
import type { LakeRoot } from '../../../src/objects/lake-root.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import type { ObjectStore } from '../../../src/objects/object-store.ts'
import type { Clock } from '../../../src/shared/clock.ts'
import { silentLogger } from '../../../src/shared/log.ts'
import { randomUuid, seededRandom, type Random } from '../../../src/shared/random.ts'
import { openIcebergTable, type IcebergTable } from '../../../src/tables/iceberg/iceberg-table.ts'
import type { TablePointer } from '../../../src/tables/iceberg/table-pointer.ts'
import type { NewTable, PreparedFile, TableAppend } from '../../../src/tables/table-commit.ts'

/** A world for a table: a memory lake, a SQLite catalog in memory, and a clock on which sleeping takes no time. */
export interface TestWorld {
  readonly store: ObjectStore
  readonly root: LakeRoot
  readonly catalog: Catalog
  readonly clock: Clock
  readonly random: Random
}

export async function testWorld({
  seed = 1,
  store = new MemoryObjectStore() as ObjectStore,
  uri = 'file:///lake',
} = {}): Promise<TestWorld> {
  const root = { uri, store }
  const clock = quickClock()
  const random = seededRandom(seed)
  return { store, root, clock, random, catalog: await openCatalog('sqlite://:memory:', { root, clock, random, logger: silentLogger }) }
}

/** Time moves on when somebody sleeps, and not otherwise. */
export function quickClock(): Clock {
  let nowMs = 1_700_000_000_000
  return {
    now: () => nowMs,
    async sleep(durationMs) {
      nowMs += durationMs
      await Promise.resolve()
    },
  }
}

export const topicId = '6b0f6a1e-3a66-4a57-8f0b-0a3f5c1f9a10'

export function newTable(changes: Partial<NewTable> = {}): NewTable {
  return { namespace: 'default', table: 'orders', topicId, rowType: smallRowType, partitionBy: 'none', isShared: false, ...changes }
}

export function openTestTable(world: TestWorld, changes: Partial<NewTable> = {}, pointer?: TablePointer): Promise<IcebergTable> {
  const table = newTable(changes)
  const { root, clock, random, catalog } = world
  return openIcebergTable({ pointer: pointer ?? catalog.pointer(table), root, table, clock, random, logger: silentLogger })
}

const metadataColumns = [
  rowField('_kafka_partition', { kind: 'int' }, { isNullable: false }),
  rowField('_kafka_offset', { kind: 'long' }, { isNullable: false }),
  rowField('_kafka_timestamp', { kind: 'timestamp', isUtc: true }, { isNullable: false }),
]

export const smallRowType: StructType = assignFieldIds(structType([rowField('name', { kind: 'string' }), ...metadataColumns]))

/** Every kind of type, nested ones included. */
export const wideRowType: StructType = assignFieldIds(
  structType([
    rowField('flag', { kind: 'boolean' }, { doc: 'Whether it holds.' }),
    rowField('small', { kind: 'int' }),
    rowField('big', { kind: 'long' }),
    rowField('ratio', { kind: 'float' }),
    rowField('precise', { kind: 'double' }),
    rowField('price', { kind: 'decimal', precision: 38, scale: 10 }),
    rowField('title', { kind: 'string' }, { source: '7' }),
    rowField('blob', { kind: 'binary' }),
    rowField('day', { kind: 'date' }),
    rowField('at', { kind: 'timestamp', isUtc: true }),
    rowField('local', { kind: 'timestamp', isUtc: false }),
    rowField('extra', { kind: 'json' }),
    rowField('place', structType([rowField('lat', { kind: 'double' }), rowField('label', { kind: 'string' }, { source: '2' })])),
    rowField('tags', listType({ kind: 'string' })),
    rowField('steps', listType(structType([rowField('x', { kind: 'long' })]))),
    rowField('counts', mapType({ kind: 'string' }, { kind: 'long' })),
    ...metadataColumns,
  ]),
)

/** A data file that exists only on paper: appends do not read data. */
export function paperFile(
  world: TestWorld,
  { rows = 1, partitionValue = null as number | null, table = 'default/orders' } = {},
): PreparedFile {
  return {
    key: `${table}/data/${randomUuid(world.random)}.parquet`,
    partitionValue,
    metrics: { rowCount: rows, sizeBytes: 1000 * rows, splitOffsets: [4], columns: [] },
  }
}

/** An append of one file to one partition. */
export function paperAppend(
  world: TestWorld,
  { partition = 0, from = 0n, to = from + 1n }: { partition?: number; from?: bigint; to?: bigint },
): TableAppend {
  return {
    files: [paperFile(world, { rows: Number(to - from) })],
    ranges: [{ partition, offsetFirst: from, nextOffset: to, highTimestampMs: 1_700_000_000_000n + to }],
    schemaIds: [1],
  }
}

export const partitionings: readonly TimePartition[] = ['none', 'hour', 'day', 'month', 'year']
