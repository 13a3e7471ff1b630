import { Producer } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { incrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.ts'
import { buildBatch, type RecordToWrite } from '../../src/protocol/records/build-batch.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs } from '../support/kafkajs-client.ts'
import { icebergRows } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { readPartition, WireClient } from '../support/wire-client.ts'

/** A bad record is answered: INVALID_RECORD, its index, its path, the reason; its batch is refused whole and nobody else suffers. */
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

const INVALID_RECORD = 87
const eventSchema = {
  type: 'object',
  properties: { payload: { type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] } },
  required: ['payload'],
}
const avroSchema = {
  type: 'record',
  name: 'Event',
  fields: [
    {
      name: 'payload',
      type: {
        type: 'record',
        name: 'Payload',
        fields: [
          { name: 'size', type: 'long' },
          { name: 'name', type: 'string' },
        ],
      },
    },
  ],
}

const record = (value: Uint8Array | string | null): RecordToWrite => ({
  timestampMs: 5n,
  value: typeof value === 'string' ? Buffer.from(value) : value,
})
const good = JSON.stringify({ payload: { size: 12 } })
const bad = JSON.stringify({ payload: { size: '12k' } })

function prefixed(schemaId: number, payload: Uint8Array | string): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeInt32BE(schemaId, 1)
  return Buffer.concat([prefix, Buffer.from(payload)])
}

const batchOf = (...values: (Uint8Array | string | null)[]): Uint8Array => buildBatch({ records: values.map(record) })

async function jsonTopic(name: string): Promise<number> {
  const schemaId = await registerSchema(server.http, `${name}-value`, { schemaType: 'JSON', schema: JSON.stringify(eventSchema) })
  await client.topic(name)
  return schemaId
}

