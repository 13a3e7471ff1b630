import { WireFrame } from '../schema/wire-framing.ts'
import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import { randomInt, systemRandom, type Random } from '../shared/random.ts'
import { type BatchToJudge, judgeBatch, type JudgedBatch } from './batch-judge.ts'
import { type JudgedMemory, JudgedRows, rangeOf, type RowRange } from './judged-rows.ts'
import type { AdoptOutcome, AdoptRequest, Chunk, DecodeRequest, JudgeRequest, LaneTable, Ticket, Verdict } from './lane.ts'
import { SchemaDecoders } from './schema-decoders.ts'
import { decodeStored } from './stored-batches.ts'
import { TableBuffers } from './table-buffers.ts'
import { tableShape } from './table-shape.ts'
import { ValueJudge } from './value-judge.ts'

/**
 * What a lane does, call by call and without waiting: the same on a worker thread and in process. Batches flow in, judged
 * rows wait under their ticket until they are adopted, chunks flow out.
 */
export class LaneCore {
  readonly schemas = new SchemaDecoders()
  readonly #tables = new Map<string, Table>()
  readonly #wire = new WireFrame()
  readonly #tableOfTicket = new Map<Ticket, Table>()
  readonly #judgedMemory: JudgedMemory = { byteLength: 0 }
  #lastTicket: Ticket

  /** Tickets start somewhere of their own: one of a lane that died must not name rows of the lane that took its place. */
  constructor(random: Random = systemRandom) {
    this.#lastTicket = randomInt(random, TICKET_START_MAX)
  }

  defineTable(table: LaneTable): void {
    if (!this.#tables.has(table.tableKey)) this.#addTable(table, { isOpen: false })
  }

  openTable(table: LaneTable): void {
    this.closeTable(table.tableKey)
    this.#addTable(table, { isOpen: true })
  }

  closeTable(tableKey: string): void {
    const table = this.#tables.get(tableKey)
    if (!table) return
    this.#tables.delete(tableKey)
    for (const ticket of table.judged.tickets()) this.discard(ticket)
  }

  /** Without a table nothing is kept: the ticket is gone from the start. */
  judge({ topic, partition, batch, judgement }: JudgeRequest): Verdict {
    const { tableKey } = judgement
    const table = tableKey === undefined ? undefined : this.#tables.get(tableKey)
    if (tableKey !== undefined && !table) return { kind: 'needs-table' }
    const rows = table?.judged.rowsToAppend()
    const start = rows?.length ?? 0
    const judged = this.#judge({ batch, partition, judgement, rows, skipCount: 0, isStored: false }, topic)
    if (judged.kind !== 'valid') return judged
    const { recordCount, timestampMsMax } = judged
    const range = rows && rangeOf(rows, start, partition, judged)
    const scattered = range && table?.buffers.rowBeyondSpread(range)
    if (scattered !== undefined) {
      rows?.truncate(start)
      return tooScattered(scattered - start, recordCount)
    }
    const ticket = ++this.#lastTicket
    if (table && range) this.#keep(ticket, table, range)
    return { kind: 'valid', ticket, recordCount, maxTimestampMs: BigInt(timestampMsMax) }
  }

  adopt({ ticket, tableKey, partition, baseOffset, logAppendTimeMs }: AdoptRequest): AdoptOutcome {
    const table = this.#tables.get(tableKey)
    const range = table?.judged.rangeOf(ticket)
    if (!table?.isOpen || !range) return { kind: 'gone' }
    assert(range.partition === partition, 'rows of another partition')
    table.buffers.append(range, { baseOffset, logAppendTimeMs })
    this.discard(ticket)
    return adopted(table)
  }

  discard(ticket: Ticket): void {
    this.#tableOfTicket.get(ticket)?.judged.release(ticket)
    this.#tableOfTicket.delete(ticket)
  }

  /** All of the batches or none: nothing is in the buffers unless the outcome is `adopted`. */
  decode(request: DecodeRequest): AdoptOutcome {
    const table = this.#openTable(request.tableKey)
    const rows = table.judged.rowsToAppend()
    const start = rows.length
    try {
      const decoded = decodeStored(request, rows, (batch) => this.#judge(batch, request.topic))
      if (decoded.kind !== 'decoded') return decoded
      for (const { range, baseOffset } of decoded.batches) table.buffers.append(range, { baseOffset, logAppendTimeMs: null })
      return decoded.leftOut ? { ...adopted(table), leftOut: decoded.leftOut } : adopted(table)
    } finally {
      rows.truncate(start)
    }
  }

  cut(tableKey: string): Chunk[] {
    const { judged, buffers } = this.#openTable(tableKey)
    judged.shrink()
    return buffers.cut()
  }

  #judge(batch: Omit<BatchToJudge, 'values'>, topic: string): JudgedBatch {
    const { judgement, rows, isStored } = batch
    const values = new ValueJudge({ topic, value: judgement.value, schemas: this.schemas, wire: this.#wire, rows, isStored })
    return judgeBatch({ ...batch, values })
  }

  #keep(ticket: Ticket, table: Table, range: RowRange): void {
    table.judged.keep(ticket, range)
    this.#tableOfTicket.set(ticket, table)
    if (this.#judgedMemory.byteLength > limits.judgedBytesMax) this.discard(ticket)
  }

  #addTable({ tableKey, rowType, partitionBy }: LaneTable, { isOpen }: { isOpen: boolean }): void {
    const shape = tableShape(rowType)
    const judged = new JudgedRows(shape, this.#judgedMemory)
    this.#tables.set(tableKey, { judged, buffers: new TableBuffers(shape, partitionBy), isOpen })
  }

  #openTable(tableKey: string): Table {
    const table = this.#tables.get(tableKey)
    if (!table?.isOpen) throw new HeadgateError('not-found', `table ${tableKey} is not open in this lane; it may have started again`)
    return table
  }
}

/** So many tickets are left below the largest whole number that a double holds exactly. */
const TICKET_START_MAX = Number.MAX_SAFE_INTEGER / 2

interface Table {
  readonly judged: JudgedRows
  readonly buffers: TableBuffers
  /** Of one that is only defined, rows are judged; nothing is in its buffers. */
  readonly isOpen: boolean
}

/** Every partition value is a file of its own: one batch must not be able to ask for a million of them. */
function tooScattered(index: number, recordCount: number): Verdict {
  const reason = `the timestamps up to this one would put the batch into more than ${limits.batchPartitionsMax} partitions of the table; send fewer records at once`
  return { kind: 'invalid', errors: [{ index, reason }], invalidCount: 1, recordCount }
}

function adopted({ buffers }: Table): Extract<AdoptOutcome, { kind: 'adopted' }> {
  return { kind: 'adopted', bufferedRows: buffers.rowCount, bufferedBytes: buffers.byteLength, partitionCount: buffers.partitionCount }
}
