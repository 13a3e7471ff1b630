import {
  AvroDeserializer,
  AvroSerializer,
  HeaderSchemaIdSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  SchemaRegistryClient,
  SerdeType,
  type Deserializer,
  type Serializer,
} from '@confluentinc/schemaregistry'
import { createMutableRegistry } from '@bufbuild/protobuf'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs, kafkajsFetch } from '../support/kafkajs-client.ts'
import { deltaRows, icebergRows, type LakeRow } from '../support/lake-readers.ts'
import { messageType, newMessage } from '../support/protobuf-messages.ts'
import { flushTable } from '../support/registry-client.ts'

/**
 * Confluent's own serializers register their schemas, frame the values and hand them to kafkajs: what they framed is
 * accepted, stands decoded in both tables, and their deserializers read it back.
 */
let server: InProcessServer
let registry: SchemaRegistryClient

beforeAll(async () => {
  server = await startInProcess({ 'default-lake-formats': 'iceberg,delta' })
  registry = new SchemaRegistryClient({ baseURLs: [server.http] })
})

afterAll(() => server.close())

const avroSchema = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'item', type: ['null', 'string'], default: null },
    { name: 'price', type: 'double' },
  ],
}
const jsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: { id: { type: 'integer' }, item: { type: ['string', 'null'] }, price: { type: 'number' } },
  required: ['id', 'price'],
}
const orderFile = {
  name: 'shop/order.proto',
  package: 'shop',
  syntax: 'proto3',
  messageType: [
    {
      name: 'Order',
      field: [
        { name: 'id', number: 1, type: 'TYPE_INT64', label: 'LABEL_OPTIONAL', jsonName: 'id' },
        { name: 'item', number: 2, type: 'TYPE_STRING', label: 'LABEL_OPTIONAL', jsonName: 'item', proto3Optional: true, oneofIndex: 0 },
        { name: 'price', number: 3, type: 'TYPE_DOUBLE', label: 'LABEL_OPTIONAL', jsonName: 'price' },
      ],
      oneofDecl: [{ name: '_item' }],
    },
    { name: 'Other', field: [{ name: 'sum', number: 1, type: 'TYPE_INT64', label: 'LABEL_OPTIONAL', jsonName: 'sum' }] },
  ],
}
const orderType = messageType(orderFile, 'shop.Order')

interface Language {
  readonly schemaType: string
  readonly schema?: string
  readonly orders: readonly object[]
  readonly serializer: (conf: object) => Serializer
  readonly deserializer: () => Deserializer
}

const languages: { readonly [name: string]: Language } = {
  avro: {
    schemaType: 'AVRO',
    schema: JSON.stringify(avroSchema),
    orders: [
      { id: 1, item: 'pen', price: 1.5 },
      { id: 2, item: null, price: -0.25 },
    ],
    serializer: (conf) => new AvroSerializer(registry, SerdeType.VALUE, conf),
    deserializer: () => new AvroDeserializer(registry, SerdeType.VALUE, {}),
  },
  json: {
    schemaType: 'JSON',
    schema: JSON.stringify(jsonSchema),
    orders: [
      { id: 1, item: 'pen', price: 1.5 },
      { id: 2, item: null, price: -0.25 },
    ],
    serializer: (conf) => new JsonSerializer(registry, SerdeType.VALUE, conf),
    deserializer: () => new JsonDeserializer(registry, SerdeType.VALUE, {}),
  },
  protobuf: {
    schemaType: 'PROTOBUF',
    orders: [newMessage(orderType, { id: 1n, item: 'pen', price: 1.5 }), newMessage(orderType, { id: 2n, price: -0.25 })],
    serializer: (conf) => new ProtobufSerializer(registry, SerdeType.VALUE, { registry: createMutableRegistry(orderType), ...conf }),
    deserializer: () => new ProtobufDeserializer(registry, SerdeType.VALUE, {}),
  },
}

const expectedRows = [
  { id: 1n, item: 'pen', price: 1.5 },
  { id: 2n, item: null, price: -0.25 },
]

for (const [name, language] of Object.entries(languages))
  describe(name, () => {
    test('framed in front of the value', async () => {
      const topic = `${name}_prefixed`
      await produceSerialized(topic, language)
      await expectInTables(topic)
      await expectReadBack(topic, language)
    })

    test('framed in a header', async () => {
      const topic = `${name}_headers`
      await produceSerialized(topic, language, { schemaIdSerializer: HeaderSchemaIdSerializer })
      const [record] = await kafkajsFetch(server.kafka, { topic })
      expect(record?.headers.map(([name]) => name)).toEqual(['__value_schema_id'])
      await expectInTables(topic)
      await expectReadBack(topic, language)
    })

    test('a null value is taken as it is and lands as a row of nulls with its key', async () => {
      const topic = `${name}_tombstones`
      await produceSerialized(topic, language)
      await produce(topic, [{ key: 'gone', value: null }])
      await flushTable(server.http, topic)
      for (const rows of [await icebergRows(server.dataDir, topic), await deltaRows(server.dataDir, topic)]) {
        const row = rows.find(({ _kafka_key }) => _kafka_key !== null && Buffer.from(_kafka_key as Uint8Array).toString() === 'gone')
        expect(row).toMatchObject({ id: null, item: null, price: null, _kafka_offset: 2n, _kafka_schema_id: null })
      }
    })
  })

