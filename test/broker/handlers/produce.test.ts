import { beforeEach, describe, expect, test } from 'vitest'
import { produce } from '../../../src/protocol/messages/produce.ts'
import { kafkaErrorName } from '../../../src/protocol/errors.ts'
import { batchField, computedCrc } from '../../../src/protocol/records/batch.ts'
import { buildBatch, type BatchToBuild } from '../../../src/protocol/records/build-batch.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import { produceRequest } from '../../support/wire-client.ts'
import { TestBroker } from '../support/test-broker.ts'

let broker: TestBroker
let clock: ManualClock
let topicId: string

beforeEach(async () => {
  clock = new ManualClock()
  broker = await TestBroker.start({ clock })
  ;({ topicId } = await broker.topic('orders', { partitionCount: 2, configs: { 'max.message.bytes': '500' } }))
})

const record = (value: string, timestampMs = 5n) => ({ timestampMs, value: utf8Bytes(value) })
const batchOf = (parts: Partial<BatchToBuild> = {}): Uint8Array<ArrayBuffer> => buildBatch({ records: [record('v')], ...parts })

/** With bytes of the header replaced, and the CRC made right again. */
function changed(batch: Uint8Array<ArrayBuffer>, at: number, bytes: readonly number[]): Uint8Array {
  batch.set(bytes, at)
  new DataView(batch.buffer).setUint32(batchField.crc, computedCrc(batch))
  return batch
}

interface Sent {
  readonly topic?: string
  readonly partition?: number
  readonly acks?: number
  readonly version?: number
}

async function send(batch: Uint8Array | null, { topic = 'orders', partition = 0, acks = -1, version = 9 }: Sent = {}) {
  const { responses } = await broker.call(produce, version, produceRequest(topic, batch, { partition, acks }))
  const [answer] = responses[0]?.partitionResponses ?? []
  if (!answer) throw new Error('the answer names no partition')
  return { ...answer, error: kafkaErrorName(answer.errorCode) }
}

const endOf = (partition = 0) => broker.log.offsets(topicId, partition)?.nextOffset

