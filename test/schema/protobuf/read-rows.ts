import type { ColumnBuffers } from '../../../src/columns/column-buffers.ts'
import { rowBuilder } from '../../../src/columns/row-builder.ts'
import type { RowType, StructType } from '../../../src/columns/row-type.ts'
import type { RecordDecoder } from '../../../src/schema/language.ts'

/** Decodes records into fresh columns and reads the rows back, straight from Arrow's layout. */
export function decodeRows(decoder: RecordDecoder, records: readonly Uint8Array[]): Record<string, unknown>[] {
  const row = rowBuilder(decoder.rowType)
  const decode = decoder.bind(row.fields)
  for (const record of records) {
    // Bytes on both sides show whether a read strays beyond its record.
    const framed = new Uint8Array(record.length + 2).fill(0x7f)
    framed.set(record, 1)
    decode(framed, 1, 1 + record.length)
    row.appendPresent()
  }
  return readRows(decoder.rowType, row.finish())
}

/** 64-bit integers and decimals come as bigint, maps as arrays of pairs, binary as hex. */
export function readRows(type: StructType, columns: ColumnBuffers): Record<string, unknown>[] {
  return Array.from({ length: columns.length }, (_, row) => readValue(type, columns, row) as Record<string, unknown>)
}

function readValue(type: RowType, column: ColumnBuffers, row: number): unknown {
  if (column.validity && ((column.validity[row >> 3] as number) & (1 << (row & 7))) === 0) return null
  switch (type.kind) {
    case 'struct':
      return Object.fromEntries(
        type.fields.map((field, index) => [field.name, readValue(field.type, column.children[index] as ColumnBuffers, row)]),
      )
    case 'list':
      return itemsOf(column, row).map((item) => readValue(type.element.type, column.children[0] as ColumnBuffers, item))
    case 'map':
      return itemsOf(column, row).map((item) => [
        readValue(type.key.type, column.children[0] as ColumnBuffers, item),
        readValue(type.value.type, column.children[1] as ColumnBuffers, item),
      ])
    default:
      return readScalar(type, column, row)
  }
}

function itemsOf({ offsets }: ColumnBuffers, row: number): number[] {
  const [start = 0, end = 0] = offsets?.subarray(row, row + 2) ?? []
  return Array.from({ length: end - start }, (_, index) => start + index)
}

function readScalar(type: RowType, { values, offsets }: ColumnBuffers, row: number): unknown {
  const bytes = values ?? new Uint8Array(0)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (type.kind) {
    case 'boolean':
      return ((bytes[row >> 3] as number) & (1 << (row & 7))) !== 0
    case 'int':
    case 'date':
      return view.getInt32(row * 4, true)
    case 'long':
    case 'timestamp':
      return view.getBigInt64(row * 8, true)
    case 'float':
      return view.getFloat32(row * 4, true)
    case 'double':
      return view.getFloat64(row * 8, true)
    case 'decimal':
      return (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
    case 'string':
    case 'json':
      return Buffer.from(bytes.subarray(offsets?.[row], offsets?.[row + 1])).toString()
    case 'binary':
      return Buffer.from(bytes.subarray(offsets?.[row], offsets?.[row + 1])).toString('hex')
    default:
      throw new Error(`no scalar: ${type.kind}`)
  }
}
