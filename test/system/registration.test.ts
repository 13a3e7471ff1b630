import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHeadgate } from '../../src/index.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { icebergRows } from '../support/lake-readers.ts'
import { flushTable } from '../support/registry-client.ts'
import { withDirectory } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

/** What may be registered, over HTTP and from a folder: a schema that is accepted is one whose records a table can hold. */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess()
})

afterAll(() => server.close())

async function register(
  subject: string,
  schemaType: string,
  schema: unknown,
): Promise<{ status: number; error_code?: number; message?: string; id?: number }> {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema)
  const response = await fetch(`${server.http}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType, schema: text }),
  })
  return { status: response.status, ...((await response.json()) as object) }
}

const avroRecord = (...fields: object[]): object => ({ type: 'record', name: 'R', fields })

describe('a construct that no table can hold yet is refused by name', () => {
  for (const [what, schemaType, schema, named] of [
    ['a union of several branches', 'AVRO', avroRecord({ name: 'u', type: ['null', 'long', 'string'] }), /union.*\$?\.?u|u.*union/],
    ['a record inside itself', 'AVRO', avroRecord({ name: 'next', type: ['null', 'R'] }), /recurs|inside itself|contains itself/],
    ['a message inside itself', 'PROTOBUF', 'syntax = "proto3"; message R { R next = 1; }', /recurs|inside itself|contains itself/],
    ['a schema inside itself', 'JSON', { type: 'object', properties: { next: { $ref: '#' } } }, /recurs|inside itself|contains itself/],
    [
      'alternatives of different types',
      'JSON',
      { type: 'object', properties: { u: { oneOf: [{ type: 'integer' }, { type: 'string' }] } } },
      /\bu\b/,
    ],
    ['a name of a metadata column', 'AVRO', avroRecord({ name: '_kafka_offset', type: 'long' }), /_kafka_offset/],
  ] as const)
    test(`${what}, in ${schemaType}`, async () => {
      const answer = await register('refused-value', schemaType, schema)
      expect(answer).toMatchObject({ status: 422, error_code: 42_201 })
      expect(answer.message).toMatch(named)
      expect((await fetch(`${server.http}/subjects/refused-value/versions`)).status, 'nothing was registered').toBe(404)
    })

  test('but may be registered where no table comes of it', async () => {
    expect(await register('some-type', 'AVRO', avroRecord({ name: 'u', type: ['null', 'long', 'string'] }))).toMatchObject({ status: 200 })
  })
})

describe('what is no schema is refused with where and why', () => {
  for (const [schemaType, schema, named] of [
    ['AVRO', { type: 'record', name: 'R', fields: [{ name: 'a', type: 'lang' }] }, /lang/],
    ['AVRO', '{', /./],
    ['JSON', { type: 'objekt' }, /type/],
    ['JSON', '[1', /./],
    ['PROTOBUF', 'syntax = "proto3"; message R { int46 a = 1; }', /int46/],
    ['PROTOBUF', 'message R { required int32 a = 1; required int32 b = 1; }', /./],
    ['THRIFT', 'struct R {}', /THRIFT/],
  ] as const)
    test(`${schemaType}: ${JSON.stringify(schema).slice(0, 40)}`, async () => {
      const answer = await register('broken-value', schemaType, schema)
      expect(answer).toMatchObject({ status: 422, error_code: 42_201, message: expect.stringMatching(named) })
    })
})

describe('a second version with another column', () => {
  const grown = avroRecord({ name: 'a', type: 'long' }, { name: 'b', type: ['null', 'string'], default: null })

  test('is taken while the topic has no table', async () => {
    expect(await register('free-value', 'AVRO', avroRecord({ name: 'a', type: 'long' }))).toMatchObject({ status: 200 })
    expect(await register('free-value', 'AVRO', grown)).toMatchObject({ status: 200 })
  })

  test('is refused with the column once it has one, and the first one stands', async () => {
    expect(await register('grown-value', 'AVRO', avroRecord({ name: 'a', type: 'long' }))).toMatchObject({ status: 200 })
    await createTopic('grown')
    expect(await register('grown-value', 'AVRO', grown)).toMatchObject({
      status: 409,
      error_code: 409,
      message: expect.stringContaining('+ b string'),
    })
    expect(await (await fetch(`${server.http}/subjects/grown-value/versions`)).json()).toEqual([1])
  })
})

async function createTopic(name: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${server.http}/v1/topics`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  expect(response.status).toBe(201)
}

