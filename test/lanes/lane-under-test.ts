import type { AdoptOutcome, Judgement, Lane, Ticket, TimePartition, Verdict } from '../../src/lanes/lane.ts'
import type { RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { batchOf, judgement, orderSchema, orderTable, rowsOf, type TableRow, tableKey, topic } from './orders.ts'

/** A lane with the orders' schema and table, and short words for what a test asks of it. */
export class LaneUnderTest {
  readonly lane: Lane
  #lastSchemaId = 1_000

  constructor(lane: Lane) {
    this.lane = lane
    lane.defineSchema(orderSchema)
  }

  openOrders(partitionBy: TimePartition): void {
    this.lane.openTable({ tableKey, rowType: orderTable, partitionBy })
  }

  /** A schema id that this lane was never told of. */
  newSchemaId(): number {
    return ++this.#lastSchemaId
  }

  /** The orders' schema under another id, or another Avro text. */
  defineLike(schemaId: number, text = orderSchema.text): void {
    this.lane.defineSchema({ schemaId, schemaType: 'AVRO', text, references: [] })
  }

  judge(batch: Uint8Array<ArrayBuffer>, how: Judgement = judgement): Promise<Verdict> {
    return this.lane.judge({ topic, partition: 0, batch, judgement: how })
  }

  judgeRecords(records: readonly RecordToWrite[], how?: Judgement): Promise<Verdict> {
    return this.judge(batchOf(records), how)
  }

  async ticketOf(records: readonly RecordToWrite[], how?: Judgement): Promise<Ticket> {
    const verdict = await this.judgeRecords(records, how)
    if (verdict.kind !== 'valid') throw new Error(JSON.stringify(verdict))
    return verdict.ticket
  }

  adopt(ticket: Ticket, baseOffset: bigint, logAppendTimeMs: bigint | null = null, key = tableKey): Promise<AdoptOutcome> {
    return this.lane.adopt({ ticket, tableKey: key, partition: 0, baseOffset, logAppendTimeMs })
  }

  decode(batches: readonly Uint8Array<ArrayBuffer>[], { fromOffset = 0n, how = judgement } = {}): Promise<AdoptOutcome> {
    return this.lane.decode({ tableKey, topic, partition: 0, batches, fromOffset, judgement: how })
  }

  async cutRows(): Promise<TableRow[]> {
    return rowsOf(await this.lane.cut(tableKey))
  }
}

/** The usual judgement of orders with other rules. */
export function framed(changes: Partial<Judgement['value'] & { kind: 'framed' }>): Judgement {
  return { ...judgement, value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [orderSchema.schemaId], ...changes } }
}
