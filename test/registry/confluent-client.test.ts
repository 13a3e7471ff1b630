import {
  AvroDeserializer,
  AvroSerializer,
  Compatibility,
  HeaderSchemaIdSerializer,
  JsonDeserializer,
  JsonSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  RuleMode,
  SchemaRegistryClient,
  SerdeType,
} from '@confluentinc/schemaregistry'
import { create, createFileRegistry, createMutableRegistry, fromJson, type DescMessage } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, timestampFromMs, TimestampSchema } from '@bufbuild/protobuf/wkt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { messageType, newMessage } from '../support/protobuf-messages.ts'
import { startRegistry, type RegistryServer } from './registry-server.ts'

/** Confluent's own client and serializers, against our registry alone. */
let server: RegistryServer
let client: SchemaRegistryClient

beforeAll(async () => {
  server = await startRegistry()
  // Caches of the client would answer what the registry should.
  client = new SchemaRegistryClient({ baseURLs: [server.url], cacheCapacity: 1, cacheLatestTtlSecs: 0 })
})

afterAll(() => server.close())

const avro = (type: unknown): string => JSON.stringify(type)
const money = { type: 'record', name: 'Money', namespace: 'shop', fields: [{ name: 'cents', type: 'long' }] }
const order = {
  type: 'record',
  name: 'Order',
  namespace: 'shop',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'price', type: 'shop.Money' },
  ],
}

describe('the client', () => {
  test('registers, looks up, lists and deletes', async () => {
    const schema = { schemaType: 'AVRO', schema: avro('string') }
    const { id = 0, version, guid } = await client.registerFullResponse('c1', schema)
    expect({ version, guid }).toEqual({ version: 1, guid: '095d71cf-1255-6b9d-5e33-0ad575b3df5d' })
    expect(await client.getId('c1', schema)).toBe(id)
    expect(await client.getVersion('c1', schema)).toBe(1)
    expect(await client.getBySubjectAndId('c1', id)).toMatchObject({ schema: '"string"', schemaType: 'AVRO' })
    expect(await client.getByGuid(guid ?? '')).toMatchObject({ schema: '"string"' })
    expect(await client.getAllVersions('c1')).toEqual([1])
    expect(await client.getAllSubjects()).toContain('c1')
    expect(await client.getLatestSchemaMetadata('c1')).toMatchObject({ subject: 'c1', version: 1, id })
    expect(await client.deleteSubjectVersion('c1', 1)).toBe(1)
    expect(await client.getSchemaMetadata('c1', 1, true)).toMatchObject({ version: 1 })
    expect(await client.deleteSubject('c1', true)).toEqual([1])
    client.clearLatestCaches()
    await expect(client.getLatestSchemaMetadata('c1')).rejects.toMatchObject({ status: 404, errorCode: 40_401 })
  })

  test('asks for compatibility and sets it', async () => {
    await client.register('c2', { schemaType: 'AVRO', schema: avro('int') })
    expect(await client.testCompatibility('c2', 1, { schemaType: 'AVRO', schema: avro('long') })).toBe(true)
    expect(await client.testSubjectCompatibility('c2', { schemaType: 'AVRO', schema: avro('string') })).toBe(false)
    expect(await client.updateCompatibility('c2', Compatibility.FULL_TRANSITIVE)).toBe(Compatibility.FULL_TRANSITIVE)
    expect(await client.getCompatibility('c2')).toBe(Compatibility.FULL_TRANSITIVE)
    await client.updateConfig('c2', { compatibilityLevel: Compatibility.NONE, normalize: true })
    expect(await client.getConfig('c2')).toMatchObject({ compatibilityLevel: 'NONE', normalize: true })
    expect(await client.getDefaultCompatibility()).toBe(Compatibility.BACKWARD)
    await expect(client.register('c2', { schemaType: 'AVRO', schema: '{' })).rejects.toMatchObject({ status: 422, errorCode: 42_201 })
  })

  test('subjects of any characters', async () => {
    for (const subject of ['a/b', 'a b', '100%', 'ümlaut', 'a?b#c', ':.ctx:inner', 'x'.repeat(500)]) {
      await client.register(subject, { schemaType: 'AVRO', schema: avro('string') })
      expect(await client.getLatestSchemaMetadata(subject)).toMatchObject({ subject, version: 1 })
    }
  })

  test('finds the latest version by its metadata', async () => {
    for (const [major, type] of [
      ['1', 'int'],
      ['2', 'long'],
    ] as const)
      await client.register('c3', { schemaType: 'AVRO', schema: avro(type), metadata: { properties: { major } } })
    expect(await client.getLatestWithMetadata('c3', { major: '1' })).toMatchObject({ version: 1, schema: '"int"' })
  })
})

