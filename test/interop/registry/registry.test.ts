import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushTable, registerSchema } from '../../support/registry-client.ts'
import type { Value } from '../support/notation.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { pyiceberg, readers } from '../tables/readers.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'

const { python } = readToolchains()

const avro = (...fields: string[]): string =>
  JSON.stringify({ type: 'record', name: 'Order', fields: fields.map((name) => ({ name, type: ['null', 'long'], default: null })) })

describe.skipIf(python.kind === 'missing')("the registry, by Confluent's client for Python", () => {
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer()
    tool = ToolProcess.python(ready(python))
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  const ask = (method: string, ...words: unknown[]): Promise<unknown> =>
    tool.call('registry_client.ask', { registry: server.http, method, arguments: words })

  test('registers, looks up and lists', async () => {
    const first = { schema: avro('id'), type: 'AVRO' }
    const second = { schema: avro('id', 'size'), type: 'AVRO' }
    const id = await ask('register_schema', 'orders-value', first)
    expect(await ask('register_schema', 'orders-value', first)).toBe(id)
    await ask('register_schema', 'orders-value', second)
    expect(await ask('get_subjects')).toEqual(['orders-value'])
    expect(await ask('get_versions', 'orders-value')).toEqual([1, 2])
    expect(await ask('get_schema', id)).toMatchObject({ type: 'AVRO' })
    expect(await ask('get_latest_version', 'orders-value')).toMatchObject({ subject: 'orders-value', version: 2 })
    expect(await ask('get_version', 'orders-value', 1)).toMatchObject({ id, version: 1 })
    expect(await ask('lookup_schema', 'orders-value', first)).toMatchObject({ id, version: 1 })
  })

  test('answers what is not there with the codes that clients know', async () => {
    expect(await ask('get_schema', 4711)).toEqual({ error: 40403 })
    expect(await ask('get_latest_version', 'absent')).toEqual({ error: 40401 })
    expect(await ask('get_version', 'orders-value', 99)).toEqual({ error: 40402 })
    expect(await ask('lookup_schema', 'orders-value', { schema: avro('other'), type: 'AVRO' })).toEqual({ error: 40403 })
    expect(await ask('register_schema', 'broken-value', { schema: '{', type: 'AVRO' })).toEqual({ error: 42201 })
  })

  test('keeps compatibility levels', async () => {
    expect(await ask('get_compatibility', null)).toBe('BACKWARD')
    await ask('set_compatibility', 'orders-value', 'FULL')
    expect(await ask('get_compatibility', 'orders-value')).toBe('FULL')
  })

  const languages: { readonly [language: string]: { readonly schema: string; readonly value: Value } } = {
    AVRO: { schema: avro('id'), value: { id: 7 } },
    JSON: { schema: JSON.stringify({ title: 'Order', type: 'object', properties: { id: { type: 'integer' } } }), value: { id: 7 } },
    PROTOBUF: { schema: 'syntax = "proto3";\nmessage Order {\n  int64 id = 1;\n}\n', value: { id: 7 } },
  }
  for (const [language, { schema, value }] of Object.entries(languages))
    test(`a serializer in ${language} that may not register takes the latest version`, async () => {
      const topic = `latest_${language.toLowerCase()}`
      await registerSchema(server.http, `${topic}-value`, { schemaType: language, schema })
      const config = { 'auto.register.schemas': false, 'use.latest.version': true }
      await produce({ topic, language, schema, config, values: [value] })
      expect(await rowsOf(topic)).toMatchObject([{ id: 7 }])
    })

  test('a Protobuf serializer registers what its schema imports', async () => {
    const imports = { 'common/money.proto': 'syntax = "proto3";\npackage common;\nmessage Money {\n  int64 units = 1;\n}\n' }
    const schema = 'syntax = "proto3";\nimport "common/money.proto";\nmessage Order {\n  common.Money price = 1;\n}\n'
    await produce({ topic: 'priced', language: 'PROTOBUF', schema, imports, values: [{ price: { units: '5' } }] })
    expect(await ask('get_latest_version', 'priced-value')).toMatchObject({
      references: [{ name: 'common/money.proto', subject: 'common/money.proto', version: 1 }],
    })
    expect(await rowsOf('priced')).toMatchObject([{ price: { units: 5 } }])
  })

  async function produce({
    values,
    ...words
  }: {
    readonly topic: string
    readonly values: readonly Value[]
    readonly [word: string]: unknown
  }): Promise<void> {
    const records = values.map((value) => ({ value, key: null, partition: 0, timestampMs: 1, headers: [] }))
    const deliveries = await tool.call<{ error?: unknown }[]>('serializers.produce', {
      bootstrap: server.kafka,
      registry: server.http,
      records,
      ...words,
    })
    expect(deliveries.map(({ error }) => error)).toEqual(values.map(() => undefined))
  }

  async function rowsOf(table: string): Promise<unknown> {
    await flushTable(server.http, table)
    return (await readers[pyiceberg]({ tool, dataDir: server.dataDir, table })).rows
  }
})
