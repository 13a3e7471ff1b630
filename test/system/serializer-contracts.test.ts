import {
  AvroDeserializer,
  AvroSerializer,
  HeaderSchemaIdSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  RuleMode,
  RuleRegistry,
  SchemaRegistryClient,
  SerdeType,
  type Deserializer,
  type SchemaInfo,
  type Serializer,
} from '@confluentinc/schemaregistry'
import { create, createFileRegistry, createMutableRegistry, fromJson, type DescMessage } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { kafkajs, kafkajsFetch } from '../support/kafkajs-client.ts'
import { deltaRows, icebergRows, icebirdRows } from '../support/lake-readers.ts'
import { byOffset, valueColumns } from '../support/lake-rows.ts'
import { orderRows, orders, orderSchemas, type OrderSchemas } from '../support/order-schemas.ts'
import { newMessage } from '../support/protobuf-messages.ts'
import { flushTable } from '../support/registry-client.ts'

/**
 * Data contracts by Confluent's own serializers: a schema with references, metadata and rules is registered by somebody,
 * found by `use.latest.version`, and what is written under it stands in both tables.
 */
let server: InProcessServer
let registry: SchemaRegistryClient
/** Its cache takes the forms of one schema for one another, so the serializers have another client than the test. */
let inspector: SchemaRegistryClient

beforeAll(async () => {
  RuleRegistry.registerRuleExecutor(namedOnly)
  server = await startInProcess({ 'default-lake-formats': 'iceberg,delta' })
  registry = new SchemaRegistryClient({ baseURLs: [server.http] })
  inspector = new SchemaRegistryClient({ baseURLs: [server.http] })
})

afterAll(() => server.close())

const field = (name: string, number: number, type: string, typeName = ''): object => ({
  name,
  number,
  type,
  label: 'LABEL_OPTIONAL',
  jsonName: name,
  ...(typeName === '' ? {} : { typeName }),
})
const files = [
  { name: 'money.proto', messageType: [{ name: 'Money', field: [field('cents', 1, 'TYPE_INT32')] }] },
  {
    name: 'order.proto',
    dependency: ['money.proto'],
    messageType: [
      {
        name: 'Order',
        field: [field('id', 1, 'TYPE_INT32'), field('item', 2, 'TYPE_STRING'), field('price', 3, 'TYPE_MESSAGE', '.shop.Money')],
      },
    ],
  },
].map((file) => fromJson(FileDescriptorProtoSchema, { ...file, package: 'shop', syntax: 'proto3' } as never))
const types = createFileRegistry(create(FileDescriptorSetSchema, { file: files }))
const [orderType, moneyType] = ['shop.Order', 'shop.Money'].map((name) => types.getMessage(name)) as [DescMessage, DescMessage]

const serializers = {
  AVRO: (conf: object): Serializer => new AvroSerializer(registry, SerdeType.VALUE, conf),
  JSON: (conf: object): Serializer => new JsonSerializer(registry, SerdeType.VALUE, { validate: true, ...conf }),
  PROTOBUF: (conf: object): Serializer =>
    new ProtobufSerializer(registry, SerdeType.VALUE, { registry: createMutableRegistry(orderType, moneyType), ...conf }),
}
const deserializers = {
  AVRO: (): Deserializer => new AvroDeserializer(registry, SerdeType.VALUE, {}),
  JSON: (): Deserializer => new JsonDeserializer(registry, SerdeType.VALUE, {}),
  PROTOBUF: (): Deserializer => new ProtobufDeserializer(registry, SerdeType.VALUE, {}),
}

/** What a rule asks is for the serializers to know; the registry keeps it. */
const namedOnly = {
  type: () => domainRule.type,
  configure: () => undefined,
  transform: async (_: unknown, message: { readonly item: string }) => message.item !== '',
  close: async () => undefined,
}

const metadata = { properties: { owner: 'shop' }, tags: { '**.item': ['PUBLIC'] }, sensitive: [] }
const domainRule = { name: 'named', kind: 'CONDITION', mode: RuleMode.WRITE, type: 'ITEM_HAS_NAME', expr: 'item' }
const migrationRule = { name: 'rename', kind: 'TRANSFORM', mode: RuleMode.UPGRADE, type: 'JSONATA', expr: '$' }