describe('an invalid record', () => {
  test('is named by index, path and reason, and so is every other one of its batch', async () => {
    await jsonTopic('named')
    const answer = await client.produce('named', batchOf(good, '{}', good, bad, 'no json'))
    expect(answer).toMatchObject({ errorCode: INVALID_RECORD, baseOffset: -1n })
    expect(answer.recordErrors).toEqual([
      { batchIndex: 1, batchIndexErrorMessage: 'record 1: $: missing required property "payload"' },
      { batchIndex: 3, batchIndexErrorMessage: 'record 3: $.payload.size: expected integer, got string "12k"' },
      { batchIndex: 4, batchIndexErrorMessage: expect.stringMatching(/^record 4: \$: .+/) },
    ])
    expect(answer.errorMessage).toBe('3 of 5 records are invalid, so none was stored; record 1: $: missing required property "payload"')
  })

  test('is explained in every version that has room for it', async () => {
    await jsonTopic('versions')
    for (const version of [8, 9, 10, 11])
      expect((await client.produce('versions', batchOf(bad), { version })).recordErrors, `v${version}`).toEqual([
        { batchIndex: 0, batchIndexErrorMessage: 'record 0: $.payload.size: expected integer, got string "12k"' },
      ])
    for (const version of [3, 7])
      expect(await client.produce('versions', batchOf(bad), { version }), `v${version}`).toMatchObject({
        errorCode: INVALID_RECORD,
        recordErrors: [],
      })
  })

  test('takes the whole batch with it, and nothing else: the log and the table hold what was accepted', async () => {
    await jsonTopic('kept')
    const sent = [batchOf(good), batchOf(good, bad), batchOf(good, good)].map((batch) => client.produce('kept', batch))
    expect((await Promise.all(sent)).map(({ errorCode, baseOffset }) => [errorCode, baseOffset])).toEqual([
      [0, 0n],
      [INVALID_RECORD, -1n],
      [0, 1n],
    ])
    expect(await readPartition(server.kafka, 'kept', 0)).toHaveLength(3)
    await flushTable(server.http, 'kept')
    expect(await icebergRows(server.dataDir, 'kept')).toHaveLength(3)
  })

  test('of one partition leaves the others of the request alone', async () => {
    await jsonTopic('neighbours')
    const producer = kafkajs(server.kafka).producer()
    await producer.connect()
    await expect(
      producer.sendBatch({
        topicMessages: [
          { topic: 'neighbours', messages: [{ value: bad }] },
          { topic: 'unjudged', messages: [{ value: 'anything' }] },
        ],
      }),
    ).rejects.toThrow()
    await producer.disconnect()
    expect(await readPartition(server.kafka, 'neighbours', 0)).toEqual([])
    expect(await readPartition(server.kafka, 'unjudged', 0)).toHaveLength(1)
  })

  test('is reported ten times at most, and counted to the last', async () => {
    await jsonTopic('many')
    const answer = await client.produce('many', batchOf(...Array.from({ length: 500 }, () => bad)))
    expect(answer.recordErrors).toHaveLength(10)
    expect(answer.errorMessage).toMatch(/^500 of 500 records are invalid/)
  })

  test('is explained to users of @platformatic/kafka and refused to those of kafkajs', async () => {
    await jsonTopic('clients')
    const platformatic = new Producer({ clientId: 'platformatic', bootstrapBrokers: [server.kafka], retries: 0 })
    const refusal = await platformatic.send({ acks: -1, messages: [{ topic: 'clients', partition: 0, value: Buffer.from(bad) }] }).then(
      () => undefined,
      (error: Error) => error,
    )
    await platformatic.close()
    expect(messagesOf(refusal)).toContainEqual(expect.stringContaining('record 0: $.payload.size: expected integer, got string "12k"'))
    const producer = kafkajs(server.kafka).producer()
    await producer.connect()
    await expect(producer.send({ topic: 'clients', messages: [{ value: bad }] })).rejects.toMatchObject({ type: 'INVALID_RECORD' })
    await producer.send({ topic: 'clients', messages: [{ value: good }] })
    await producer.disconnect()
  })

  test('of an idempotent producer costs it that batch: its next epoch goes on', async () => {
    await jsonTopic('idempotent-refusal')
    const producer = { id: 900n, epoch: 0 }
    const send = (value: string, { epoch, baseSequence }: { epoch: number; baseSequence: number }) =>
      client.produce('idempotent-refusal', buildBatch({ records: [record(value)], producer: { ...producer, epoch, baseSequence } }))
    expect(await send(good, { epoch: 0, baseSequence: 0 })).toMatchObject({ errorCode: 0 })
    expect(await send(bad, { epoch: 0, baseSequence: 1 })).toMatchObject({ errorCode: INVALID_RECORD })
    expect(await send(good, { epoch: 1, baseSequence: 0 })).toMatchObject({ errorCode: 0, baseOffset: 1n })
  })
})

describe('a value is refused when', () => {
  let avroId: number
  let otherId: number

  beforeAll(async () => {
    avroId = await registerSchema(server.http, 'avro-value', { schema: JSON.stringify(avroSchema) })
    otherId = await registerSchema(server.http, 'other-value', {
      schemaType: 'JSON',
      schema: JSON.stringify({ type: 'object', properties: { a: { type: 'string' } } }),
    })
    await client.topic('avro')
  })

  /** `{"payload": {"size": 12, "name": "x"}}` */
  const payload = Buffer.from([24, 2, 120])

  const cases: readonly (readonly [string, () => Uint8Array | string, string | RegExp])[] = [
    ['its id is of no schema', () => prefixed(424242, payload), 'record 0: schema id 424242 is not registered for topic avro'],
    [
      'its id is of the schema of another subject',
      () => prefixed(otherId, payload),
      /^record 0: schema id \d+ is not registered for topic avro$/,
    ],
    ['it has no id, and bare Avro could be anything', () => payload, /^record 0: the value names no schema/],
    ['its prefix is cut off', () => Buffer.from([0, 0, 0]), /^record 0: /],
    ['it ends too early', () => prefixed(avroId, payload.subarray(0, 1)), /^record 0: \$\.payload\.name: /],
    ['it goes on after its end', () => prefixed(avroId, Buffer.concat([payload, payload])), /^record 0: \$: /],
    ['it is empty', () => new Uint8Array(0), /^record 0: /],
  ]
  for (const [what, value, message] of cases)
    test(what, async () => {
      const answer = await client.produce('avro', batchOf(value()))
      expect(answer).toMatchObject({ errorCode: INVALID_RECORD, baseOffset: -1n })
      const [first] = answer.recordErrors
      if (message instanceof RegExp) expect(first?.batchIndexErrorMessage).toMatch(message)
      else expect(first?.batchIndexErrorMessage).toBe(message)
      expect((await client.produce('avro', batchOf(prefixed(avroId, payload)))).errorCode, 'the connection goes on').toBe(0)
    })
})

