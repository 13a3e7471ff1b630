import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

test('a batch that meets a bug ends its connection, and nothing that came behind it is stored', async () => {
  steerings.push(breaks)
  const lost = sequences(0, 4).map((bytes) => client.produce('orders', bytes).catch((error: Error) => error.message))
  expect(await Promise.all(lost)).toEqual(lost.map(() => 'the connection was closed'))
  expect(await stored()).toEqual([])
  expect(await answersTo(sequences(0, 4), await server.connect())).toEqual(['0', '1', '2', '3', '4'])
  expect(await stored()).toEqual(records(5))
})
