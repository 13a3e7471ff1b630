import { assignFieldIds, rowField, structType, type StructType } from '../../../src/columns/row-type.ts'
import type { ObjectStore } from '../../../src/objects/object-store.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import { silentLogger } from '../../../src/shared/log.ts'
import { seededRandom } from '../../../src/shared/random.ts'
import { openDeltaTable, type DeltaTable } from '../../../src/tables/delta/delta-table.ts'
import type { NewTable, OffsetRange, PreparedFile, TableAppend } from '../../../src/tables/table-commit.ts'

export const rowType: StructType = assignFieldIds(
  structType([
    rowField('id', { kind: 'long' }),
    rowField('name', { kind: 'string' }),
    rowField('_kafka_offset', { kind: 'long' }, { isNullable: false }),
  ]),
)

export const newTable: NewTable = {
  namespace: 'default',
  table: 'orders',
  topicId: '11111111-2222-4333-8444-555555555555',
  rowType,
  partitionBy: 'none',
  isShared: false,
}

export async function openOn(store: ObjectStore, { seed = 1, table = newTable } = {}): Promise<DeltaTable> {
  // A clock that never stops: backoff under test is a matter of order, not of time.
  const clock = new ManualClock()
  clock.sleep = () => Promise.resolve()
  return openDeltaTable({
    root: { uri: 'memory://lake', store },
    table,
    engineInfo: 'headgate/test',
    clock,
    random: seededRandom(seed),
    logger: silentLogger,
  })
}

export function fileOf(name: string, rowCount: number): PreparedFile {
  return {
    key: `default/orders/data/${name}.parquet`,
    partitionValue: null,
    metrics: {
      rowCount,
      sizeBytes: 100 * rowCount,
      splitOffsets: [4],
      columns: [{ fieldId: 1, compressedBytes: 10, valueCount: rowCount, nullCount: 0, lower: 1n, upper: BigInt(rowCount) }],
    },
  }
}

export function appendOf(name: string, ranges: readonly [partition: number, first: number, next: number][]): TableAppend {
  const offsetRanges: OffsetRange[] = ranges.map(([partition, first, next]) => ({
    partition,
    offsetFirst: BigInt(first),
    nextOffset: BigInt(next),
    highTimestampMs: 1_700_000_000_000n,
  }))
  return { files: [fileOf(name, 10)], ranges: offsetRanges, schemaIds: [1] }
}
