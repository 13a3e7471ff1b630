import { describe, expect, test } from 'vitest'
import { assignFieldIds, rowField, structType } from '../../src/columns/row-type.ts'
import type { Judgement, Ticket } from '../../src/lanes/lane.ts'
import { schemalessRowType } from '../../src/lanes/metadata-columns.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { limits } from '../../src/shared/limits.ts'
import type { LaneUnderTest } from '../lanes/lane-under-test.ts'
import { DAY_MS, judgement, newYearMs, order, orderRow, orderTable, rowsOf, type TableRow, tableKey, batchOf } from '../lanes/orders.ts'

/** What becomes of judged rows. */
export function judgedRows(given: () => LaneUnderTest): void {
  describe('judged rows', () => {
    test('are adopted in any order, once, each with its offset', async () => {
      const tickets = await Promise.all(
        [[order(1), order(2)], [order(3)], [order(4), order(5)]].map((records) => given().ticketOf(records)),
      )
      const [first, second, third] = tickets as [Ticket, Ticket, Ticket]
      expect(await given().adopt(third, 2n ** 40n)).toEqual({
        kind: 'adopted',
        bufferedRows: 2,
        bufferedBytes: expect.any(Number) as number,
        partitionCount: 1,
      })
      expect(await given().adopt(first, 0n)).toMatchObject({ bufferedRows: 4 })
      expect(await given().adopt(first, 0n)).toEqual({ kind: 'gone' })
      expect(await given().adopt(second, 9n)).toMatchObject({ bufferedRows: 5 })
      expect(byOffset(await given().cutRows())).toEqual([
        orderRow(1, 0n),
        orderRow(2, 1n),
        orderRow(3, 9n),
        orderRow(4, 2n ** 40n),
        orderRow(5, 2n ** 40n + 1n),
      ])
      expect(await given().cutRows()).toEqual([])
    })

    test('that are discarded are gone, and their neighbours are not', async () => {
      const [first, second, third] = await Promise.all([1, 2, 3].map((id) => given().ticketOf([order(id)])))
      given().lane.discard(second as Ticket)
      given().lane.discard(12_345)
      expect(await given().adopt(second as Ticket, 0n)).toEqual({ kind: 'gone' })
      await given().adopt(first as Ticket, 1n)
      await given().adopt(third as Ticket, 2n)
      expect(await given().cutRows()).toEqual([orderRow(1, 1n), orderRow(3, 2n)])
    })

    test('outlive a cut while they wait', async () => {
      const ticket = await given().ticketOf([order(1)])
      await given().adopt(await given().ticketOf([order(2)]), 5n)
      expect(await given().cutRows()).toEqual([orderRow(2, 5n)])
      await given().adopt(ticket, 6n)
      expect(await given().cutRows()).toEqual([orderRow(1, 6n)])
    })

    test('of another table, of no table and of a closed table are gone', async () => {
      const ticket = await given().ticketOf([order(1)])
      expect(await given().adopt(ticket, 0n, null, 'other')).toEqual({
        kind: 'gone',
      })
      const { tableKey: _, ...tableless } = judgement
      expect(await given().adopt(await given().ticketOf([order(1)], tableless), 0n)).toEqual({ kind: 'gone' })
      given().lane.closeTable(tableKey)
      given().openOrders('none')
      expect(await given().adopt(ticket, 0n)).toEqual({ kind: 'gone' })
      expect(await given().cutRows()).toEqual([])
    })

    test('of a table that is known and not open are gone: what a lane held when it died is not passed over in silence', async () => {
      const table = { tableKey: 'known', rowType: orderTable, partitionBy: 'none' } as const
      const how = { ...judgement, tableKey: 'known' }
      given().lane.defineTable(table)
      const early = await given().ticketOf([order(1)], how)
      expect(await given().adopt(early, 0n, null, 'known')).toEqual({ kind: 'gone' })
      await expect(given().lane.cut('known')).rejects.toMatchObject({ kind: 'not-found' })
      given().lane.openTable(table)
      expect(await given().adopt(early, 0n, null, 'known')).toEqual({ kind: 'gone' })
      expect(await given().adopt(await given().ticketOf([order(2)], how), 1n, null, 'known')).toMatchObject({ kind: 'adopted' })
      given().lane.defineTable(table)
      expect(rowsOf(await given().lane.cut('known'))).toEqual([orderRow(2, 1n)])
      given().lane.closeTable('known')
    })

    test('above the bound are forgotten, the batch is valid all the same', async () => {
      const item = 'x'.repeat(8 * 1024 * 1024)
      const tickets: Ticket[] = []
      for (let bytes = 0; bytes <= limits.judgedBytesMax; bytes += item.length) tickets.push(await given().ticketOf([order(1, { item })]))
      expect(await given().adopt(tickets.at(-1) as Ticket, 9n)).toEqual({ kind: 'gone' })
      expect(await given().adopt(tickets[0] as Ticket, 0n)).toMatchObject({ kind: 'adopted' })
    })

    test('take the time of the log where it says so', async () => {
      await given().adopt(await given().ticketOf([order(1), order(2, { atMs: newYearMs + DAY_MS })]), 0n, 77n)
      const logTime = { _kafka_timestamp: 77_000n, _kafka_timestamp_type: 1 }
      expect(await given().cutRows()).toEqual([
        { ...orderRow(1, 0n), ...logTime },
        { ...orderRow(2, 1n), ...logTime },
      ])
    })

    test('carry key, headers and schema id; a tombstone has no values', async () => {
      const headers = [
        { key: 'a', value: utf8Bytes('1') },
        { key: 'a', value: null },
        { key: '', value: utf8Bytes('') },
      ]
      await given().adopt(
        await given().ticketOf([
          { ...order(1), key: utf8Bytes('key'), headers },
          { key: utf8Bytes('gone'), value: null, timestampMs: BigInt(newYearMs) },
        ]),
        0n,
      )
      const hex = (text: string): string => Buffer.from(text).toString('hex')
      expect(await given().cutRows()).toEqual([
        {
          ...orderRow(1, 0n),
          _kafka_key: hex('key'),
          _kafka_headers: [
            { key: 'a', value: hex('1') },
            { key: 'a', value: null },
            { key: '', value: '' },
          ],
        },
        { ...orderRow(0, 1n), id: null, item: null, note: null, _kafka_key: hex('gone'), _kafka_schema_id: null },
      ])
    })

    test('of a schema that lacks a column have null there', async () => {
      const rowType = assignFieldIds(structType([rowField('added', { kind: 'string' }), ...orderTable.fields]))
      given().lane.openTable({ tableKey, rowType, partitionBy: 'none' })
      await given().adopt(await given().ticketOf([order(1)]), 0n)
      expect(rowsOf(await given().lane.cut(tableKey), rowType)).toEqual([{ added: null, ...orderRow(1, 0n) }])
    })

    test('of a topic without a schema are the bytes as they came', async () => {
      const rowType = assignFieldIds(schemalessRowType())
      given().lane.openTable({ tableKey, rowType, partitionBy: 'none' })
      const how: Judgement = { value: { kind: 'none' }, tableKey, isKeyRequired: false }
      await given().adopt(
        await given().ticketOf([{ key: Uint8Array.of(1), value: Uint8Array.of(255, 0), timestampMs: 0n }, { timestampMs: 1n }], how),
        0n,
      )
      expect(rowsOf(await given().lane.cut(tableKey), rowType)).toMatchObject([
        { key: '01', value: 'ff00', _kafka_offset: 0n, _kafka_schema_id: null },
        { key: null, value: null, _kafka_offset: 1n, _kafka_timestamp: 1_000n },
      ])
    })
  })
}