describe('Avro', () => {
  test('a schema with a reference, framed in front and in a header', async () => {
    await client.register('money', { schemaType: 'AVRO', schema: avro(money) })
    const references = [{ name: 'shop.Money', subject: 'money', version: 1 }]
    await client.register('avro-value', { schemaType: 'AVRO', schema: avro(order), references })
    const value = { id: 7, price: { cents: 250 } }
    for (const conf of [{}, { schemaIdSerializer: HeaderSchemaIdSerializer }]) {
      const headers: { [name: string]: Buffer } = {}
      const serializer = new AvroSerializer(client, SerdeType.VALUE, {
        useLatestVersion: true,
        autoRegisterSchemas: false,
        ...conf,
      } as never)
      const bytes = await serializer.serialize('avro', value, headers as never)
      expect(Object.keys(headers)).toEqual('schemaIdSerializer' in conf ? ['__value_schema_id'] : [])
      const read = await new AvroDeserializer(client, SerdeType.VALUE, {}).deserialize('avro', bytes, headers as never)
      expect(read).toEqual(value)
    }
  })

  test('rules are stored, and executed by the client that reads them back', async () => {
    const rule = { name: 'check', kind: 'CONDITION', mode: RuleMode.WRITE, type: 'NOBODY_EXECUTES_THIS' }
    const info = { schemaType: 'AVRO', schema: avro({ type: 'record', name: 'Ruled', fields: [{ name: 'a', type: 'int' }] }) }
    await client.register('ruled-value', { ...info, ruleSet: { domainRules: [rule] } })
    expect(await client.getLatestSchemaMetadata('ruled-value')).toMatchObject({ ruleSet: { domainRules: [{ ...rule, disabled: false }] } })
    const serializer = new AvroSerializer(client, SerdeType.VALUE, { useLatestVersion: true, autoRegisterSchemas: false })
    await expect(serializer.serialize('ruled', { a: 1 })).rejects.toThrow(/rule/i)
  })

  test('use.latest.with.metadata', async () => {
    const info = (fields: object[], major: string) => ({
      schemaType: 'AVRO',
      schema: avro({ type: 'record', name: 'M', fields }),
      metadata: { properties: { major } },
    })
    await client.register('major-value', info([{ name: 'a', type: 'int' }], '1'))
    await client.register(
      'major-value',
      info(
        [
          { name: 'a', type: 'int' },
          { name: 'b', type: 'int', default: 5 },
        ],
        '2',
      ),
    )
    const conf = { useLatestWithMetadata: { major: '1' }, autoRegisterSchemas: false }
    const bytes = await new AvroSerializer(client, SerdeType.VALUE, conf).serialize('major', { a: 1 })
    const first = await client.getSchemaMetadata('major-value', 1)
    expect(bytes.readInt32BE(1)).toBe(first.id)
  })
})

describe('JSON Schema', () => {
  test('a schema with a reference', async () => {
    const address = { type: 'object', properties: { zip: { type: 'string' } }, required: ['zip'] }
    const person = { type: 'object', properties: { home: { $ref: 'address.json' } }, required: ['home'] }
    await client.register('address', { schemaType: 'JSON', schema: JSON.stringify(address) })
    const references = [{ name: 'address.json', subject: 'address', version: 1 }]
    await client.register('json-value', { schemaType: 'JSON', schema: JSON.stringify(person), references })
    const conf = { useLatestVersion: true, autoRegisterSchemas: false, validate: true }
    const serializer = new JsonSerializer(client, SerdeType.VALUE, conf)
    const value = { home: { zip: '12345' } }
    const bytes = await serializer.serialize('json', value)
    expect(await new JsonDeserializer(client, SerdeType.VALUE, {}).deserialize('json', bytes)).toEqual(value)
    await expect(serializer.serialize('json', { home: {} })).rejects.toThrow()
  })
})

