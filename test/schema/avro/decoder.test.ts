import { describe, expect, test } from 'vitest'
import { rowBuilder } from '../../../src/columns/row-builder.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import { RecordError } from '../../../src/schema/language.ts'
import { zigzagHex } from './avsc-types.ts'
import { decodeRows } from './decode-rows.ts'
import { recordOf } from './schemas.ts'

describe('a decoder', () => {
  test('goes on after an invalid record once the columns are truncated', () => {
    const schema = recordOf(['a', 'string'], ['b', { type: 'array', items: 'boolean' }])
    const decoder = avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references: [] }).compileDecoder()
    const row = rowBuilder(decoder.rowType)
    const decode = decoder.bind(row.fields)
    const valid = Buffer.from('0261020100', 'hex')
    decode(valid, 0, valid.length)
    expect(() => decode(Buffer.from('026104010700', 'hex'), 0, 6)).toThrow('$.b[1]')
    for (const field of row.fields) field.truncate(1)
    decode(valid, 0, valid.length)
    expect(row.fields.map(({ length }) => length)).toEqual([2, 2])
  })

  test('is bound to any number of builders', () => {
    const decoder = avro.parse({ schemaType: 'AVRO', text: '"int"', references: [] }).compileDecoder()
    const [first, second] = [rowBuilder(decoder.rowType), rowBuilder(decoder.rowType)]
    const [decodeFirst, decodeSecond] = [decoder.bind(first.fields), decoder.bind(second.fields)]
    decodeFirst(Buffer.of(2), 0, 1)
    decodeSecond(Buffer.of(4), 0, 1)
    decodeFirst(Buffer.of(6), 0, 1)
    expect([first.fields[0]?.length, second.fields[0]?.length]).toEqual([2, 1])
  })

  test('carries no text of its schema into code', () => {
    const hostile = `");globalThis.isHacked=true;("`
    const schema = {
      type: 'record',
      name: 'R',
      doc: hostile,
      fields: [{ name: 'a', doc: hostile, type: { type: 'map', values: 'boolean', [hostile]: hostile } }],
    }
    expect(() =>
      decodeRows(schema, [Buffer.from(`02${zigzagHex(BigInt(hostile.length))}${Buffer.from(hostile).toString('hex')}07`, 'hex')]),
    ).toThrow(RecordError)
    expect(globalThis).not.toHaveProperty('isHacked')
  })

  test('for two thousand columns still compiles and decodes', () => {
    const schema = { type: 'record', name: 'R', fields: Array.from({ length: 1999 }, (_, index) => ({ name: `f${index}`, type: 'int' })) }
    const [row] = decodeRows(schema, [new Uint8Array(1999).fill(2)])
    expect(Object.values(row as object).every((value) => value === 1n)).toBe(true)
  })
})
