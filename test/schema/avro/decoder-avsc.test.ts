import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowBuilder } from '../../../src/columns/row-builder.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import { RecordError } from '../../../src/schema/language.ts'
import { samples, type SchemaJson } from './avro-arbitraries.ts'
import { avscType } from './avsc-types.ts'
import { decodeRows } from './decode-rows.ts'

describe('what avsc encodes is what the columns hold', () => {
  test('for random schemas and values', () => {
    fc.assert(
      fc.property(samples, ({ schema, rows }) => {
        const type = avscType(schema)
        const decoded = decodeRows(
          schema,
          rows.map(({ value }) => type.toBuffer(value)),
        )
        expect(decoded).toEqual(rows.map(({ plain }) => plain))
      }),
      { numRuns: 250 },
    )
  })

  test('every truncated prefix of a value, and a value with a byte more, is a RecordError', () => {
    fc.assert(
      fc.property(samples, ({ schema, rows }) => {
        const bytes = avscType(schema).toBuffer(rows[0]?.value)
        const decode = decoderOf(schema)
        for (let end = 0; end < bytes.length; end++) expect(() => decode(bytes, 0, end)).toThrow(RecordError)
        expect(() => decode(Buffer.concat([bytes, Buffer.of(0)]), 0, bytes.length + 1)).toThrow(RecordError)
      }),
      { numRuns: 60 },
    )
  })

  test('random bytes are decoded or are a RecordError, never anything else', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ maxLength: 60 }), ({ schema, rows }, noise) => {
        const decode = decoderOf(schema)
        const valid = avscType(schema).toBuffer(rows[0]?.value)
        const damaged = Uint8Array.from(valid, (byte, index) => ((noise[index] ?? 200) < 30 ? (noise[index] as number) * 9 : byte))
        for (const bytes of [noise, damaged]) expect(outcomeOf(() => decode(bytes, 0, bytes.length))).toBe('decoded or refused')
      }),
      { numRuns: 300 },
    )
  })

  function outcomeOf(decode: () => void): string {
    try {
      decode()
    } catch (error) {
      if (!(error instanceof RecordError)) return String(error)
    }
    return 'decoded or refused'
  }
})

function decoderOf(schema: SchemaJson): (bytes: Uint8Array, start: number, end: number) => void {
  const decoder = avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references: [] }).compileDecoder()
  const row = rowBuilder(decoder.rowType)
  const decode = decoder.bind(row.fields)
  return (bytes, start, end) => {
    try {
      decode(bytes, start, end)
    } finally {
      for (const field of row.fields) field.truncate(0)
    }
  }
}