describe('Protobuf', () => {
  const moneyFile = {
    name: 'common/money.proto',
    package: 'common',
    syntax: 'proto3',
    messageType: [{ name: 'Money', field: [{ name: 'cents', number: 1, type: 'TYPE_INT64', label: 'LABEL_OPTIONAL', jsonName: 'cents' }] }],
  }
  const cartFile = {
    name: 'shop/cart.proto',
    package: 'shop',
    syntax: 'proto3',
    dependency: ['google/protobuf/timestamp.proto'],
    messageType: [
      { name: 'First' },
      {
        name: 'Cart',
        field: [
          { name: 'at', number: 1, type: 'TYPE_MESSAGE', typeName: '.google.protobuf.Timestamp', label: 'LABEL_OPTIONAL', jsonName: 'at' },
        ],
        nestedType: [
          { name: 'Line', field: [{ name: 'item', number: 1, type: 'TYPE_STRING', label: 'LABEL_OPTIONAL', jsonName: 'item' }] },
        ],
      },
    ],
  }

  async function roundTrip(topic: string, type: DescMessage, fields: object): Promise<unknown> {
    const conf = { registry: createMutableRegistry(type), autoRegisterSchemas: true }
    const bytes = await new ProtobufSerializer(client, SerdeType.VALUE, conf).serialize(topic, newMessage(type, fields))
    return new ProtobufDeserializer(client, SerdeType.VALUE, {}).deserialize(topic, bytes)
  }

  test('descriptors are registered and read back as such', async () => {
    expect(await roundTrip('money', messageType(moneyFile, 'common.Money'), { cents: 5n })).toMatchObject({ cents: 5n })
    expect(await client.getLatestSchemaMetadata('money-value')).toMatchObject({ schema: expect.stringContaining('message Money {') })
    const { id = 0 } = await client.getLatestSchemaMetadata('money-value')
    const { schema } = await client.getBySubjectAndId('money-value', id, 'serialized')
    expect(Buffer.from(schema, 'base64').toString('latin1')).toContain('Money')
  })

  test('a schema that imports another one', async () => {
    await client.register('common/money.proto', {
      schemaType: 'PROTOBUF',
      schema: 'syntax = "proto3"; package common; message Money { int64 cents = 1; }',
    })
    const references = [{ name: 'common/money.proto', subject: 'common/money.proto', version: 1 }]
    const text = 'syntax = "proto3"; package shop; import "common/money.proto"; message Bill { common.Money total = 1; }'
    await client.register('bill-value', { schemaType: 'PROTOBUF', schema: text, references })
    // No bytes are one message without its field, and the deserializer needs the import to know so.
    const id = (await client.getLatestSchemaMetadata('bill-value')).id ?? 0
    const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, id]), Buffer.from([0, 0x0a, 0x02, 0x08, 0x07])])
    const read = await new ProtobufDeserializer(client, SerdeType.VALUE, {}).deserialize('bill', framed)
    expect(read).toMatchObject({ total: { cents: 7n } })
  })

  test('what Protobuf itself brings needs no reference', async () => {
    const type = messageTypeWith(cartFile, 'shop.Cart')
    expect(await roundTrip('cart', type, { at: timestampFromMs(1000) })).toMatchObject({ at: { seconds: 1n } })
  })
})

/** As `messageType`, with the timestamp's file beside it. */
function messageTypeWith(file: object, name: string): DescMessage {
  const set = create(FileDescriptorSetSchema, { file: [TimestampSchema.file.proto, fromJson(FileDescriptorProtoSchema, file as never)] })
  const found = createFileRegistry(set).getMessage(name)
  if (!found) throw new Error(`the file has no message ${name}`)
  return found
}
