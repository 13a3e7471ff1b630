import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deleteTopics } from '../../src/protocol/messages/delete-topics.ts'
import { incrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { deltaRows, icebergRows, type LakeRow } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Which topics have a table, what of theirs is in it, and what happens when a topic changes its mind. */
let server: InProcessServer
let client: WireClient

beforeAll(async () => {
  server = await startInProcess()
  client = await WireClient.connect(server.kafka)
})

afterAll(async () => {
  client.close()
  await server.close()
})

const idSchema = {
  schemaType: 'JSON',
  schema: JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }),
}

async function send(topic: string, ...values: (string | null)[]): Promise<number> {
  const records = values.map((value) => ({
    timestampMs: 1_700_000_000_000n,
    key: Buffer.from('k'),
    value: value === null ? null : Buffer.from(value),
  }))
  return (await client.produce(topic, buildBatch({ records }))).errorCode
}

async function alter(topic: string, configs: { readonly [name: string]: string }): Promise<number | undefined> {
  const set = Object.entries(configs).map(([name, value]) => ({ name, configOperation: 0, value }))
  const resources = [{ resourceType: 2, resourceName: topic, configs: set }]
  return (await client.call(incrementalAlterConfigs, 1, { resources, validateOnly: false })).responses[0]?.errorCode
}

async function remove(topic: string): Promise<void> {
  await client.call(deleteTopics, 6, { topics: [{ name: topic, topicId: uuidZero }], topicNames: [], timeoutMs: 1000 })
}

async function describeTopic(
  topic: string,
): Promise<{ table: string | null; problem: string | null; configs: { [name: string]: { value: string } } }> {
  return (await (await fetch(`${server.http}/v1/topics/${topic}`)).json()) as never
}

async function rowsOf(table: string): Promise<LakeRow[]> {
  await flushTable(server.http, table)
  return (await icebergRows(server.dataDir, table)).toSorted((a, b) => Number(a['_kafka_offset']) - Number(b['_kafka_offset']))
}

const text = (bytes: unknown): string | null => (bytes === null || bytes === undefined ? null : Buffer.from(bytes as Uint8Array).toString())

describe('a topic without a schema', () => {
  test('has no table', async () => {
    await client.topic('plain')
    await send('plain', 'anything')
    expect(await describeTopic('plain')).toMatchObject({ table: null, problem: null })
    expect((await fetch(`${server.http}/v1/tables/default/plain/flush`, { method: 'POST' })).status).toBe(404)
  })

  test('lands as keys and values when it is told to, what came before included', async () => {
    await client.topic('bytes')
    await send('bytes', 'before')
    expect(await alter('bytes', { 'lake.enable': 'true' })).toBe(0)
    await send('bytes', 'after', null)
    const rows = await rowsOf('bytes')
    expect(rows.map(({ key, value }) => [text(key), text(value)])).toEqual([
      ['k', 'before'],
      ['k', 'after'],
      ['k', null],
    ])
  })

  test('gets a table with its first schema, which holds what fits of what came before', async () => {
    await client.topic('late-schema')
    await send('late-schema', '{"id":1}', 'no json', '{"id":2}')
    await registerSchema(server.http, 'late-schema-value', idSchema)
    expect(await send('late-schema', 'no json')).toBe(87)
    expect(await send('late-schema', '{"id":3}')).toBe(0)
    expect((await rowsOf('late_schema')).map(({ id, _kafka_offset }) => [id, _kafka_offset])).toEqual([
      [1n, 0n],
      [2n, 2n],
      [3n, 3n],
    ])
    const metrics = await (await fetch(`${server.http}/metrics`)).text()
    expect(metrics).toMatch(/^headgate_records_skipped_total\{topic="late-schema"\} 1$/m)
  })
})

test('a topic that lands as bytes gets no schema that would change its table, and goes on as it was', async () => {
  await client.topic('bytes-first')
  await alter('bytes-first', { 'lake.enable': 'true' })
  await send('bytes-first', 'one')
  await expect(registerSchema(server.http, 'bytes-first-value', idSchema)).rejects.toThrow(
    /^409: .*the columns of the topic's table would change/,
  )
  expect(await send('bytes-first', 'two')).toBe(0)
  expect((await rowsOf('bytes_first')).map(({ value }) => text(value))).toEqual(['one', 'two'])
})

describe('schema.validation=none', () => {
  test('takes every value', async () => {
    await registerSchema(server.http, 'unjudged-value', idSchema)
    await client.topic('unjudged')
    expect(await send('unjudged', 'no json')).toBe(87)
    expect(await alter('unjudged', { 'schema.validation': 'none' })).toBe(0)
    expect(await send('unjudged', 'no json', '{"id":1}')).toBe(0)
  })

  test('gives the rows that can be decoded, and the same ones when they are read from the log again', async () => {
    await registerSchema(server.http, 'unjudged-rows-value', idSchema)
    await client.topic('unjudged-rows')
    await alter('unjudged-rows', { 'schema.validation': 'none' })
    await rowsOf('unjudged_rows')
    await send('unjudged-rows', '{"id":1}', 'no json', null)
    expect((await rowsOf('unjudged_rows')).map(({ id, _kafka_offset }) => [id, _kafka_offset])).toEqual([
      [1n, 0n],
      [null, 2n],
    ])
    await send('unjudged-rows', 'no json', '{"id":2}')
    // Any change of a config starts the sink again.
    await alter('unjudged-rows', { 'lake.commit.interval.ms': '9999' })
    expect((await rowsOf('unjudged_rows')).map(({ id, _kafka_offset }) => [id, _kafka_offset])).toEqual([
      [1n, 0n],
      [null, 2n],
      [2n, 4n],
    ])
  })
})