describe('Produce is answered with', () => {
  for (const version of [3, 5, 8, 9, 11])
    test(`the offset of the first record, in v${version}`, async () => {
      await send(batchOf({ records: [record('a'), record('b')] }), { version })
      const answer = await send(batchOf(), { version })
      expect(answer).toMatchObject({ error: 'NONE', baseOffset: 2n, logAppendTimeMs: -1n, recordErrors: [], errorMessage: null })
      if (version >= 5) expect(answer.logStartOffset).toBe(0n)
    })

  test("the broker's time where the topic takes it, also for a duplicate", async () => {
    await broker.topic('timed', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
    const batch = batchOf({ producer: { id: 9n, epoch: 0, baseSequence: 0 } })
    const storedMs = BigInt(clock.now())
    expect(await send(batch, { topic: 'timed' })).toMatchObject({ error: 'NONE', logAppendTimeMs: storedMs })
    await clock.advance(1_000)
    expect(await send(batch, { topic: 'timed' })).toMatchObject({ error: 'NONE', baseOffset: 0n, logAppendTimeMs: storedMs })
  })

  test('nothing for acks=0, and the records are stored', async () => {
    expect(await broker.send(produce, 9, produceRequest('orders', batchOf(), { acks: 0 }))).toBeUndefined()
    expect(endOf()).toBe(1n)
  })
})

describe('Produce refuses', () => {
  const producer = { id: 9n, epoch: 0, baseSequence: 0 }
  for (const [what, batch, sent, error] of [
    ['a topic that is not there', () => batchOf(), { topic: 'nobody' }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition that is not there', () => batchOf(), { partition: 2 }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition below zero', () => batchOf(), { partition: -1 }, 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['acks 2', () => batchOf(), { acks: 2 }, 'INVALID_REQUIRED_ACKS'],
    ['acks -2', () => batchOf(), { acks: -2 }, 'INVALID_REQUIRED_ACKS'],
    ['no records', () => null, {}, 'INVALID_RECORD'],
    ['an empty batch', () => new Uint8Array(0), {}, 'INVALID_RECORD'],
    ['two batches for a partition', () => Buffer.concat([batchOf(), batchOf()]), {}, 'INVALID_RECORD'],
    ['a batch above max.message.bytes', () => batchOf({ records: [record('x'.repeat(500))] }), {}, 'MESSAGE_TOO_LARGE'],
    ['a batch that is cut off', () => batchOf().subarray(0, -1), {}, 'CORRUPT_MESSAGE'],
    ['a batch whose CRC is wrong', () => batchOf().fill(7, -1), {}, 'CORRUPT_MESSAGE'],
    ['record format 1', () => changed(batchOf(), batchField.magic, [1]), {}, 'UNSUPPORTED_VERSION'],
    ['a codec that does not exist', () => changed(batchOf(), batchField.attributes, [0, 7]), {}, 'UNSUPPORTED_COMPRESSION_TYPE'],
    ['zstd before v7', () => batchOf({ compression: 'zstd' }), { version: 6 }, 'UNSUPPORTED_COMPRESSION_TYPE'],
    ["the broker's time as the client's", () => changed(batchOf(), batchField.attributes, [0, 8]), {}, 'INVALID_TIMESTAMP'],
    ['a control batch', () => batchOf({ isControl: true, producer }), {}, 'INVALID_RECORD'],
    ['a batch of a transaction', () => batchOf({ isTransactional: true, producer }), {}, 'INVALID_TXN_STATE'],
    ['a producer without a sequence', () => batchOf({ producer: { ...producer, baseSequence: -1 } }), {}, 'INVALID_RECORD'],
    ['a count that is not that of the records', () => changed(batchOf(), batchField.recordsCount, [0, 0, 0, 2]), {}, 'INVALID_RECORD'],
    ['a time that no table can hold', () => batchOf({ records: [record('v', 2n ** 62n)] }), {}, 'INVALID_RECORD'],
  ] as const)
    test(`${what}, and stores nothing of it`, async () => {
      const answer = await send(batch(), sent)
      expect(answer).toMatchObject({ error, baseOffset: -1n, logStartOffset: -1n })
      expect(answer.errorMessage).not.toBe('')
      expect([endOf(0), endOf(1)]).toEqual([0n, 0n])
    })

  test('a transactional request whole', async () => {
    const { responses } = await broker.call(produce, 9, { ...produceRequest('orders', batchOf()), transactionalId: 'mine' })
    expect(kafkaErrorName(responses[0]?.partitionResponses[0]?.errorCode ?? 0)).toBe('INVALID_TXN_STATE')
    expect(endOf()).toBe(0n)
  })

  test('one partition of a request, and stores the others, each answered in its place', async () => {
    const partitionData = [
      { index: 1, records: [batchOf()] },
      { index: 7, records: [batchOf()] },
      { index: 0, records: [batchOf()] },
    ]
    const topicData = [
      { name: 'nobody', partitionData: partitionData.slice(0, 1) },
      { name: 'orders', partitionData },
    ]
    const { responses } = await broker.call(produce, 9, { acks: -1, timeoutMs: 1_000, topicData })
    expect(
      responses.map(({ name, partitionResponses }) => [
        name,
        partitionResponses.map(({ index, errorCode }) => [index, kafkaErrorName(errorCode)]),
      ]),
    ).toEqual([
      ['nobody', [[1, 'UNKNOWN_TOPIC_OR_PARTITION']]],
      [
        'orders',
        [
          [1, 'NONE'],
          [7, 'UNKNOWN_TOPIC_OR_PARTITION'],
          [0, 'NONE'],
        ],
      ],
    ])
  })

  test('a bad batch with acks=0 by failing, which ends the connection', async () => {
    await expect(broker.send(produce, 9, produceRequest('nobody', batchOf(), { acks: 0 }))).rejects.toMatchObject({
      message: expect.stringContaining('acks=0') as string,
    })
  })
})

describe('what an idempotent producer sends', () => {
  const sequenced = (baseSequence: number, epoch = 0): Uint8Array => batchOf({ producer: { id: 9n, epoch, baseSequence } })

  test('is stored once, and the second time answered with where it is', async () => {
    expect(await send(sequenced(0))).toMatchObject({ error: 'NONE', baseOffset: 0n })
    expect(await send(sequenced(1))).toMatchObject({ error: 'NONE', baseOffset: 1n })
    expect(await send(sequenced(0))).toMatchObject({ error: 'NONE', baseOffset: 0n })
    expect(endOf()).toBe(2n)
  })

  test('is refused with a gap, and in an epoch that is over; a new epoch begins at 0', async () => {
    await send(sequenced(0))
    expect(await send(sequenced(2))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(await send(sequenced(1, 1))).toMatchObject({ error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' })
    expect(await send(sequenced(0, 1))).toMatchObject({ error: 'NONE', baseOffset: 1n })
    expect(await send(sequenced(1, 0))).toMatchObject({ error: 'INVALID_PRODUCER_EPOCH' })
  })

  test('of one that is none, with the fields that some clients fill, is not numbered', async () => {
    const batch = batchOf({ producer: { id: -1n, epoch: 0, baseSequence: 0 } })
    for (const baseOffset of [0n, 1n]) expect(await send(batch)).toMatchObject({ error: 'NONE', baseOffset })
  })
})

describe('a value that does not fit its schema', () => {
  beforeEach(async () => {
    const schema = JSON.stringify({ type: 'object', required: ['id'] })
    await broker.registry.register('orders-value', { schemaType: 'JSON', schema, references: [] }, { isNormalized: false })
  })

  test('is named with its index and the reason, and nothing of its batch is stored', async () => {
    const answer = await send(batchOf({ records: [record('{"id":1}'), record('{}'), record('nonsense')] }))
    expect(answer).toMatchObject({ error: 'INVALID_RECORD', baseOffset: -1n })
    expect(answer.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 2])
    expect(answer.errorMessage).toMatch(/^2 of 3 records are invalid, so none was stored; record 1: /)
    expect(endOf()).toBe(0n)
    expect(broker.context.metrics.read('headgate_records_rejected_total')).toEqual([{ labelValues: ['orders'], value: 3 }])
  })

  test('is taken where the topic says that values are not judged', async () => {
    await broker.context.topics.changeConfigs('orders', (configs) => ({ ...configs, 'schema.validation': 'none' }))
    expect(await send(batchOf({ records: [record('nonsense')] }))).toMatchObject({ error: 'NONE' })
  })
})