for (const language of orderSchemas)
  describe(language.type, () => {
    const name = language.type.toLowerCase()

    for (const [framing, conf] of [
      ['in front of the value', {}],
      ['in a header, by guid', { schemaIdSerializer: HeaderSchemaIdSerializer }],
    ] as const)
      test(`a contract with references and rules is kept, its schema named ${framing}`, async () => {
        const topic = `${name}_${Object.keys(conf).length}`
        await registerContract(topic, language)
        const serialize = serializers[language.type]({ useLatestVersion: true, autoRegisterSchemas: false, ...conf })
        await expect(serialize.serialize(topic, asValue(language, { ...orders[0], item: '' }), {} as never)).rejects.toThrow('named')
        await produce(topic, serialize, language)
        await expectInTables(topic)
        await expectFraming(topic, Object.keys(conf).length > 0)
        expect(await deserialized(topic, language)).toEqual(orders)
      })
  })

test('a Protobuf serializer registers what its message imports', async () => {
  const topic = 'protobuf_imports'
  const language = orderSchemas.find(({ type }) => type === 'PROTOBUF') as OrderSchemas
  await produce(topic, serializers.PROTOBUF({ autoRegisterSchemas: true }), language)
  expect(await inspector.getLatestSchemaMetadata(`${topic}-value`)).toMatchObject({
    references: [{ name: 'money.proto', subject: 'money.proto', version: 1 }],
  })
  await expectInTables(topic)
  expect(await deserialized(topic, language)).toEqual(orders)
})

/** Registers money and an order, and checks that everything that was given is given back. */
async function registerContract(topic: string, { type, money, order, reference }: OrderSchemas): Promise<void> {
  const subject = `${topic}-money`
  await inspector.register(subject, { schemaType: type, schema: money })
  const contract: SchemaInfo = {
    schemaType: type,
    schema: order,
    references: [{ name: reference, subject, version: 1 }],
    metadata: metadata as never,
    ruleSet: { domainRules: [domainRule], migrationRules: [migrationRule] },
  }
  const id = await inspector.register(`${topic}-value`, contract)
  const { references, ruleSet } = contract
  const kept = { references, metadata: { properties: metadata.properties, tags: metadata.tags } }
  const asLatest = await inspector.getLatestSchemaMetadata(`${topic}-value`, 'serialized')
  for (const found of [asLatest, await inspector.getBySubjectAndId(`${topic}-value`, id)]) {
    expect(found).toMatchObject(kept)
    expect(found.ruleSet?.domainRules).toMatchObject(ruleSet?.domainRules ?? [])
    expect(found.ruleSet?.migrationRules).toMatchObject(ruleSet?.migrationRules ?? [])
  }
}

function asValue({ type }: OrderSchemas, order: object): object {
  return type === 'PROTOBUF' ? newMessage(orderType, order) : order
}

async function produce(topic: string, serializer: Serializer, language: OrderSchemas): Promise<void> {
  const producer = kafkajs(server.kafka).producer({ allowAutoTopicCreation: true })
  await producer.connect()
  try {
    for (const order of orders) {
      const headers: { [name: string]: Buffer } = {}
      const value = await serializer.serialize(topic, asValue(language, order), headers as never)
      await producer.send({ topic, messages: [{ value, headers }] })
    }
  } finally {
    await producer.disconnect()
  }
}

async function expectInTables(topic: string): Promise<void> {
  await flushTable(server.http, topic)
  for (const read of [icebergRows, deltaRows, icebirdRows])
    expect((await read(server.dataDir, topic)).toSorted(byOffset).map(valueColumns), read.name).toEqual(orderRows)
}

async function expectFraming(topic: string, isInHeader: boolean): Promise<void> {
  const { guid = '', id } = await inspector.getLatestSchemaMetadata(`${topic}-value`)
  for (const { headers, value } of await kafkajsFetch(server.kafka, { topic })) {
    if (!isInHeader) expect([headers, Buffer.from(value ?? []).readInt32BE(1)]).toEqual([[], id])
    const named = headers.map(([name, bytes]) => [
      name,
      Buffer.from(bytes ?? [])
        .toString('hex')
        .slice(0, 34),
    ])
    if (isInHeader) expect(named).toEqual([['__value_schema_id', `01${guid.replaceAll('-', '')}`]])
  }
}

async function deserialized(topic: string, { type }: OrderSchemas): Promise<unknown[]> {
  const deserializer = deserializers[type]()
  const records = await kafkajsFetch(server.kafka, { topic })
  const values = records.map(({ value, headers }) =>
    deserializer.deserialize(topic, Buffer.from(value ?? []), Object.fromEntries(headers) as never),
  )
  return (await Promise.all(values)).map(plain)
}

/** Without the classes and the type names of the deserializers. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, member: unknown) => (name === '$typeName' ? undefined : member)))
}