describe('lake.enable', () => {
  test('false: a topic with a schema has no table, and records are judged all the same', async () => {
    await registerSchema(server.http, 'tableless-value', idSchema)
    await client.topic('tableless')
    await alter('tableless', { 'lake.enable': 'false' })
    expect(await describeTopic('tableless')).toMatchObject({ table: null })
    expect(await send('tableless', 'no json')).toBe(87)
    expect(await send('tableless', '{"id":1}')).toBe(0)
    await alter('tableless', { 'lake.enable': 'auto' })
    expect((await rowsOf('tableless')).map(({ id }) => id)).toEqual([1n])
  })
})

test('lake.formats may grow: Delta catches up with what Iceberg holds, and both name the same rows from then on', async () => {
  await registerSchema(server.http, 'growing-value', idSchema)
  await client.topic('growing')
  for (const id of [1, 2, 3]) {
    await send('growing', JSON.stringify({ id }))
    await flushTable(server.http, 'growing')
  }
  expect(await alter('growing', { 'lake.formats': 'iceberg,delta' })).toBe(0)
  await send('growing', '{"id":4}')
  const flushed = await flushTable(server.http, 'growing')
  expect(flushed).toMatchObject({ icebergSnapshotId: expect.any(Number), deltaVersion: expect.any(Number) })
  for (const rows of [await icebergRows(server.dataDir, 'growing'), await deltaRows(server.dataDir, 'growing')])
    expect(rows.map(({ id }) => String(id)).toSorted()).toEqual(['1', '2', '3', '4'])
})

describe('a topic that was deleted', () => {
  test('leaves its table, with every acknowledged row', async () => {
    await registerSchema(server.http, 'deleted-value', idSchema)
    await client.topic('deleted')
    await send('deleted', '{"id":1}', '{"id":2}')
    await remove('deleted')
    expect((await icebergRows(server.dataDir, 'deleted')).map(({ id }) => id)).toEqual([1n, 2n])
  })

  test('and is made again says that the table is not its own, until it is given another', async () => {
    await registerSchema(server.http, 'again-value', idSchema)
    await client.topic('again')
    await send('again', '{"id":1}')
    await flushTable(server.http, 'again')
    await remove('again')
    await client.topic('again')
    expect(await send('again', '{"id":2}')).toBe(0)
    const refused = await fetch(`${server.http}/v1/tables/default/again/flush`, { method: 'POST' })
    expect(refused.status).toBe(503)
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining('belongs to the topic with id') })
    expect((await describeTopic('again')).problem).toContain('set lake.table')
    expect(await alter('again', { 'lake.table': 'default.again_2' })).toBe(0)
    expect((await rowsOf('again_2')).map(({ id }) => id)).toEqual([2n])
    expect((await icebergRows(server.dataDir, 'again')).map(({ id }) => id)).toEqual([1n])
    expect((await describeTopic('again')).problem).toBeNull()
  })
})

describe('changes at once', () => {
  test('of several configs of one topic are all kept', async () => {
    await client.topic('altered')
    const clients = await Promise.all(Array.from({ length: 6 }, () => WireClient.connect(server.kafka)))
    const values = {
      'retention.ms': '1',
      'retention.bytes': '2',
      'max.message.bytes': '3',
      'schema.framing': 'raw',
      'lake.commit.interval.ms': '444',
      'lake.partition.by': 'none',
    }
    await Promise.all(
      Object.entries(values).map(([name, value], index) =>
        clients[index]?.call(incrementalAlterConfigs, 1, {
          resources: [{ resourceType: 2, resourceName: 'altered', configs: [{ name, configOperation: 0, value }] }],
          validateOnly: false,
        }),
      ),
    )
    for (const each of clients) each.close()
    const { configs } = await describeTopic('altered')
    expect(Object.fromEntries(Object.keys(values).map((name) => [name, configs[name]?.value]))).toEqual(values)
  })

  test('for one table leave it to one topic', async () => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => WireClient.connect(server.kafka)))
    const names = ['one.table', 'one-table', 'ONE_TABLE', 'one_table']
    const topics = await Promise.all(names.map((name, index) => clients[index]?.topic(name)))
    for (const each of clients) each.close()
    expect(topics.filter((topic) => topic?.errorCode === 0)).toHaveLength(1)
    expect(topics.filter((topic) => topic?.errorCode === 17)).toHaveLength(3)
  })
})

test('a server whose tables cannot be written still closes at once', async () => {
  const failing = await startInProcess()
  const sender = await WireClient.connect(failing.kafka)
  await registerSchema(failing.http, 'stuck-value', idSchema)
  const batch = buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from('{"id":1}') }] })
  await sender.topic('stuck')
  await sender.produce('stuck', batch)
  await flushTable(failing.http, 'stuck')
  await sender.call(deleteTopics, 6, { topics: [{ name: 'stuck', topicId: uuidZero }], topicNames: [], timeoutMs: 1000 })
  await sender.topic('stuck')
  expect(await sender.produce('stuck', batch)).toMatchObject({ errorCode: 0 })
  sender.close()
  await failing.close()
}, 20_000)
