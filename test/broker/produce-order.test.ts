import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assignFieldIds } from '../../src/columns/row-type.ts'
import type { Lane } from '../../src/lanes/lane.ts'
import { schemalessRowType } from '../../src/lanes/metadata-columns.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { kafkaErrorName } from '../../src/protocol/errors.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { readPartition, type WireClient } from '../support/wire-client.ts'
import { breaks, diesUnderIt, passes, steeredLane, type Steering } from './support/steered-lane.ts'
import { TestListener } from './support/test-listener.ts'

/** Five batches of an idempotent producer are on their way, and one of them fails before it reaches the log. */
let server: TestListener
let client: WireClient
let steerings: Steering[]

beforeEach(async () => {
  steerings = []
  server = await TestListener.start({ lane: steeredLane(steerings) })
  await server.broker.topic('orders')
  client = await server.connect()
})

afterEach(() => server.close())

const batch = (baseSequence: number, { epoch = 0 } = {}): Uint8Array =>
  buildBatch({
    records: [{ timestampMs: 5n, value: utf8Bytes(`record ${baseSequence}`) }],
    producer: { id: 2000n, epoch, baseSequence },
  })

async function answersTo(batches: readonly Uint8Array[], by: WireClient = client): Promise<string[]> {
  const answers = await Promise.all(batches.map((bytes) => by.produce('orders', bytes)))
  return answers.map(({ errorCode, baseOffset }) =>
    errorCode === 0 ? String(baseOffset) : (kafkaErrorName(errorCode) ?? String(errorCode)),
  )
}

async function stored(): Promise<string[]> {
  return (await readPartition(server.address, 'orders', 0)).map(({ value }) => Buffer.from(value ?? '').toString())
}

const sequences = (first: number, last: number): Uint8Array[] =>
  Array.from({ length: last - first + 1 }, (_, index) => batch(first + index))
const records = (count: number): string[] => Array.from({ length: count }, (_, index) => `record ${index}`)
const again = 'NOT_ENOUGH_REPLICAS'

describe('what follows a batch whose lane died is to be sent again, too, and nothing is stored out of order', () => {
  test('where it is not the first of its producer', async () => {
    steerings.push(passes, passes, diesUnderIt)
    expect(await answersTo(sequences(0, 4))).toEqual(['0', '1', again, again, again])
    expect(await answersTo(sequences(2, 4))).toEqual(['2', '3', '4'])
    expect(await stored()).toEqual(records(5))
  })

  test('where nothing is stored of its producer', async () => {
    steerings.push(diesUnderIt)
    expect(await answersTo(sequences(0, 4))).toEqual([again, again, again, again, again])
    expect(await answersTo(sequences(0, 4))).toEqual(['0', '1', '2', '3', '4'])
    expect(await stored()).toEqual(records(5))
  })

  test('as often as it happens, one batch after the other', async () => {
    for (let failing = 0; failing < 5; failing++) {
      steerings.push(...Array.from({ length: failing === 0 ? 0 : 1 }, () => passes), diesUnderIt)
      await answersTo(sequences(Math.max(0, failing - 1), 4))
    }
    expect(await answersTo(sequences(4, 4))).toEqual(['4'])
    expect(await stored()).toEqual(records(5))
  })

  test('also when it is damaged on the way, which clients take as a reason to send it again', async () => {
    const damaged = batch(1)
    damaged[damaged.length - 1] = 0xff
    expect(await answersTo([batch(0), damaged, batch(2)])).toEqual(['0', 'CORRUPT_MESSAGE', again])
    expect(await answersTo([batch(1), batch(2)])).toEqual(['1', '2'])
  })

  test('and a producer that gave up on it and began a new epoch is not held up', async () => {
    steerings.push(diesUnderIt)
    expect(await answersTo([batch(0), batch(1)])).toEqual([again, again])
    expect(await answersTo([batch(0, { epoch: 1 }), batch(1, { epoch: 1 })])).toEqual(['0', '1'])
  })

  test('but what follows a batch that is refused for good is out of order', async () => {
    const oversized = buildBatch({
      records: [{ timestampMs: 5n, value: new Uint8Array(1_100_000) }],
      producer: { id: 2000n, epoch: 0, baseSequence: 1 },
    })
    expect(await answersTo([batch(0), oversized, batch(2)])).toEqual(['0', 'MESSAGE_TOO_LARGE', 'OUT_OF_ORDER_SEQUENCE_NUMBER'])
  })
})

describe('a lane keeps no rows of batches that are not stored', () => {
  const kept = new Set<number>()
  const rowType = assignFieldIds(schemalessRowType())

  beforeEach(async () => {
    kept.clear()
    await server.close()
    const defineTable = (lane: Lane, tableKey: string): boolean => {
      lane.defineTable({ tableKey, rowType, partitionBy: 'none' })
      return true
    }
    server = await TestListener.start({ lane: steeredLane(steerings, kept), tables: { has: () => true, defineTable } })
    await server.broker.topic('orders')
    client = await server.connect()
  })

  test('because they are out of order, or stored before', async () => {
    expect(await answersTo([batch(0), batch(0), batch(7)])).toEqual(['0', '0', 'OUT_OF_ORDER_SEQUENCE_NUMBER'])
    expect(kept.size, 'that of the batch that is stored').toBe(1)
  })

  test('because a batch before them, or beside them, met a bug', async () => {
    // Each batch is judged twice: the lane does not know the table at first.
    await answersTo([batch(0)])
    kept.clear()
    steerings.push(breaks)
    await Promise.allSettled(sequences(1, 4).map((bytes) => client.produce('orders', bytes)))
    while (kept.size > 0) await new Promise((resolve) => setImmediate(resolve))
    client = await server.connect()
    steerings.push(passes, breaks)
    const partitionData = [5, 6].map((sequence) => ({ index: 0, records: [batch(sequence)] }))
    await expect(client.call(produce, 9, { acks: -1, timeoutMs: 1_000, topicData: [{ name: 'orders', partitionData }] })).rejects.toThrow()
    while (kept.size > 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await stored()).toEqual(['record 0'])
  })
})

test('a batch that meets a bug ends its connection, and nothing that came behind it is stored', async () => {
  steerings.push(breaks)
  const lost = sequences(0, 4).map((bytes) => client.produce('orders', bytes).catch((error: Error) => error.message))
  expect(await Promise.all(lost)).toEqual(lost.map(() => 'the connection was closed'))
  expect(await stored()).toEqual([])
  expect(await answersTo(sequences(0, 4), await server.connect())).toEqual(['0', '1', '2', '3', '4'])
  expect(await stored()).toEqual(records(5))
})
