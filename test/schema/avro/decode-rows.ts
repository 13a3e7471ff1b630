import { rowBuilder } from '../../../src/columns/row-builder.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import type { SchemaJson } from './avro-arbitraries.ts'
import { readRows, type Plain } from '../../columns/read-columns.ts'

/** Decodes values, one row each, as a lane would: all in one buffer, with other bytes around. */
export function decodeRows(schema: SchemaJson, values: readonly Uint8Array[]): Plain[] {
  const decoder = avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references: [] }).compileDecoder()
  const row = rowBuilder(decoder.rowType)
  const decode = decoder.bind(row.fields)
  for (const value of values) {
    const surrounded = Buffer.concat([Buffer.from('0202', 'hex'), value, Buffer.from('0202', 'hex')])
    decode(surrounded, 2, 2 + value.byteLength)
  }
  return readRows(
    decoder.rowType,
    row.fields.map((field) => field.finish()),
  )
}

/** One value of a schema whose root is not a record: the column `value`. */
export function decodeHex(schema: SchemaJson, hex: string): Plain {
  const [row] = decodeRows(schema, [Buffer.from(hex, 'hex')])
  return (row as { value: Plain }).value
}
