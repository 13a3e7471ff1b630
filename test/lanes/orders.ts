import avsc from 'avsc'
import { assignFieldIds, type StructType } from '../../src/columns/row-type.ts'
import type { Chunk, Judgement, LaneSchema } from '../../src/lanes/lane.ts'
import { tableRowType } from '../../src/lanes/metadata-columns.ts'
import type { CompressionType } from '../../src/protocol/records/compression.ts'
import { buildBatch, type RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { avro } from '../../src/schema/avro/language.ts'
import { writePrefixed } from '../../src/schema/wire-framing.ts'
import { type Plain, readRows } from '../columns/read-columns.ts'

/** A topic for tests of lanes: orders in Avro, encoded by avsc, and the table they go to. */
export const topic = 'orders'
export const tableKey = 'topic-id-of-orders'
export const DAY_MS = 86_400_000
/** 2024-01-01T00:00:00Z */
export const newYearMs = 1_704_067_200_000

export interface Order {
  readonly id: number
  readonly item: string
  readonly note: string | null
}

const text = JSON.stringify({
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'item', type: 'string' },
    { name: 'note', type: ['null', 'string'], default: null },
  ],
})

export const orderSchema: LaneSchema = {
  schemaId: 7,
  guid: '89791762-2336-4186-9674-299b90a802e2',
  schemaType: 'AVRO',
  text,
  references: [],
}

const orderType = avsc.Type.forSchema(JSON.parse(text) as avsc.Schema)
export const encodeOrder = (order: Order): Buffer => orderType.toBuffer(order)

export const orderTable: StructType = assignFieldIds(tableRowType(avro.parse(orderSchema).rowType().fields))

export const judgement: Judgement = { value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [7] }, tableKey, isKeyRequired: false }

export function order(
  id: number,
  { atMs = newYearMs, ...rest }: { item?: string; note?: string | null; atMs?: number } = {},
): RecordToWrite {
  return { value: writePrefixed(7, encodeOrder({ id, item: `item ${id}`, note: null, ...rest })), timestampMs: BigInt(atMs) }
}

export function batchOf(records: readonly RecordToWrite[], compression: CompressionType = 'none'): Uint8Array<ArrayBuffer> {
  return buildBatch({ records, compression })
}

export interface TableRow {
  readonly [name: string]: Plain
}

export function rowsOf(chunks: readonly Chunk[], rowType: StructType = orderTable): TableRow[] {
  return chunks.flatMap(({ columns }) => readRows(rowType, columns) as TableRow[])
}

/** The row that an order becomes. */
export function orderRow(id: number, offset: bigint, { atMs = newYearMs, partition = 0 } = {}): TableRow {
  return {
    id: BigInt(id),
    item: `item ${id}`,
    note: null,
    _kafka_partition: partition,
    _kafka_offset: offset,
    _kafka_timestamp: BigInt(atMs) * 1_000n,
    _kafka_timestamp_type: 0,
    _kafka_key: null,
    _kafka_headers: [],
    _kafka_schema_id: 7,
  }
}