describe('the folder of schemas', () => {
  const files: { readonly [path: string]: string } = {
    'clicks.avsc': JSON.stringify(avroRecord({ name: 'id', type: 'long' })),
    'orders.json': JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }),
    'rides/value.proto': 'syntax = "proto3"; message Ride { int64 id = 1; }',
    'rides/key.avsc': JSON.stringify('string'),
    'README.md': 'not a schema',
  }

  function writeAll(folder: string, contents: { readonly [path: string]: string }): void {
    for (const [path, text] of Object.entries(contents)) {
      mkdirSync(join(folder, path, '..'), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }

  const start = (dataDir: string, schemas: string) =>
    createHeadgate({ 'data-dir': dataDir, schemas, kafka: '127.0.0.1:0', http: '127.0.0.1:0', lanes: 1 })

  test('is registered at start, in all three languages, and again changes nothing', async () => {
    await withDirectory(async (directory) => {
      const folder = join(directory, 'schemas')
      writeAll(folder, files)
      for (const round of ['first start', 'second start']) {
        const headgate = await start(directory, folder)
        const http = `http://127.0.0.1:${headgate.http.port}`
        expect(await (await fetch(`${http}/subjects`)).json(), round).toEqual(['clicks-value', 'orders-value', 'rides-key', 'rides-value'])
        for (const subject of ['clicks-value', 'orders-value', 'rides-value'])
          expect(await (await fetch(`${http}/subjects/${subject}/versions`)).json(), round).toEqual([1])
        await headgate.close()
      }
    })
  })

  test('judges the first record of a topic that nobody created before', async () => {
    await withDirectory(async (directory) => {
      const folder = join(directory, 'schemas')
      writeAll(folder, files)
      const headgate = await start(directory, folder)
      const client = await WireClient.connect(`127.0.0.1:${headgate.kafka.port}`)
      await client.topic('orders')
      const batch = (value: string): Uint8Array => buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from(value) }] })
      expect(await client.produce('orders', batch('{"id":"one"}'))).toMatchObject({ errorCode: 87 })
      expect(await client.produce('orders', batch('{"id":1}'))).toMatchObject({ errorCode: 0 })
      client.close()
      await flushTable(`http://127.0.0.1:${headgate.http.port}`, 'orders')
      expect(await icebergRows(directory, 'orders')).toMatchObject([{ id: 1n }])
      await headgate.close()
    })
  })

  for (const [what, contents, message] of [
    ['a file that is no schema', { 'broken.avsc': '{' }, /broken\.avsc/],
    [
      'a schema that no table can hold',
      { 'unions.avsc': JSON.stringify(avroRecord({ name: 'u', type: ['long', 'string'] })) },
      /unions\.avsc.*u/,
    ],
    [
      'two files for one topic',
      { 'twice.avsc': '"string"', 'twice/value.avsc': '"string"' },
      /twice\.avsc.*twice\/value\.avsc|twice\/value\.avsc.*twice\.avsc/,
    ],
  ] as const)
    test(`stops the start at ${what}, names it, and leaves the directory free`, async () => {
      await withDirectory(async (directory) => {
        const folder = join(directory, 'schemas')
        writeAll(folder, contents)
        await expect(start(directory, folder)).rejects.toThrow(message)
        rmSync(folder, { recursive: true })
        const headgate = await start(directory, folder)
        await headgate.close()
      })
    })
})
