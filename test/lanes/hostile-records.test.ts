import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import type { Judgement } from '../../src/lanes/lane.ts'
import type { RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { batchHeaderBytes } from '../../src/protocol/records/batch.ts'
import { writePrefixed } from '../../src/schema/wire-framing.ts'
import { LaneUnderTest } from './lane-under-test.ts'
import { batchOf, encodeOrder, judgement, newYearMs } from './orders.ts'

const bytes = fc.uint8Array({ maxLength: 30 })

const payload = fc.oneof(
  bytes,
  fc
    .record({ id: fc.integer(), item: fc.string(), note: fc.option(fc.string(), { nil: null }) })
    .map((order) => new Uint8Array(encodeOrder(order))),
)

const record: fc.Arbitrary<RecordToWrite> = fc.record({
  key: fc.option(bytes, { nil: null }),
  value: fc.oneof(
    fc.constant(null),
    bytes,
    fc.tuple(fc.constantFrom(7, 8, -1), payload).map(([id, value]) => writePrefixed(id, value)),
  ),
  timestampMs: fc.oneof(fc.constant(BigInt(newYearMs)), fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n })),
  headers: fc.array(fc.record({ key: fc.constantFrom('a', '__value_schema_id'), value: fc.option(bytes, { nil: null }) }), {
    maxLength: 2,
  }),
})

const rules: fc.Arbitrary<Judgement> = fc.record({
  tableKey: fc.constantFrom(judgement.tableKey ?? ''),
  isKeyRequired: fc.boolean(),
  value: fc.oneof(
    fc.constant({ kind: 'none' } as const),
    fc.record({
      kind: fc.constant('framed' as const),
      framing: fc.constantFrom('auto' as const, 'confluent' as const, 'header' as const, 'raw' as const),
      allowedSchemaIds: fc.constant([7]),
      unframedSchemaId: fc.constantFrom(7, 9),
      absent: fc.constant({ schemaIds: [9], guids: [] }),
    }),
  ),
})

test('whatever records come, a verdict is given, and exactly the rows of valid batches reach the table', async () => {
  const given = new LaneUnderTest(inProcessLane())
  given.openOrders('day')
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 6 }), rules, async (records, how) => {
      const verdict = await given.judgeRecords(records, how)
      let rows = 0
      if (verdict.kind === 'valid') {
        expect(verdict.recordCount).toBe(records.length)
        rows = records.length
        await given.adopt(verdict.ticket, 0n)
      } else if (verdict.kind === 'invalid') {
        expect(verdict.errors.length).toBe(Math.min(verdict.invalidCount, 10))
        for (const { index, reason } of verdict.errors) expect(records[index] !== undefined && reason.length > 0).toBe(true)
      } else expect(verdict.kind).toBe('needs-schemas')
      expect(await given.cutRows()).toHaveLength(rows)
    }),
    { numRuns: 300 },
  )
  await given.lane.close()
})

test('whatever bytes stand where records should, a verdict is given', async () => {
  const given = new LaneUnderTest(inProcessLane())
  given.openOrders('day')
  const header = batchOf([{ value: null, timestampMs: 0n }]).subarray(0, batchHeaderBytes)
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 7 }), async (records, attributes) => {
      const batch = new Uint8Array(batchHeaderBytes + records.length)
      batch.set(header)
      batch.set(records, batchHeaderBytes)
      batch[22] = attributes
      expect(['valid', 'invalid', 'malformed', 'needs-schemas']).toContain((await given.judge(batch)).kind)
      expect((await given.cutRows()).length).toBe(0)
    }),
    { numRuns: 500 },
  )
  await given.lane.close()
})
