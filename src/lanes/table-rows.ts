import { BytesColumn } from '../columns/bytes-column.ts'
import type { ColumnBuilder } from '../columns/column-builder.ts'
import { Int32Column, Int64Column } from '../columns/fixed-width-columns.ts'
import { ListColumn, StructColumn } from '../columns/nested-columns.ts'
import { rowBuilder } from '../columns/row-builder.ts'
import type { RecordWalker } from '../protocol/records/record-walker.ts'
import type { DecodeRecord, RecordDecoder } from '../schema/language.ts'
import { assert } from '../shared/assert.ts'
import { misfit } from './row-fit.ts'
import type { TableShape } from './table-shape.ts'

/** A decoder tied to a table's columns, or why it cannot be. */
export type BoundDecoder = { readonly kind: 'decode'; readonly decode: DecodeRecord } | { readonly kind: 'misfit'; readonly reason: string }

/** Where a row comes from, beside the record itself. */
export interface RowOrigin {
  readonly partition: number
  /** 0: the producer's time; 1: the broker's. */
  readonly timestampType: number
}

/**
 * Rows of one table while they are judged: columns in the table's order, and beside them each row's time as a number,
 * from which its place among the files follows. `_kafka_offset` holds the place in the batch until the log has given
 * the batch its offset.
 */
export class TableRows {
  readonly shape: TableShape
  readonly columns: StructColumn
  #timestampsMs = new Float64Array(64)
  readonly #bound = new Map<RecordDecoder, BoundDecoder>()
  readonly #values: readonly ColumnBuilder[]
  readonly #partition: Int32Column
  readonly #offset: Int64Column
  readonly #timestamp: Int64Column
  readonly #timestampType: Int32Column | undefined
  readonly #key: BytesColumn | undefined
  readonly #rawValue: BytesColumn | undefined
  readonly #headers: HeaderColumns | undefined
  readonly #schemaId: Int32Column | undefined

  constructor(shape: TableShape) {
    this.shape = shape
    this.columns = rowBuilder(shape.rowType)
    this.#values = shape.values.map((index) => this.#column(index))
    this.#partition = this.#column(shape.partition, Int32Column)
    this.#offset = this.#column(shape.offset, Int64Column)
    this.#timestamp = this.#column(shape.timestamp, Int64Column)
    this.#timestampType = shape.timestampType === undefined ? undefined : this.#column(shape.timestampType, Int32Column)
    this.#key = shape.key === undefined ? undefined : this.#column(shape.key, BytesColumn)
    this.#rawValue = shape.rawValue === undefined ? undefined : this.#column(shape.rawValue, BytesColumn)
    this.#headers = shape.headers === undefined ? undefined : headerColumns(this.#column(shape.headers, ListColumn))
    this.#schemaId = shape.schemaId === undefined ? undefined : this.#column(shape.schemaId, Int32Column)
  }

  get length(): number {
    return this.columns.length
  }

  timestampMsAt(row: number): number {
    return this.#timestampsMs[row] as number
  }

  /** Ties a decoder to these columns; once per decoder. */
  bind(decoder: RecordDecoder): BoundDecoder {
    const known = this.#bound.get(decoder)
    if (known) return known
    const bound = this.#bind(decoder)
    this.#bound.set(decoder, bound)
    return bound
  }

