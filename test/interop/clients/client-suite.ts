import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerSchema } from '../../support/registry-client.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import type { ConsumedRecord, ForeignClient, ProducedRecord } from './foreign-client.ts'
import { expectRecords } from './odd-records.ts'

/** Where clients differ in what they let their users see. */
export interface ClientManners {
  /** Whether a producer learns the broker's words about one record, or the code alone. */
  readonly showsRecordErrors: boolean
  /** The code of the valid records of a refused batch, whose only fault is their company (KIP-467). */
  readonly neighbourError: string
  /** The setting without which the client itself refuses a record of more than a megabyte. */
  readonly largestRequestSetting: string
  /** What it can express of keys, values, headers and times. */
  readonly oddRecords: readonly ProducedRecord[]
  /** What a group consumer is told where groups are not served. */
  readonly groupRefusal: string
}

/** What every Kafka client is promised, whoever wrote it. `open` starts the client against the server. */
export function clientSuite(open: (server: TestServer) => ForeignClient, manners: ClientManners): void {
  const { oddRecords } = manners
  let server: TestServer
  let client: ForeignClient

  beforeAll(async () => {
    server = await startTestServer()
    client = open(server)
  })
  afterAll(async () => {
    await client?.stop()
    await server?.close()
  })

  describe('what was produced is consumed', () => {
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      for (const isIdempotent of [true, false])
        test(`${codec}, ${isIdempotent ? 'idempotent' : 'not idempotent'}`, async () => {
          const topic = `codec-${codec}-${isIdempotent}`
          await client.createTopic(topic)
          const deliveries = await client.produce(topic, oddRecords, {
            'compression.type': codec,
            'enable.idempotence': String(isIdempotent),
          })
          expect(deliveries).toEqual(oddRecords.map((_, offset) => ({ partition: 0, offset })))
          expectRecords(await client.consume(topic, { count: oddRecords.length }), oddRecords)
        })

    test('a megabyte in one record', async () => {
      const record: ProducedRecord = { value: noise(1_000_000), timestampMs: 1 }
      expect(await client.produce('megabyte', [record], { [manners.largestRequestSetting]: '2000000' })).toEqual([
        { partition: 0, offset: 0 },
      ])
      expectRecords(await client.consume('megabyte', { count: 1 }), [record])
    })

    test('twenty thousand records in three partitions, each in order', async () => {
      await client.createTopic('ordered', { partitions: 3 })
      const records = Array.from({ length: 20_000 }, (_, index) => ({
        partition: index % 3,
        timestampMs: 1_700_000_000_000 + index,
        value: Buffer.from(String(index)),
      }))
      await client.produce('ordered', records, { 'compression.type': 'lz4', 'batch.size': '20000', 'linger.ms': '1' })
      for (const partition of [0, 1, 2]) {
        const expected = records.filter((record) => record.partition === partition)
        expectRecords(await client.consume('ordered', { partition, count: expected.length }), expected)
      }
    })

    test('from an offset in the middle of a batch', async () => {
      await client.produce('middle', numbered(100), { 'linger.ms': '50' })
      expectRecords(await client.consume('middle', { offset: 37, count: 63 }), numbered(100).slice(37), 37n)
    })

    test('with the time of the append where the topic says so', async () => {
      await client.createTopic('append-time', { configs: { 'message.timestamp.type': 'LogAppendTime' } })
      const beforeMs = BigInt(Date.now())
      await client.produce('append-time', [{ value: Buffer.from('x'), timestampMs: 1 }])
      const [record] = await client.consume('append-time', { count: 1 })
      expect(record?.isLogAppendTime).toBe(true)
      expect(record?.timestampMs).toBeGreaterThanOrEqual(beforeMs)
    })
  })

  describe('acks', () => {
    for (const acks of ['0', '1', 'all'])
      test(`acks=${acks}`, async () => {
        const topic = `acks-${acks}`
        await client.createTopic(topic)
        const deliveries = await client.produce(topic, numbered(50), { acks, 'enable.idempotence': 'false' })
        expect(deliveries.every(({ error }) => error === undefined)).toBe(true)
        if (acks !== '0') expect(deliveries).toEqual(numbered(50).map((_, offset) => ({ partition: 0, offset })))
        expectRecords(await client.consume(topic, { count: 50 }), numbered(50))
      })
  })

  describe('a record that is refused', () => {
    test('comes back with its code and is not in the log, nor are its neighbours', async () => {
      const schema = JSON.stringify({ type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] })
      await registerSchema(server.http, 'judged-value', { schemaType: 'JSON', schema })
      const values = ['{"size":1}', '{"size":"12k"}', '{}'].map((text) => ({ value: Buffer.from(text) }))
      const deliveries = await client.produce('judged', values, { 'linger.ms': '200' })
      expect(deliveries.map(({ error }) => error?.name)).toEqual([manners.neighbourError, 'INVALID_RECORD', 'INVALID_RECORD'])
      expect(deliveries.map(({ error }) => error?.isRetriable)).toEqual([false, false, false])
      if (manners.showsRecordErrors) expect(deliveries[1]?.error?.message).toContain('record 1: $.size: ')
      await client.produce('judged', values.slice(0, 1))
      expect(textOf(await client.consume('judged', { count: 1 }))).toEqual(['{"size":1}'])
    })

    test('larger than the topic takes: the code says so', async () => {
      await client.createTopic('small', { configs: { 'max.message.bytes': '1000' } })
      const [delivery] = await client.produce('small', [{ value: noise(5000) }])
      expect(delivery?.error?.name).toMatch(/^(MSG_SIZE_TOO_LARGE|MESSAGE_TOO_LARGE|RECORD_TOO_LARGE)$/)
    })
  })

  describe('offsets', () => {
    test('earliest, latest, newest timestamp and by time', async () => {
      await client.createTopic('times')
      const records = [10, 20, 30, 25].map((timestampMs) => ({ timestampMs, value: Buffer.from('x') }))
      for (const record of records) await client.produce('times', [record])
      const cases = { earliest: 0, latest: 4, maxTimestamp: 2 } as const
      for (const [at, offset] of Object.entries(cases)) expect(await client.offsetAt('times', at as keyof typeof cases), at).toBe(offset)
      const byTime = await Promise.all([0, 10, 11, 21, 30, 31].map((at) => client.offsetAt('times', at)))
      expect(byTime).toEqual([0, 0, 1, 2, 2, -1])
    })
  })

  describe('administration', () => {
    test('a topic is created, listed, described and deleted', async () => {
      await client.createTopic('administered', { partitions: 4, configs: { 'lake.formats': 'delta' } })
      expect(await client.listTopics()).toContain('administered')
      const { name, leaders, topicId } = await client.describeTopic('administered')
      expect({ name, leaders }).toEqual({ name: 'administered', leaders: Array.from({ length: 4 }, () => leaders[0]) })
      // The Java client prints it for URLs, librdkafka as plain base64.
      expect(topicId).toMatch(/^[A-Za-z0-9+/_-]{22}$/)
      await client.deleteTopic('administered')
      expect(await client.listTopics()).not.toContain('administered')
    })

    test('the cluster has one node, at the address that is served', async () => {
      const { clusterId, nodes } = await client.describeCluster()
      expect(clusterId).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(nodes).toEqual([server.kafka])
    })

    test('configs are described with their origin, and changed', async () => {
      await client.createTopic('configured', { configs: { 'retention.ms': '1000' } })
      await client.setConfig('configured', 'lake.commit.interval.ms', '2000')
      expect(await client.describeConfigs('configured')).toMatchObject({
        'retention.ms': { value: '1000', isDefault: false },
        'lake.commit.interval.ms': { value: '2000', isDefault: false },
        'cleanup.policy': { value: 'delete', isDefault: true },
      })
    })

    const refusals: { readonly [what: string]: (of: ForeignClient) => Promise<unknown> } = {
      'a topic that is there already': (of) => of.createTopic('configured'),
      'a config that is not honoured': (of) => of.createTopic('x', { configs: { 'cleanup.policy': 'compact' } }),
      'a config that nobody knows': (of) => of.setConfig('configured', 'no.such.config', '1'),
      'a topic that is not there': (of) => of.deleteTopic('absent'),
    }
    for (const [what, ask] of Object.entries(refusals))
      test(`${what} is refused with words`, async () => {
        await expect(ask(client)).rejects.toThrow(
          /configured.*exist|exist.*configured|cleanup\.policy|no\.such\.config|absent|does not host|unknown topic/i,
        )
      })

    test('a group consumer is refused and not left waiting', async () => {
      await client.createTopic('grouped')
      expect(await client.subscribe('grouped')).toContain(manners.groupRefusal)
    })
  })
}

function numbered(count: number): ProducedRecord[] {
  return Array.from({ length: count }, (_, index) => ({ value: Buffer.from(String(index)), timestampMs: 1_700_000_000_000 + index }))
}

/** Bytes that no codec makes small, the same ones each time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0, state = 1; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[i] = state >>> 16
  }
  return bytes
}

function textOf(records: readonly ConsumedRecord[]): (string | undefined)[] {
  return records.map(({ value }) => value?.toString())
}