test('a Protobuf schema that somebody else registered as text is found by the serializer', async () => {
  const schema = `syntax = "proto3"; package shop; message Order { int64 id = 1; optional string item = 2; double price = 3; }`
  const byText = { ...languages['protobuf'], schema } as Language
  await produceSerialized('protobuf_text', byText)
  await expectInTables('protobuf_text')
  await expectReadBack('protobuf_text', byText)
})

test('a Protobuf message that is not the one of the table is refused from the first record on', async () => {
  const otherType = messageType(orderFile, 'shop.Other')
  const conf = { registry: createMutableRegistry(otherType) }
  const other = { ...languages['protobuf'], orders: [newMessage(otherType, { sum: 1n })] } as Language
  await expect(produceSerialized('protobuf_other', other, conf)).rejects.toThrow('failed the validation')
  await produceSerialized('protobuf_other', languages['protobuf'] as Language)
  await expectInTables('protobuf_other')
})

test('unframed JSON is judged by the latest version', async () => {
  await registry.register('json_unframed-value', { schemaType: 'JSON', schema: JSON.stringify(jsonSchema) })
  await produce(
    'json_unframed',
    (languages['json']?.orders ?? []).map((order) => ({ value: JSON.stringify(order) })),
  )
  await expectInTables('json_unframed')
})

test('keys, headers and times stand beside the values', async () => {
  const topic = 'metadata_columns'
  await registry.register(`${topic}-value`, { schemaType: 'JSON', schema: JSON.stringify(jsonSchema) })
  const value = JSON.stringify({ id: 1, price: 1 })
  await produce(topic, [
    { key: 'k', value, headers: { trace: 'abc', empty: '' }, timestamp: '1700000000123' },
    { value, timestamp: '1700000000456' },
  ])
  await flushTable(server.http, topic)
  const { id } = await registry.getLatestSchemaMetadata(`${topic}-value`)
  for (const rows of [await icebergRows(server.dataDir, topic), await deltaRows(server.dataDir, topic)])
    expect(inOrder(rows)).toMatchObject([
      {
        _kafka_partition: 0,
        _kafka_offset: 0n,
        _kafka_timestamp: new Date(1_700_000_000_123),
        _kafka_timestamp_type: 0,
        _kafka_key: new Uint8Array(Buffer.from('k')),
        _kafka_headers: [
          { key: 'trace', value: new Uint8Array(Buffer.from('abc')) },
          { key: 'empty', value: new Uint8Array(0) },
        ],
        _kafka_schema_id: id,
      },
      { _kafka_offset: 1n, _kafka_timestamp: new Date(1_700_000_000_456), _kafka_key: null, _kafka_headers: [] },
    ])
})

/** A language that has its schema as text registers it first; Protobuf's serializer registers the descriptor itself. */
async function produceSerialized(topic: string, { schemaType, schema, orders, serializer }: Language, conf: object = {}): Promise<void> {
  if (schema !== undefined) await registry.register(`${topic}-value`, { schemaType, schema })
  const lookUp = schema === undefined ? { autoRegisterSchemas: true } : { autoRegisterSchemas: false, useLatestVersion: true }
  const serialize = serializer({ ...lookUp, ...conf })
  const messages = []
  for (const order of orders) {
    const headers: { [name: string]: Buffer } = {}
    const value = await serialize.serialize(topic, order, headers as never)
    messages.push({ value, headers })
  }
  await produce(topic, messages)
}

async function produce(
  topic: string,
  messages: { key?: string; value: Buffer | string | null; headers?: object; timestamp?: string }[],
): Promise<void> {
  const producer = kafkajs(server.kafka).producer({ allowAutoTopicCreation: true })
  await producer.connect()
  await producer.send({ topic, messages: messages as never })
  await producer.disconnect()
}

async function expectInTables(topic: string): Promise<void> {
  await flushTable(server.http, topic)
  for (const rows of [await icebergRows(server.dataDir, topic), await deltaRows(server.dataDir, topic)])
    expect(inOrder(rows).map(({ id, item, price }) => ({ id, item, price }))).toEqual(expectedRows)
}

async function expectReadBack(topic: string, { deserializer }: Language): Promise<void> {
  const records = await kafkajsFetch(server.kafka, { topic })
  const deserialize = deserializer()
  for (const [index, { value, headers }] of records.entries()) {
    const order = (await deserialize.deserialize(topic, Buffer.from(value ?? []), Object.fromEntries(headers) as never)) as {
      id: unknown
      price: unknown
    }
    expect(BigInt(order.id as number), `record ${index}`).toBe(expectedRows[index]?.id)
    expect(order.price).toBe(expectedRows[index]?.price)
  }
  expect(records).toHaveLength(expectedRows.length)
}

function inOrder(rows: readonly LakeRow[]): LakeRow[] {
  return rows.toSorted((a, b) => Number(a['_kafka_offset']) - Number(b['_kafka_offset']))
}
