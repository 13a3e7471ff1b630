import { CompressionTypes } from 'kafkajs'
import { Producer, compressionsAlgorithms, type CompressionAlgorithmValue } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs, kafkajsFetch, withKafkajsBroker, withSnappyCodec } from '../support/kafkajs-client.ts'
import { platformaticCall, platformaticFetch, withPlatformatic } from '../support/platformatic-client.ts'
import { readable, type ReadRecord } from '../support/read-record.ts'
import { WireClient } from '../support/wire-client.ts'

/**
 * Two clients that share no code with the broker, nor with each other, produce and consume through it: what one wrote
 * is what the other reads, byte for byte, in every codec and in every version that either speaks.
 */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess()
})

afterAll(() => server.close())

const bytes = (...values: number[]): Buffer => Buffer.from(values)

const written: readonly ReadRecord[] = [
  { key: Buffer.from('key'), value: Buffer.from('value'), headers: [['trace', Buffer.from('abc')]] },
  { key: null, value: Buffer.from('no key'), headers: [] },
  { key: Buffer.from(''), value: Buffer.from(''), headers: [['empty', Buffer.from('')]] },
  { key: Buffer.from('deleted'), value: null, headers: [] },
  { key: bytes(0, 255, 128), value: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), headers: [['größe', bytes(0, 1)]] },
  { key: Buffer.from('long'), value: Buffer.alloc(200_000, 'compresses well. '), headers: [] },
].map((record, index) => ({
  ...record,
  headers: record.headers as ReadRecord['headers'],
  offset: BigInt(index),
  timestampMs: 1_700_000_000_000n + BigInt(index * 7),
}))

const expected = written.map(readable)

async function produceWithKafkajs(topic: string, compression: CompressionTypes): Promise<void> {
  const producer = kafkajs(server.kafka).producer({ allowAutoTopicCreation: true })
  await producer.connect()
  const messages = written.map(({ key, value, headers, timestampMs }) => ({
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value ?? [])])),
    timestamp: String(timestampMs),
  }))
  await producer.send({ topic, messages, compression, acks: -1 })
  await producer.disconnect()
}

function platformaticMessages(topic: string): object[] {
  return written.map(({ key, value, headers, timestampMs }) => ({
    topic,
    partition: 0,
    timestamp: timestampMs,
    ...(key ? { key: Buffer.from(key) } : {}),
    ...(value ? { value: Buffer.from(value) } : {}),
    headers: new Map(headers.map(([name, value]) => [Buffer.from(name), Buffer.from(value ?? [])])),
  }))
}

async function produceWithPlatformatic(topic: string, compression: CompressionAlgorithmValue): Promise<void> {
  const producer = new Producer({ clientId: 'platformatic', bootstrapBrokers: [server.kafka], autocreateTopics: true })
  await producer.send({ messages: platformaticMessages(topic) as never, compression, acks: -1 })
  await producer.close()
}

/** What both clients read back. */
async function expectBothRead(topic: string, records: readonly object[] = expected): Promise<void> {
  expect((await kafkajsFetch(server.kafka, { topic })).map(readable), 'kafkajs').toEqual(records)
  expect((await platformaticFetch(server.kafka, { topic })).map(readable), '@platformatic/kafka').toEqual(records)
}

describe('bytes come back as they were produced', () => {
  for (const [name, codec] of Object.entries({
    none: CompressionTypes.None,
    gzip: CompressionTypes.GZIP,
    snappy: CompressionTypes.Snappy,
    lz4: CompressionTypes.LZ4,
    zstd: CompressionTypes.ZSTD,
  }) as [CompressionAlgorithmValue, CompressionTypes][]) {
    test(`${name}, from kafkajs`, async () => {
      await produceWithKafkajs(`kafkajs-${name}`, codec)
      await expectBothRead(`kafkajs-${name}`)
    })
    test(`${name}, from @platformatic/kafka`, async () => {
      await produceWithPlatformatic(`platformatic-${name}`, name)
      await expectBothRead(`platformatic-${name}`)
    })
  }

  test('snappy in the framing of the Java client', async () => {
    await withSnappyCodec(xerialFramed, () => produceWithKafkajs('xerial-snappy', CompressionTypes.Snappy))
    expect((await platformaticFetch(server.kafka, { topic: 'xerial-snappy' })).map(readable)).toEqual(expected)
  })

  test('headers without a value, and twice of one name', async () => {
    const client = await WireClient.connect(server.kafka)
    await client.topic('odd-headers')
    const headers = [
      { key: 'null', value: null },
      { key: 'twice', value: bytes(1) },
      { key: 'twice', value: bytes(2) },
    ]
    await client.produce('odd-headers', buildBatch({ records: [{ timestampMs: 5n, value: bytes(7), headers }] }))
    client.close()
    const [record] = await platformaticFetch(server.kafka, { topic: 'odd-headers' })
    expect(record?.headers).toEqual([
      ['null', null],
      ['twice', bytes(1)],
      ['twice', bytes(2)],
    ])
  })
})

