import protobuf from 'protobufjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assignFieldIds, type StructType } from '../../src/columns/row-type.ts'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import type { Judgement, Lane, LaneSchema } from '../../src/lanes/lane.ts'
import { loadLanguage } from '../../src/lanes/languages.ts'
import { tableRowType } from '../../src/lanes/metadata-columns.ts'
import { workerLane } from '../../src/lanes/worker-lane.ts'
import type { SchemaType } from '../../src/schema/language.ts'
import { writeHeader, writePrefixed } from '../../src/schema/wire-framing.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { batchOf, encodeOrder, rowsOf } from './orders.ts'

const proto = `
syntax = "proto3";
message Unused { string text = 1; }
message Shop {
  message Order { int64 id = 1; string item = 2; }
}
`
const shopOrder = protobuf.parse(proto).root.lookupType('Shop.Order')
const json = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' }, item: { type: 'string' } }, required: ['id'] })
const avro =
  '{"type":"record","name":"O","fields":[{"name":"id","type":"long"},{"name":"item","type":"string"},{"name":"note","type":["null","string"]}]}'

interface LanguageCase {
  readonly schemaType: SchemaType
  readonly text: string
  readonly messageIndexes?: readonly number[]
  readonly encode: (id: number) => Uint8Array
  readonly bad: Uint8Array
  readonly badPath: string
}

const cases: readonly LanguageCase[] = [
  {
    schemaType: 'AVRO',
    text: avro,
    encode: (id) => encodeOrder({ id, item: 'x', note: null }),
    bad: Uint8Array.of(2, 200),
    badPath: '$.item',
  },
  {
    schemaType: 'JSON',
    text: json,
    encode: (id) => utf8Bytes(JSON.stringify({ id, item: 'x' })),
    bad: utf8Bytes('{"id":"1"}'),
    badPath: '$.id',
  },
  {
    schemaType: 'PROTOBUF',
    text: proto,
    messageIndexes: [1, 0],
    encode: (id) => shopOrder.encode({ id, item: 'x' }).finish(),
    bad: Uint8Array.of(0x12, 2, 0xff, 0xff),
    badPath: '$.item',
  },
]

for (const [engine, newLane] of [
  ['in process', () => inProcessLane()],
  ['on a thread', () => workerLane({ name: 'lane', onCrash: () => {} })],
] as const)
  describe(`every schema language judges and fills columns ${engine}`, () => {
    let lane: Lane
    beforeAll(() => {
      lane = newLane()
    })
    afterAll(() => lane.close())

    for (const { schemaType, text, messageIndexes, encode, bad, badPath } of cases) {
      const schema: LaneSchema = { schemaId: cases.findIndex((other) => other.schemaType === schemaType), schemaType, text, references: [] }
      const how: Judgement = {
        value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [schema.schemaId] },
        tableKey: schemaType,
        isKeyRequired: false,
      }
      const framed = (payload: Uint8Array) => ({ value: writePrefixed(schema.schemaId, payload, messageIndexes), timestampMs: 0n })
      const judge = (records: Parameters<typeof batchOf>[0], judgement = how) =>
        lane.judge({ topic: 'orders', partition: 0, batch: batchOf(records), judgement })

      test(schemaType, async () => {
        const rowType = await openTable(lane, schema, messageIndexes)
        const verdict = await judge([framed(encode(1)), framed(encode(2))])
        if (verdict.kind !== 'valid') throw new Error(JSON.stringify(verdict))
        await lane.adopt({ ticket: verdict.ticket, tableKey: schemaType, partition: 0, baseOffset: 5n, logAppendTimeMs: null })
        expect(rowsOf(await lane.cut(schemaType), rowType)).toMatchObject([
          { id: 1n, item: 'x', _kafka_offset: 5n, _kafka_schema_id: schema.schemaId },
          { id: 2n, item: 'x', _kafka_offset: 6n, _kafka_schema_id: schema.schemaId },
        ])
        expect(await judge([framed(encode(1)), framed(bad)])).toMatchObject({ kind: 'invalid', errors: [{ index: 1, path: badPath }] })
      })

      test(`${schemaType}, its schema named in a header`, async () => {
        await openTable(lane, schema, messageIndexes)
        const headers = [{ key: '__value_schema_id', value: writeHeader({ schemaId: schema.schemaId }, messageIndexes) }]
        expect(await judge([{ value: encode(1), timestampMs: 0n, headers }])).toMatchObject({ kind: 'valid' })
      })
    }

    test('unframed JSON is judged by the schema of its topic', async () => {
      const schema: LaneSchema = { schemaId: 50, schemaType: 'JSON', text: json, references: [] }
      lane.defineSchema(schema)
      const judgement: Judgement = {
        value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [50], unframedSchemaId: 50 },
        isKeyRequired: false,
      }
      const judge = (text: string) =>
        lane.judge({ topic: 'orders', partition: 0, batch: batchOf([{ value: utf8Bytes(text), timestampMs: 0n }]), judgement })
      expect(await judge('{"id":1}')).toMatchObject({ kind: 'valid' })
      expect(await judge('{"item":"x"}')).toMatchObject({ kind: 'invalid' })
      expect(await judge('')).toMatchObject({ kind: 'invalid' })
    })

    test('message indexes that name no message are an invalid record', async () => {
      const [, , schema] = cases as [LanguageCase, LanguageCase, LanguageCase]
      lane.defineSchema({ schemaId: 60, schemaType: 'PROTOBUF', text: schema.text, references: [] })
      const judgement: Judgement = { value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [60] }, isKeyRequired: false }
      const record = { value: writePrefixed(60, Uint8Array.of(), [9]), timestampMs: 0n }
      expect(await lane.judge({ topic: 'orders', partition: 0, batch: batchOf([record]), judgement })).toMatchObject({
        kind: 'invalid',
        errors: [{ index: 0, reason: expect.stringContaining('no message at indexes [9]') as string }],
      })
    })

    test('message indexes that were left out mean the first message, where the framing is found out', async () => {
      const text = 'syntax = "proto3"; message Order { int64 id = 1; string item = 2; } message Other {}'
      lane.defineSchema({ schemaId: 61, schemaType: 'PROTOBUF', text, references: [] })
      const judge = (framing: 'auto' | 'confluent', payload: Uint8Array) => {
        const judgement: Judgement = { value: { kind: 'framed', framing, allowedSchemaIds: [61] }, isKeyRequired: false }
        const records = [[0], undefined].map((indexes) => ({ value: writePrefixed(61, payload, indexes), timestampMs: 0n }))
        return lane.judge({ topic: 'orders', partition: 0, batch: batchOf(records), judgement })
      }
      const order = shopOrder.encode({ id: 4, item: 'x' }).finish()
      expect(await judge('auto', order)).toMatchObject({ kind: 'valid' })
      expect(await judge('auto', Uint8Array.of(0x12, 2, 0xff, 0xff))).toMatchObject({
        kind: 'invalid',
        errors: [
          { index: 0, path: '$.item' },
          { index: 1, path: '$.item' },
        ],
      })
      expect(await judge('confluent', order)).toMatchObject({ kind: 'invalid', errors: [{ index: 1 }] })
    })
  })

async function openTable(lane: Lane, schema: LaneSchema, messageIndexes: readonly number[] | undefined): Promise<StructType> {
  const language = await loadLanguage(schema.schemaType)
  const { fields } = language.parse(schema).rowType(messageIndexes && { messageIndexes })
  const rowType = assignFieldIds(tableRowType(fields))
  lane.defineSchema(schema)
  lane.openTable({ tableKey: schema.schemaType, rowType, partitionBy: 'none' })
  return rowType
}
