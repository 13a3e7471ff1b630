import { describe, expect, test } from 'vitest'
import { assignFieldIds, rowField } from '../../src/columns/row-type.ts'
import { tableRowType } from '../../src/lanes/metadata-columns.ts'
import { batchField, batchHeaderBytes } from '../../src/protocol/records/batch.ts'
import type { RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { writeHeader, writePrefixed } from '../../src/schema/wire-framing.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import { bombs } from '../lanes/bombs.ts'
import { framed, type LaneUnderTest } from '../lanes/lane-under-test.ts'
import { batchOf, DAY_MS, encodeOrder, judgement, newYearMs, order, orderRow, orderSchema } from '../lanes/orders.ts'

const otherTable = assignFieldIds(tableRowType([rowField('id', { kind: 'string' })]))

/** What a lane says of a batch. */
export function verdicts(given: () => LaneUnderTest): void {
  describe('a verdict', () => {
    test('on a valid batch says how many records it has and the latest of their times', async () => {
      expect(await given().judgeRecords([order(1, { atMs: newYearMs + 5 }), order(2)])).toEqual({
        kind: 'valid',
        ticket: expect.any(Number) as number,
        recordCount: 2,
        maxTimestampMs: BigInt(newYearMs + 5),
      })
    })

    test('names each invalid record with its index, path and reason, and judges those after it', async () => {
      const verdict = await given().judgeRecords([
        order(1),
        { value: writePrefixed(7, encodeOrder({ id: 2, item: 'long', note: null }).subarray(0, 3)), timestampMs: 0n },
        { value: writePrefixed(99, encodeOrder({ id: 3, item: '', note: null })), timestampMs: 0n },
        order(4),
        { value: utf8Bytes('{}'), timestampMs: 0n },
      ])
      expect(verdict).toEqual({
        kind: 'invalid',
        invalidCount: 3,
        recordCount: 5,
        errors: [
          { index: 1, path: '$.item', reason: 'expected 4 bytes, got 1' },
          { index: 2, reason: 'schema id 99 is not registered for topic orders' },
          { index: 4, reason: 'the value names no schema: neither in a header nor in front of it' },
        ],
      })
      expect(await given().adopt(await given().ticketOf([order(5)]), 0n)).toMatchObject({ kind: 'adopted', bufferedRows: 1 })
      expect(await given().cutRows()).toEqual([orderRow(5, 0n)])
    })

    test('names at most so many invalid records and counts the rest', async () => {
      const bad = { value: writePrefixed(7, Uint8Array.of(0xff)), timestampMs: 0n }
      const verdict = await given().judgeRecords(Array.from({ length: 50 }, () => bad))
      expect(verdict).toMatchObject({ kind: 'invalid', invalidCount: 50, recordCount: 50 })
      expect(verdict.kind === 'invalid' && verdict.errors.map(({ index }) => index)).toEqual([...Array(limits.recordErrorsMax).keys()])
    })

    test('refuses records without a key where a key is required, tombstones too', async () => {
      const how = { ...judgement, isKeyRequired: true }
      expect(await given().judgeRecords([{ ...order(1), key: utf8Bytes('k') }, order(2)], how)).toMatchObject({
        kind: 'invalid',
        errors: [{ index: 1, reason: 'a record of a compacted topic needs a key' }],
      })
      expect(await given().judgeRecords([{ key: utf8Bytes(''), value: null, timestampMs: 0n }], how)).toMatchObject({ kind: 'valid' })
    })

    test('refuses times that no table can hold', async () => {
      for (const timestampMs of [253_402_300_800_000n, -62_135_596_800_001n, 2n ** 63n - 1n, -(2n ** 63n)]) {
        expect(await given().judgeRecords([{ ...order(1), timestampMs }])).toMatchObject({
          kind: 'invalid',
          errors: [{ index: 0, reason: `timestamp ${timestampMs} ms is outside the years 0001 to 9999` }],
        })
      }
      for (const timestampMs of [253_402_300_799_999n, -62_135_596_800_000n, -1n]) {
        await given().adopt(await given().ticketOf([{ ...order(1), timestampMs }]), 0n)
        expect(await given().cutRows()).toMatchObject([{ _kafka_timestamp: timestampMs * 1_000n }])
      }
    })

    test('asks for schemas that are registered and not known here, and only for those', async () => {
      const [newId, absentId] = [given().newSchemaId(), given().newSchemaId()]
      const named = (schemaId: number) => ({
        value: writePrefixed(schemaId, encodeOrder({ id: 8, item: '', note: null })),
        timestampMs: 0n,
      })
      const how = framed({ allowedSchemaIds: [7, newId, absentId], absent: { schemaIds: [absentId], guids: [] } })
      expect(await given().judgeRecords([order(1), named(newId)], how)).toEqual({ kind: 'needs-schemas', schemaIds: [newId], guids: [] })
      given().defineLike(newId)
      expect(await given().judgeRecords([order(1), named(newId)], how)).toMatchObject({ kind: 'valid', recordCount: 2 })
      expect(await given().judgeRecords([named(absentId)], how)).toMatchObject({
        kind: 'invalid',
        errors: [{ index: 0, reason: `schema id ${absentId} is not registered for topic orders` }],
      })
    })

    test('is that a record is invalid even while schemas of others are missing', async () => {
      const newId = given().newSchemaId()
      const records = [
        { value: writePrefixed(newId, Uint8Array.of()), timestampMs: 0n },
        { value: Uint8Array.of(1), timestampMs: 0n },
      ]
      expect(await given().judgeRecords(records, framed({ allowedSchemaIds: [newId] }))).toMatchObject({
        kind: 'invalid',
        errors: [{ index: 1 }],
      })
    })

    test('follows a schema id or guid in a header before the bytes of the value', async () => {
      const bare = encodeOrder({ id: 1, item: 'item 1', note: null })
      const header = (value: Uint8Array) => [
        { key: '__value_schema_id', value: Uint8Array.of(9) },
        { key: '__value_schema_id', value },
      ]
      const unknown = '00000000-0000-0000-0000-000000000001'
      const record = { value: bare, timestampMs: 0n }
      for (const named of [{ schemaId: 7 }, { guid: orderSchema.guid ?? '' }])
        expect(await given().judgeRecords([{ ...record, headers: header(writeHeader(named)) }])).toMatchObject({ kind: 'valid' })
      const stranger = [{ ...record, headers: header(writeHeader({ guid: unknown })) }]
      expect(await given().judgeRecords(stranger)).toEqual({ kind: 'needs-schemas', schemaIds: [], guids: [unknown] })
      expect(await given().judgeRecords(stranger, framed({ absent: { schemaIds: [], guids: [unknown] } }))).toMatchObject({
        kind: 'invalid',
        errors: [{ reason: `schema ${unknown} is not registered for topic orders` }],
      })
    })

    for (const [framing, accepted] of [
      ['auto', ['prefixed', 'header', 'bare']],
      ['confluent', ['prefixed']],
      ['header', ['header']],
      ['raw', ['bare']],
    ] as const)
      test(`under framing ${framing} accepts ${accepted.join(', ')} and nothing else`, async () => {
        // 77 is no length that the value's first bytes could be taken for.
        const bare = encodeOrder({ id: 77, item: 'x', note: null })
        const shapes: Record<string, RecordToWrite> = {
          prefixed: { value: writePrefixed(7, bare), timestampMs: 0n },
          header: { value: bare, timestampMs: 0n, headers: [{ key: '__value_schema_id', value: writeHeader({ schemaId: 7 }) }] },
          bare: { value: bare, timestampMs: 0n },
        }
        const how = framed({ framing, unframedSchemaId: 7 })
        const verdicts = await Promise.all(Object.values(shapes).map((record) => given().judgeRecords([record], how)))
        const valid = Object.keys(shapes).filter((_, index) => verdicts[index]?.kind === 'valid')
        // A header does not hinder whoever takes the bare value.
        expect(valid).toEqual(
          Object.keys(shapes).filter((shape) => accepted.includes(shape as never) || (framing === 'raw' && shape === 'header')),
        )
      })

    test('says why a schema cannot judge anything', async () => {
      const [torn, other] = [given().newSchemaId(), given().newSchemaId()]
      given().defineLike(torn, '{"type":"record"')
      given().defineLike(other, '{"type":"record","name":"O","fields":[{"name":"id","type":"string"}]}')
      const records = [torn, other].map((id) => ({ value: writePrefixed(id, Uint8Array.of(2, 65)), timestampMs: 0n }))
      expect(await given().judgeRecords(records, framed({ allowedSchemaIds: [torn, other] }))).toMatchObject({
        kind: 'invalid',
        errors: [
          { index: 0, reason: expect.stringContaining(`schema id ${torn} cannot be used: `) as string },
          {
            index: 1,
            reason: `schema id ${other} does not fit the table of topic orders: id is long in the table and string in the schema`,
          },
        ],
      })
    })

    test('is not given while the columns of the table are unknown, whatever the batch holds', async () => {
      const how = { ...judgement, tableKey: 'unheard-of' }
      const bad = { value: writePrefixed(7, Uint8Array.of(0xff)), timestampMs: 0n }
      for (const records of [[order(1)], [bad]]) expect(await given().judgeRecords(records, how)).toEqual({ kind: 'needs-table' })
      given().lane.defineTable({ tableKey: 'unheard-of', rowType: otherTable, partitionBy: 'none' })
      expect(await given().judgeRecords([order(1)], how)).toMatchObject({
        kind: 'invalid',
        errors: [
          { index: 0, reason: 'schema id 7 does not fit the table of topic orders: id is string in the table and long in the schema' },
        ],
      })
      given().lane.closeTable('unheard-of')
      expect(await given().judgeRecords([order(1)], how)).toEqual({ kind: 'needs-table' })
    })

    test('without a table is the same, and its rows are gone', async () => {
      const { tableKey: _, ...how } = judgement
      expect(
        await given().judgeRecords([order(1), { value: writePrefixed(7, Uint8Array.of(0xff)), timestampMs: 0n }, order(2)], how),
      ).toMatchObject({
        kind: 'invalid',
        invalidCount: 1,
      })
      expect(
        await given().adopt(
          await given().ticketOf(
            Array.from({ length: 600 }, (_, id) => order(id)),
            how,
          ),
          0n,
        ),
      ).toEqual({ kind: 'gone' })
    })
  })
}

/** What a lane does about bytes that are meant to hurt. */
export function hostileBytes(given: () => LaneUnderTest): void {
  describe('hostile bytes cost a verdict and leave the lane alive', () => {
    const stillWorks = async (): Promise<void> => {
      expect(await given().adopt(await given().ticketOf([order(1)]), 3n)).toMatchObject({ kind: 'adopted' })
      expect(await given().cutRows()).toEqual([orderRow(1, 3n)])
    }

    test('every truncated prefix of a batch', async () => {
      const batch = batchOf([order(1), order(2)])
      for (let length = 61; length < batch.length; length++)
        expect(await given().judge(batch.slice(0, length)), `${length} bytes`).toMatchObject({ kind: 'malformed' })
      await stillWorks()
    })

    for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const)
      test(`a ${compression} bomb, and garbage called ${compression}`, async () => {
        const batch = batchOf([order(1)], compression)
        const refused = { kind: 'malformed', reason: expect.stringContaining(compression) as string }
        expect(await given().judge(withRecords(batch, bombs[compression]()))).toMatchObject(refused)
        expect(await given().judge(withRecords(batch, new Uint8Array(50).fill(0xa5)))).toMatchObject(refused)
        await stillWorks()
      })

    test('a batch whose times are spread over a thousand years of days', async () => {
      given().openOrders('day')
      const days = (count: number) => Array.from({ length: count }, (_, day) => order(day, { atMs: day * DAY_MS * 300 }))
      expect(await given().judgeRecords(days(limits.batchPartitionsMax + 5))).toMatchObject({
        kind: 'invalid',
        invalidCount: 1,
        errors: [{ index: limits.batchPartitionsMax, reason: expect.stringContaining('more than 1000 partitions') as string }],
      })
      expect(await given().judgeRecords(days(limits.batchPartitionsMax))).toMatchObject({ kind: 'valid' })
      given().openOrders('none')
      expect(await given().judgeRecords(days(limits.batchPartitionsMax + 5))).toMatchObject({ kind: 'valid' })
      await stillWorks()
    })

    test('a codec that does not exist, and counts that do not match', async () => {
      for (const [at, value] of [
        [batchField.attributes + 1, 7],
        [batchField.recordsCount + 3, 3],
        [batchField.recordsCount + 3, 1],
      ] as const) {
        const batch = batchOf([order(1), order(2)])
        batch[at] = value
        expect(await given().judge(batch)).toMatchObject({ kind: 'malformed' })
      }
      await stillWorks()
    })
  })
}

function withRecords(batch: Uint8Array, records: Uint8Array): Uint8Array<ArrayBuffer> {
  const changed = new Uint8Array(batchHeaderBytes + records.length)
  changed.set(batch.subarray(0, batchHeaderBytes))
  changed.set(records, batchHeaderBytes)
  return changed
}
