import { describe, expect, test } from 'vitest'
import { attributeBits, batchField, patchBatchInPlace } from '../../src/protocol/records/batch.ts'
import { buildBatch, type RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { writePrefixed } from '../../src/schema/wire-framing.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { framed, type LaneUnderTest } from '../lanes/lane-under-test.ts'
import { batchOf, DAY_MS, newYearMs, order, orderRow, rowsOf, tableKey } from '../lanes/orders.ts'

/** How a lane reads what the log stored. */
export function decoding(given: () => LaneUnderTest): void {
  describe('decoding stored batches', () => {
    const stored = (
      records: readonly RecordToWrite[],
      baseOffset: bigint,
      logAppendTimeMs: bigint | null = null,
    ): Uint8Array<ArrayBuffer> => {
      const batch = batchOf(records, 'lz4')
      patchBatchInPlace(batch, { baseOffset, partitionLeaderEpoch: 3, logAppendTimeMs })
      return batch
    }
    const headers = [{ key: 'h', value: null }]
    const cases: readonly (readonly [string, readonly RecordToWrite[], bigint | null])[] = [
      ['orders', [order(1), { ...order(2), key: utf8Bytes('k'), headers }, order(3)], null],
      ['tombstones', [{ key: utf8Bytes('k'), value: null, timestampMs: 5n }], null],
      ['times of the log', [order(1), order(2, { atMs: newYearMs + DAY_MS })], 12_345n],
    ]
    for (const [name, records, logAppendTimeMs] of cases)
      test(`gives the same rows as judging and adopting them: ${name}`, async () => {
        given().openOrders('day')
        const adopted = await given().adopt(await given().ticketOf(records), 40n, logAppendTimeMs)
        const judgedChunks = await given().lane.cut(tableKey)
        expect(await given().decode([stored(records, 40n, logAppendTimeMs)])).toEqual(adopted)
        const decodedChunks = await given().lane.cut(tableKey)
        expect(decodedChunks.map(({ partitionValue }) => partitionValue)).toEqual(judgedChunks.map(({ partitionValue }) => partitionValue))
        expect(rowsOf(decodedChunks)).toEqual(rowsOf(judgedChunks))
      })

    test('skips the rows that the table has', async () => {
      const batches = [stored([order(1), order(2)], 10n), stored([order(3), order(4), order(5)], 12n), stored([order(6)], 15n)]
      expect(await given().decode(batches, { fromOffset: 13n })).toMatchObject({ kind: 'adopted', bufferedRows: 3 })
      expect(await given().cutRows()).toEqual([orderRow(4, 13n), orderRow(5, 14n), orderRow(6, 15n)])
    })

    test('passes over the markers of transactions', async () => {
      const marker = buildBatch({
        records: [{ key: Uint8Array.of(0, 0, 0, 1), value: new Uint8Array(6), timestampMs: 0n }],
        isControl: true,
        baseOffset: 1n,
      })
      expect((marker[batchField.attributes + 1] as number) & attributeBits.control).not.toBe(0)
      expect(await given().decode([marker])).toMatchObject({ kind: 'adopted', bufferedRows: 0 })
    })

    test('takes a schema that the subject has dropped since', async () => {
      expect(await given().decode([stored([order(1)], 0n)], { how: framed({ allowedSchemaIds: [] }) })).toMatchObject({ kind: 'adopted' })
    })

    test('takes times that no table can hold as the nearest one it can', async () => {
      expect(await given().decode([stored([{ ...order(1), timestampMs: 2n ** 62n }], 0n)])).toMatchObject({ kind: 'adopted' })
      expect(await given().cutRows()).toMatchObject([{ _kafka_timestamp: 253_402_300_799_999_000n }])
    })

    test('leaves out what no schema fits, and says how much and why', async () => {
      const broken = stored([order(2), { value: writePrefixed(7, Uint8Array.of(0xff)), timestampMs: 0n }, order(3)], 1n)
      expect(await given().decode([stored([order(1)], 0n), broken])).toMatchObject({
        kind: 'adopted',
        bufferedRows: 3,
        leftOut: { count: 1, first: { offset: 2n, reason: expect.stringContaining('$.id') as string } },
      })
      expect(await given().cutRows()).toMatchObject([{ _kafka_offset: 0n }, { _kafka_offset: 1n }, { _kafka_offset: 3n }])
    })

    test('adds all rows or none', async () => {
      const unknownId = given().newSchemaId()
      const stranger = stored([{ value: writePrefixed(unknownId, Uint8Array.of()), timestampMs: 0n }], 1n)
      expect(await given().decode([stored([order(1)], 0n), stranger])).toEqual({ kind: 'needs-schemas', schemaIds: [unknownId], guids: [] })
      const torn = stored([order(2)], 1n)
      expect(await given().decode([stored([order(1)], 0n), torn.slice(0, -1)])).toMatchObject({ kind: 'undecodable', offset: 1n })
      expect(await given().cutRows()).toEqual([])
    })
  })
}