  /** The value columns of a row without a value, or of one that is not decoded. */
  appendNullValues(): void {
    for (const column of this.#values) column.appendNull()
  }

  /** Completes a row whose value columns are written. `schemaId` is undefined when no schema judged the value. */
  appendMetadata(record: RecordWalker, timestampMs: number, origin: RowOrigin, schemaId: number | undefined): void {
    const { bytes } = record
    this.#partition.append(origin.partition)
    this.#offset.appendParts(record.offsetDelta, 0)
    appendMicros(this.#timestamp, timestampMs)
    this.#timestampType?.append(origin.timestampType)
    if (this.#key) appendNullable(this.#key, bytes, record.keyStart, record.keyEnd)
    if (this.#rawValue) appendNullable(this.#rawValue, bytes, record.valueStart, record.valueEnd)
    if (this.#headers) appendHeaders(this.#headers, record)
    if (schemaId === undefined) this.#schemaId?.appendNull()
    else this.#schemaId?.append(schemaId)
    this.#noteTimestamp(timestampMs)
    this.columns.appendPresent()
  }

  /** Forgets every row from `length` on, and whatever a failed decoder left behind. */
  truncate(length: number): void {
    this.columns.truncate(length)
  }

  #noteTimestamp(timestampMs: number): void {
    const row = this.columns.length
    if (row === this.#timestampsMs.length) {
      const grown = new Float64Array(row * 2)
      grown.set(this.#timestampsMs)
      this.#timestampsMs = grown
    }
    this.#timestampsMs[row] = timestampMs
  }

  #bind(decoder: RecordDecoder): BoundDecoder {
    const targets = this.shape.values.map((index) => ({ field: this.shape.rowType.fields[index], column: this.#column(index) }))
    const columns: ColumnBuilder[] = []
    for (const source of decoder.rowType.fields) {
      const target = targets.find(({ field }) => field?.name === source.name)
      if (!target?.field) return { kind: 'misfit', reason: `${source.name} is not in the table` }
      const reason = misfit(target.field, source)
      if (reason !== undefined) return { kind: 'misfit', reason }
      columns.push(target.column)
    }
    const absent = targets.filter(({ column }) => !columns.includes(column)).map(({ column }) => column)
    return { kind: 'decode', decode: withNulls(decoder.bind(columns), absent) }
  }

  #column(index: number): ColumnBuilder
  #column<Column extends ColumnBuilder>(index: number, type: new (...options: never[]) => Column): Column
  #column(index: number, type?: new (...options: never[]) => ColumnBuilder): ColumnBuilder {
    const column = this.columns.fields[index]
    assert(column && (type === undefined || column instanceof type), 'a metadata column of another type')
    return column
  }
}

/** Columns that a schema does not know are null in its rows. */
function withNulls(decode: DecodeRecord, absent: readonly ColumnBuilder[]): DecodeRecord {
  if (absent.length === 0) return decode
  return (bytes, start, end) => {
    decode(bytes, start, end)
    for (const column of absent) column.appendNull()
  }
}

interface HeaderColumns {
  readonly list: ListColumn
  readonly header: StructColumn
  readonly key: BytesColumn
  readonly value: BytesColumn
}

function headerColumns(list: ListColumn): HeaderColumns {
  const header = list.element
  assert(header instanceof StructColumn, 'headers that are not structs')
  const [key, value] = header.fields
  assert(key instanceof BytesColumn && value instanceof BytesColumn, 'headers that are not pairs of bytes')
  return { list, header, key, value }
}

function appendHeaders({ list, header, key, value }: HeaderColumns, record: RecordWalker): void {
  // The walk over no headers is the usual one.
  while (record.headerCount > 0 && record.nextHeader()) {
    key.append(record.bytes, record.headerKeyStart, record.headerKeyEnd)
    appendNullable(value, record.bytes, record.headerValueStart, record.headerValueEnd)
    header.appendPresent()
  }
  list.appendPresent()
}

function appendNullable(column: BytesColumn, bytes: Uint8Array, start: number, end: number): void {
  if (start < 0) column.appendNull()
  else column.append(bytes, start, end)
}

/** Milliseconds as 64-bit microseconds, whose product does not fit a double: multiplied in halves of 32 bits. */
function appendMicros(column: Int64Column, timestampMs: number): void {
  const high = Math.floor(timestampMs / TWO_32)
  const low = (timestampMs - high * TWO_32) * 1_000
  const carry = Math.floor(low / TWO_32)
  column.appendParts((low - carry * TWO_32) | 0, high * 1_000 + carry)
}

const TWO_32 = 4_294_967_296