describe('schema.framing says where the id must be', () => {
  const header = (schemaId: number): RecordToWrite['headers'] => [{ key: '__value_schema_id', value: prefixed(schemaId, '') }]

  for (const [framing, allowed] of [
    ['auto', ['prefix', 'header', 'bare']],
    ['confluent', ['prefix']],
    ['header', ['header']],
    ['raw', ['header', 'bare']],
  ] as const)
    test(framing, async () => {
      const topic = `framing-${framing}`
      const schemaId = await jsonTopic(topic)
      await alterConfig(topic, 'schema.framing', framing)
      const values = {
        prefix: { ...record(null), value: prefixed(schemaId, good) },
        header: { ...record(good), headers: header(schemaId) ?? [] },
        bare: record(good),
      }
      for (const [where, value] of Object.entries(values)) {
        const { errorCode } = await client.produce(topic, buildBatch({ records: [value] }))
        expect(errorCode, where).toBe((allowed as readonly string[]).includes(where) ? 0 : INVALID_RECORD)
      }
    })
})

describe('batches that are not as they should be', () => {
  const cases: readonly (readonly [string, number, (batch: Buffer) => Buffer | null])[] = [
    ['no records at all', INVALID_RECORD, () => null],
    ['empty bytes', INVALID_RECORD, () => Buffer.alloc(0)],
    ['a flipped bit', 2, (batch) => (batch.writeUInt8((batch.at(-1) ?? 0) ^ 1, batch.length - 1), batch)],
    ['a batch cut short', 2, (batch) => batch.subarray(0, batch.length - 1)],
    ['two batches', INVALID_RECORD, (batch) => Buffer.concat([batch, batch])],
    ['record format 1', 35, (batch) => (batch.writeUInt8(1, 16), batch)],
  ]
  for (const [what, errorCode, change] of cases)
    test(what, async () => {
      await client.topic('misshapen')
      const changed = change(Buffer.from(batchOf('value')))
      expect(await client.produce('misshapen', changed)).toMatchObject({ errorCode, baseOffset: -1n })
      expect(await client.produce('misshapen', batchOf('value'))).toMatchObject({ errorCode: 0 })
    })

  test('a batch above max.message.bytes is MESSAGE_TOO_LARGE', async () => {
    await client.topic('small')
    await alterConfig('small', 'max.message.bytes', '100')
    expect(await client.produce('small', batchOf('x'.repeat(100)))).toMatchObject({ errorCode: 10 })
    expect(await client.produce('small', batchOf('x'))).toMatchObject({ errorCode: 0 })
  })

  test('a time that no table can hold is refused', async () => {
    await jsonTopic('times-out-of-range')
    const batch = buildBatch({ records: [{ timestampMs: 1n << 60n, value: Buffer.from(good) }] })
    const { errorCode } = await client.produce('times-out-of-range', batch)
    expect([32, INVALID_RECORD]).toContain(errorCode)
    expect(await client.produce('times-out-of-range', batchOf(good))).toMatchObject({ errorCode: 0 })
  })
})

async function alterConfig(topic: string, name: string, value: string): Promise<void> {
  const resource = { resourceType: 2, resourceName: topic, configs: [{ name, configOperation: 0, value }] }
  const { responses } = await client.call(incrementalAlterConfigs, 1, { resources: [resource], validateOnly: false })
  expect(responses).toMatchObject([{ errorCode: 0 }])
}

function messagesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors.flatMap(messagesOf) : []
  const serverMessage = (error as { serverErrorMessage?: string }).serverErrorMessage
  return [error.message, ...(serverMessage === undefined ? [] : [serverMessage]), ...inner, ...messagesOf(error.cause)]
}
