import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs, kafkajsFetch } from '../support/kafkajs-client.ts'
import { deltaRows, icebergRows, icebirdRows } from '../support/lake-readers.ts'
import { byOffset, valueColumns } from '../support/lake-rows.ts'
import { orders, orderRows, orderSchemas } from '../support/order-schemas.ts'
import { flushTable } from '../support/registry-client.ts'

/**
 * The registry client of the kafkajs project, with encoders of its own (avsc, ajv and protobufjs inside): what it
 * registers and encodes is accepted, stands in both tables, and is decoded again; what does not fit is refused.
 */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess({ 'default-lake-formats': 'iceberg,delta' })
})

afterAll(() => server.close())

/** A client that remembers no schema yet. */
const newRegistry = (): SchemaRegistry => new SchemaRegistry({ host: server.http, retry: { retries: 0 } })

for (const language of orderSchemas)
  describe(language.type, () => {
    const type = SchemaType[language.type]
    const subjectOf = (name: string): string => `${language.type.toLowerCase()}_${name}`

    async function register(topic: string, schema = language.order): Promise<number> {
      const registry = newRegistry()
      const subject = subjectOf('money')
      await registry.register({ type, schema: language.money } as never, { subject })
      const references = [{ name: language.reference, subject, version: 1 }]
      const { id } = await registry.register({ type, schema, references } as never, { subject: `${topic}-value` })
      return id
    }

    test('what it encodes lands in both tables and is decoded again', async () => {
      const topic = subjectOf('orders')
      const id = await register(topic)
      const registry = newRegistry()
      await produce(topic, await Promise.all(orders.map((order) => registry.encode(id, order))))
      await expectInTables(topic, orderRows)
      expect(await decoded(topic)).toEqual(orders)
    })

    test('a schema is found as the latest one, by version, by its text and by id', async () => {
      const topic = subjectOf('found')
      const first = await register(topic)
      const second = await register(topic, language.orderWithNote)
      const registry = newRegistry()
      expect(second).not.toBe(first)
      expect(await registry.getLatestSchemaId(`${topic}-value`)).toBe(second)
      expect(await registry.getRegistryId(`${topic}-value`, 1)).toBe(first)
      expect(await registry.getRegistryId(`${topic}-value`, 'latest')).toBe(second)
      expect(await registry.getRegistryIdBySchema(subjectOf('money'), { type, schema: language.money } as never)).toBe(
        await registry.getLatestSchemaId(subjectOf('money')),
      )
      const schema = await registry.getSchema(first)
      expect(schema.isValid(orders[0] as object, { errorHook: () => {} })).toBe(true)
    })

    test('two versions stand beside each other in one table', async () => {
      const topic = subjectOf('versions')
      const first = await register(topic)
      const second = await register(topic, language.orderWithNote)
      const registry = newRegistry()
      const noted = { ...orders[1], note: 'blue' }
      await produce(topic, [await registry.encode(first, orders[0]), await registry.encode(second, noted)])
      await expectInTables(topic, [
        { ...orderRows[0], note: null },
        { ...orderRows[1], note: 'blue' },
      ])
      expect(await decoded(topic)).toMatchObject([orders[0] as object, noted])
    })

    test('a version that breaks the ones before is refused, and a level that is not the one of the subject noticed', async () => {
      const topic = subjectOf('broken')
      await register(topic)
      await expect(register(topic, language.broken)).rejects.toMatchObject({
        status: 409,
        message: expect.stringContaining('incompatible'),
      })
      const other = newRegistry().register({ type, schema: language.money } as never, {
        subject: `${topic}-value`,
        compatibility: 'NONE' as never,
      })
      await expect(other).rejects.toThrow('NONE != BACKWARD')
    })

    test('a record that does not fit, or is framed by a schema of another topic, is refused', async () => {
      const topic = subjectOf('refused')
      const id = await register(topic)
      const registry = newRegistry()
      const good = await registry.encode(id, orders[0])
      const moneyId = await registry.getLatestSchemaId(subjectOf('money'))
      const bad = Buffer.concat([good.subarray(0, 5), Buffer.from(language.badPayload, 'hex')])
      for (const value of [bad, await registry.encode(moneyId, { cents: 1 })])
        await expect(produce(topic, [good, value])).rejects.toMatchObject({ type: 'INVALID_RECORD' })
      await produce(topic, [good])
      await expectInTables(topic, orderRows.slice(0, 1))
      expect(await decoded(topic)).toEqual(orders.slice(0, 1))
    })
  })

test('what is not there is told from what is wrong', async () => {
  const registry = newRegistry()
  await expect(registry.getLatestSchemaId('absent')).rejects.toMatchObject({
    status: 404,
    message: expect.stringContaining("'absent' not found"),
  })
  await expect(registry.getSchema(999_999)).rejects.toMatchObject({ status: 404 })
})

test('an Avro record is read through the schema of its reader', async () => {
  const record = (...fields: object[]) => ({ type: 'record' as const, name: 'Reading', namespace: 'lab', fields })
  const registry = newRegistry()
  // The subject comes from the record's own name; a topic's would be given.
  const { id } = await registry.register(record({ name: 'a', type: 'int' }))
  expect(await registry.getLatestSchemaId('lab.Reading')).toBe(id)
  const readerSchema = record({ name: 'a', type: 'long' }, { name: 'b', type: 'string', default: 'none' })
  const value = await registry.encode(id, { a: 5 })
  expect(await newRegistry().decode(value, { [SchemaType.AVRO]: { readerSchema } })).toEqual({ a: 5, b: 'none' })
})

async function produce(topic: string, values: readonly Buffer[]): Promise<void> {
  const producer = kafkajs(server.kafka).producer({ allowAutoTopicCreation: true })
  await producer.connect()
  try {
    await producer.send({ topic, messages: values.map((value) => ({ value })) })
  } finally {
    await producer.disconnect()
  }
}

async function decoded(topic: string): Promise<unknown[]> {
  const registry = newRegistry()
  const values = (await kafkajsFetch(server.kafka, { topic })).map(({ value }) => Buffer.from(value ?? []))
  // Instances of the decoders' own classes become plain objects.
  return Promise.all(values.map(async (value) => JSON.parse(JSON.stringify(await registry.decode(value)))))
}

async function expectInTables(topic: string, expected: readonly object[]): Promise<void> {
  await flushTable(server.http, topic)
  for (const read of [icebergRows, deltaRows, icebirdRows])
    expect((await read(server.dataDir, topic)).toSorted(byOffset).map(valueColumns), read.name).toEqual(expected)
}