/** How buffered rows leave a lane. */
export function cuts(given: () => LaneUnderTest): void {
  describe('a cut', () => {
    for (const [partitionBy, stepMs, values] of [
      ['hour', 3_600_000, [473_352, 473_353, -1]],
      ['day', DAY_MS, [19_723, 19_724, -1]],
      ['month', 31 * DAY_MS, [648, 649, -1]],
      ['year', 366 * DAY_MS, [54, 55, -1]],
    ] as const)
      test(`by ${partitionBy} has a chunk per ${partitionBy} of UTC, and every row is in one`, async () => {
        given().openOrders(partitionBy)
        const times = [newYearMs, newYearMs + stepMs - 1, newYearMs + stepMs, -1, newYearMs]
        const outcome = await given().adopt(await given().ticketOf(times.map((atMs, id) => order(id, { atMs }))), 10n)
        expect(outcome).toMatchObject({ bufferedRows: 5, partitionCount: 3 })
        const chunks = await given().lane.cut(tableKey)
        expect(chunks.map(({ partitionValue }) => partitionValue)).toEqual(values)
        expect(chunks.map((chunk) => rowsOf([chunk]).map((row) => row['_kafka_offset']))).toEqual([[10n, 11n, 14n], [12n], [13n]])
      })

    test('counts its rows and bytes', async () => {
      await given().adopt(await given().ticketOf([order(1), order(2)]), 0n)
      const [chunk] = await given().lane.cut(tableKey)
      expect(chunk).toMatchObject({ partitionValue: null, rowCount: 2 })
      expect(chunk?.byteLength).toBeGreaterThan(100)
    })

    test('of a table that is not open fails, so that rows lost with a lane are noticed', async () => {
      given().lane.closeTable(tableKey)
      await expect(given().lane.cut(tableKey)).rejects.toMatchObject({ kind: 'not-found' })
      await expect(given().decode([batchOf([order(1)])])).rejects.toMatchObject({ kind: 'not-found' })
    })
  })
}

/** Rows of a chunk have no order. */
function byOffset(rows: readonly TableRow[]): readonly TableRow[] {
  return [...rows].sort((a, b) => Number(a['_kafka_offset'] as bigint) - Number(b['_kafka_offset'] as bigint))
}
