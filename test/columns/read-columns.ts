import type { ColumnBuffers } from '../../src/columns/column-buffers.ts'
import type { RowField, RowType, StructType } from '../../src/columns/row-type.ts'

/**
 * Columns back as plain values, read straight from Arrow's layout: whole numbers of 64 bits and decimals (unscaled) as
 * bigint, binary as hex, structs as objects, maps as pairs.
 */
export type Plain = null | boolean | number | bigint | string | Plain[] | { [name: string]: Plain }

export function readRows(type: StructType, columns: readonly ColumnBuffers[]): Plain[] {
  const perField = type.fields.map((field, index) => readColumn(field.type, columns[index] as ColumnBuffers))
  const rowCount = perField[0]?.length ?? 0
  return Array.from({ length: rowCount }, (_, row) => objectOf(type.fields, perField, row))
}

export function readColumn(type: RowType, column: ColumnBuffers): Plain[] {
  const valueAt = valueReader(type, column)
  return Array.from({ length: column.length }, (_, row) => (isPresent(column, row) ? valueAt(row) : null))
}

function isPresent({ validity }: ColumnBuffers, row: number): boolean {
  return validity === null || bitAt(validity, row)
}

function bitAt(bits: Uint8Array, row: number): boolean {
  return (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === 1
}

function valueReader(type: RowType, column: ColumnBuffers): (row: number) => Plain {
  const values = column.values ?? new Uint8Array()
  const offsets = column.offsets ?? new Int32Array()
  const view = new DataView(values.buffer, values.byteOffset, values.byteLength)
  const slice = (row: number): Buffer => Buffer.from(values.subarray(offsets[row], offsets[row + 1]))
  switch (type.kind) {
    case 'boolean':
      return (row) => bitAt(values, row)
    case 'int':
    case 'date':
      return (row) => view.getInt32(row * 4, true)
    case 'long':
    case 'timestamp':
      return (row) => view.getBigInt64(row * 8, true)
    case 'float':
      return (row) => view.getFloat32(row * 4, true)
    case 'double':
      return (row) => view.getFloat64(row * 8, true)
    case 'decimal':
      return (row) => (view.getBigInt64(row * 16 + 8, true) << 64n) | view.getBigUint64(row * 16, true)
    case 'string':
    case 'json':
      return (row) => slice(row).toString('utf8')
    case 'binary':
      return (row) => slice(row).toString('hex')
    case 'struct': {
      const perField = type.fields.map((field, index) => readColumn(field.type, column.children[index] as ColumnBuffers))
      return (row) => objectOf(type.fields, perField, row)
    }
    case 'list': {
      const items = readColumn(type.element.type, column.children[0] as ColumnBuffers)
      return (row) => items.slice(offsets[row], offsets[row + 1])
    }
    case 'map': {
      const keys = readColumn(type.key.type, column.children[0] as ColumnBuffers)
      const items = readColumn(type.value.type, column.children[1] as ColumnBuffers)
      return (row) =>
        keys.slice(offsets[row], offsets[row + 1]).map((key, index) => [key, items[(offsets[row] as number) + index] as Plain])
    }
  }
}

function objectOf(fields: readonly RowField[], perField: readonly Plain[][], row: number): Plain {
  return Object.fromEntries(fields.map((field, index) => [field.name, (perField[index] as Plain[])[row] as Plain] as const))
}
