import { Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { initProducerId } from '../../src/protocol/messages/init-producer-id.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs } from '../support/kafkajs-client.ts'
import { readPartition, WireClient } from '../support/wire-client.ts'

/** Idempotent producers (KIP-98): what is sent again is stored once, and pipelined batches are stored in their order. */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess()
})

afterAll(() => server.close())

const words = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, index) => `${prefix} ${index}`)

async function valuesOf(topic: string): Promise<string[]> {
  return (await readPartition(server.kafka, topic, 0)).map(({ value }) => Buffer.from(value ?? []).toString())
}

describe('idempotent producers of independent clients', () => {
  test('kafkajs, with sends under way at once', async () => {
    const producer = kafkajs(server.kafka).producer({ idempotent: true, maxInFlightRequests: 5 })
    await producer.connect()
    const sent = words(40, 'kafkajs')
    await Promise.all(sent.map((value) => producer.send({ topic: 'idempotent-kafkajs', messages: [{ value }] })))
    await producer.disconnect()
    expect((await valuesOf('idempotent-kafkajs')).toSorted()).toEqual(sent.toSorted())
  })

  test('@platformatic/kafka, with sends under way at once', async () => {
    const producer = new Producer({
      clientId: 'platformatic',
      bootstrapBrokers: [server.kafka],
      idempotent: true,
      autocreateTopics: true,
      maxInflights: 5,
    })
    const topic = 'idempotent-platformatic'
    const send = (value: string): Promise<unknown> =>
      producer.send({ acks: -1, messages: [{ topic, partition: 0, value: Buffer.from(value) }] })
    const sent = words(40, 'platformatic')
    await send(sent[0] ?? '')
    await Promise.all(sent.slice(1).map(send))
    await producer.close()
    expect(await valuesOf(topic)).toEqual(sent)
  })
})

describe('on the wire', () => {
  const batchOf = (value: string, producer: { id: bigint; epoch: number; baseSequence: number }): Uint8Array =>
    buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from(value) }], producer })

  async function connectProducer(topic: string): Promise<{ client: WireClient; id: bigint; epoch: number }> {
    const client = await WireClient.connect(server.kafka)
    await client.topic(topic)
    const asked = { transactionalId: null, transactionTimeoutMs: 60_000, producerId: -1n, producerEpoch: -1 }
    const { errorCode, producerId: id, producerEpoch: epoch } = await client.call(initProducerId, 4, asked)
    expect(errorCode).toBe(0)
    return { client, id, epoch }
  }

  test('five pipelined batches are applied in their order', async () => {
    const topic = 'pipelined'
    const { client, ...producer } = await connectProducer(topic)
    const rounds = words(10, 'round')
    for (const [round] of rounds.entries()) {
      const sequences = Array.from({ length: 5 }, (_, index) => round * 5 + index)
      const answers = await Promise.all(
        sequences.map((baseSequence) => client.produce(topic, batchOf(`value ${baseSequence}`, { ...producer, baseSequence }))),
      )
      expect(answers.map(({ errorCode, baseOffset }) => [errorCode, baseOffset])).toEqual(
        sequences.map((sequence) => [0, BigInt(sequence)]),
      )
    }
    client.close()
    expect(await valuesOf(topic)).toEqual(words(50, 'value'))
  })

  test('a batch sent again is answered with its first offset and stored once', async () => {
    const topic = 'duplicates'
    const { client, ...producer } = await connectProducer(topic)
    for (let baseSequence = 0; baseSequence < 5; baseSequence++)
      await client.produce(topic, batchOf(`value ${baseSequence}`, { ...producer, baseSequence }))
    for (const baseSequence of [4, 0, 2])
      expect(await client.produce(topic, batchOf(`value ${baseSequence}`, { ...producer, baseSequence }))).toMatchObject({
        errorCode: 0,
        baseOffset: BigInt(baseSequence),
      })
    client.close()
    expect(await valuesOf(topic)).toEqual(words(5, 'value'))
  })

  test('the same batch twice in one pipeline is stored once', async () => {
    const topic = 'pipelined-duplicates'
    const { client, ...producer } = await connectProducer(topic)
    const answers = await Promise.all(
      [0, 0, 1, 0, 1].map((baseSequence) => client.produce(topic, batchOf('v', { ...producer, baseSequence }))),
    )
    expect(answers.map(({ errorCode, baseOffset }) => [errorCode, baseOffset])).toEqual([
      [0, 0n],
      [0, 0n],
      [0, 1n],
      [0, 0n],
      [0, 1n],
    ])
    client.close()
    expect(await valuesOf(topic)).toHaveLength(2)
  })

  test('a gap in the sequence is refused with OUT_OF_ORDER_SEQUENCE_NUMBER', async () => {
    const { client, ...producer } = await connectProducer('gaps')
    await client.produce('gaps', batchOf('first', { ...producer, baseSequence: 0 }))
    expect(await client.produce('gaps', batchOf('third', { ...producer, baseSequence: 2 }))).toMatchObject({
      errorCode: 45,
      baseOffset: -1n,
    })
    client.close()
    expect(await valuesOf('gaps')).toEqual(['first'])
  })

  test('a producer that raised its own epoch starts at sequence 0, and its old epoch is refused', async () => {
    const { client, id, epoch } = await connectProducer('epochs')
    await client.produce('epochs', batchOf('first', { id, epoch, baseSequence: 0 }))
    expect(await client.produce('epochs', batchOf('second', { id, epoch: epoch + 1, baseSequence: 0 }))).toMatchObject({
      errorCode: 0,
      baseOffset: 1n,
    })
    expect(await client.produce('epochs', batchOf('late', { id, epoch, baseSequence: 1 }))).toMatchObject({ errorCode: 47 })
    client.close()
    expect(await valuesOf('epochs')).toEqual(['first', 'second'])
  })

  test('producer ids are never 0 and never given twice, whatever the client claims to have been', async () => {
    const client = await WireClient.connect(server.kafka)
    const claims = [
      { producerId: 0n, producerEpoch: 0 },
      { producerId: -1n, producerEpoch: -1 },
      { producerId: 7n, producerEpoch: 3 },
    ]
    const answers = await Promise.all(
      claims.map((claim) => client.call(initProducerId, 4, { transactionalId: null, transactionTimeoutMs: 1, ...claim })),
    )
    client.close()
    expect(answers.map(({ producerEpoch }) => producerEpoch)).toEqual([0, 0, 0])
    expect(new Set(answers.map(({ producerId }) => producerId)).size).toBe(3)
    expect(answers.every(({ producerId }) => producerId > 0n)).toBe(true)
  })

  test('transactions are refused, and nothing of them is stored', async () => {
    const { client, ...producer } = await connectProducer('transactional')
    const answer = await client.call(initProducerId, 4, {
      transactionalId: 'tx',
      transactionTimeoutMs: 1,
      producerId: -1n,
      producerEpoch: -1,
    })
    expect(answer.errorCode).not.toBe(0)
    const batch = buildBatch({
      records: [{ timestampMs: 5n, value: Buffer.from('v') }],
      producer: { ...producer, baseSequence: 0 },
      isTransactional: true,
    })
    expect(await client.produce('transactional', batch)).toMatchObject({ errorCode: 48 })
    client.close()
    expect(await valuesOf('transactional')).toEqual([])
  })
})