describe('every version that a client speaks', () => {
  const messages = [{ key: 'k', value: 'v', timestamp: 5, headers: {} }]
  for (const version of [3, 4, 5, 6, 7])
    test(`kafkajs produces in v${version}`, async () => {
      const topic = `kafkajs-produce-${version}`
      const topicData = [{ topic, partitions: [{ partition: 0, firstSequence: 0, messages }] }]
      const produced = await withKafkajsBroker(server.kafka, { 0: version }, async (broker) => {
        await broker.metadata([topic])
        return broker.produce({ topicData })
      })
      expect(produced.topics[0]?.partitions[0]).toMatchObject({ errorCode: 0, baseOffset: '0' })
      expect(await platformaticFetch(server.kafka, { topic })).toMatchObject([{ key: Buffer.from('k'), value: Buffer.from('v') }])
    })

  for (const version of [3, 4, 5, 6, 7, 8, 9, 10, 11])
    test(`@platformatic/kafka produces in v${version}`, async () => {
      const topic = `platformatic-produce-${version}`
      await createTopic(topic)
      const produced = await withPlatformatic(server.kafka, (connection) =>
        platformaticCall(connection, 'produce', version, -1, 1000, platformaticMessages(topic), {}),
      )
      expect(produced).toMatchObject({ responses: [{ name: topic, partitionResponses: [{ errorCode: 0, baseOffset: 0n }] }] })
      await expectBothRead(topic)
    })

  test('kafkajs fetches in v4 to v11', async () => {
    await produceWithKafkajs('kafkajs-fetch', CompressionTypes.GZIP)
    for (const version of [4, 5, 6, 7, 8, 9, 10, 11])
      expect((await kafkajsFetch(server.kafka, { topic: 'kafkajs-fetch', version })).map(readable), `v${version}`).toEqual(expected)
  })

  test('@platformatic/kafka fetches in v4 to v17, by topic id from v13 on', async () => {
    await produceWithPlatformatic('platformatic-fetch', 'zstd')
    const topicId = await createTopic('platformatic-fetch')
    for (let version = 4; version <= 17; version++) {
      const topic = version >= 13 ? topicId : 'platformatic-fetch'
      expect((await platformaticFetch(server.kafka, { topic, version })).map(readable), `v${version}`).toEqual(expected)
    }
  })
})

describe('acks', () => {
  for (const acks of [0, 1, -1])
    test(`${acks}: what was sent is in the log`, async () => {
      const topic = `acks-${Math.abs(acks)}-${acks < 0 ? 'all' : 'few'}`
      await createTopic(topic)
      const producer = kafkajs(server.kafka).producer()
      await producer.connect()
      const sent = await producer.send({ topic, acks, messages: [{ value: 'from kafkajs' }] })
      expect(sent[0]?.baseOffset, 'acks=0 has no answer').toBe(acks === 0 ? undefined : '0')
      const second = new Producer({ clientId: 'platformatic', bootstrapBrokers: [server.kafka] })
      await second.send({ acks, messages: [{ topic, partition: 0, value: Buffer.from('from platformatic') }] })
      const values = await valuesOnceThereAre(topic, 2)
      expect(values.toSorted()).toEqual(['from kafkajs', 'from platformatic'])
      await Promise.all([producer.disconnect(), second.close()])
    })

  test('acks that do not exist are refused', async () => {
    const client = await WireClient.connect(server.kafka)
    await client.topic('acks-2')
    const batch = buildBatch({ records: [{ timestampMs: 5n, value: bytes(7) }] })
    expect(await client.produce('acks-2', batch, { acks: 2 })).toMatchObject({ errorCode: 21, baseOffset: -1n })
    client.close()
  })
})

describe('fetch', () => {
  test('from the middle of a batch gives the records from the asked offset on', async () => {
    await produceWithKafkajs('fetch-inside', CompressionTypes.LZ4)
    const inside = expected.slice(3)
    expect((await kafkajsFetch(server.kafka, { topic: 'fetch-inside', offset: 3n })).map(readable)).toEqual(inside)
    expect((await platformaticFetch(server.kafka, { topic: 'fetch-inside', offset: 3n })).map(readable)).toEqual(inside)
  })

  test('gives at least one batch, however little was asked for', async () => {
    await produceWithKafkajs('fetch-little', CompressionTypes.None)
    await produceWithKafkajs('fetch-little', CompressionTypes.None)
    const partitions = [{ partition: 0, fetchOffset: '0', maxBytes: 1 }]
    const { responses } = await withKafkajsBroker(server.kafka, {}, (broker) =>
      broker.fetch({
        maxWaitTime: 100,
        minBytes: 1,
        maxBytes: 1,
        topics: [{ topic: 'fetch-little', partitions }],
        isolationLevel: 0,
        rackId: '',
      }),
    )
    expect((responses as { partitions: { messages: unknown[] }[] }[])[0]?.partitions[0]?.messages).toHaveLength(expected.length)
  })
})

async function createTopic(topic: string): Promise<string> {
  const client = await WireClient.connect(server.kafka)
  const { topicId } = await client.topic(topic)
  client.close()
  return topicId
}

/** With acks=0 nobody says when a record is there; a fetch that waits does. */
async function valuesOnceThereAre(topic: string, count: number): Promise<string[]> {
  for (;;) {
    const records = await platformaticFetch(server.kafka, { topic })
    if (records.length >= count) return records.map(({ value }) => Buffer.from(value ?? []).toString())
  }
}

/** What snappy-java writes: a header of 16 bytes, then chunks behind their lengths. */
function xerialFramed(records: Buffer<ArrayBuffer>): Buffer {
  const chunks: Buffer[] = [Buffer.from('82534e41505059000000000100000001', 'hex')]
  for (let start = 0; start < records.length; start += 32_768) {
    const chunk = compressionsAlgorithms.snappy.compressSync(records.subarray(start, start + 32_768))
    const length = Buffer.alloc(4)
    length.writeInt32BE(chunk.length)
    chunks.push(length, chunk)
  }
  return Buffer.concat(chunks)
}
