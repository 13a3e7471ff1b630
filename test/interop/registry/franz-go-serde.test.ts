import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deltaRows, icebergRows, icebirdRows } from '../../support/lake-readers.ts'
import { byOffset, valueColumns } from '../../support/lake-rows.ts'
import { orderRows, orders, orderSchemas, type OrderSchemas } from '../../support/order-schemas.ts'
import { flushTable } from '../../support/registry-client.ts'
import { ForeignClient, type Delivery } from '../clients/foreign-client.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'

const { go } = readToolchains()
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

/**
 * Values that franz-go's Serde framed and Go's own libraries encoded (hamba/avro, protocompile), after the schema that
 * they found in the registry, references and all.
 */
describe.skipIf(go.kind === 'missing')("franz-go's Serde", () => {
  let server: TestServer
  let tool: ToolProcess
  let client: ForeignClient

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta'])
    tool = ToolProcess.go(ready(go))
    client = new ForeignClient(tool, { bootstrap: server.kafka })
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  const create = (subject: string, schema: object): Promise<{ id: number }> =>
    tool.call('registry', { registry: server.http, method: 'CreateSchema', subject, schema })

  async function register(topic: string, { type, money, order, reference }: OrderSchemas): Promise<number> {
    await create(`${topic}-money`, { schemaType: type, schema: money })
    const references = [{ name: reference, subject: `${topic}-money`, version: 1 }]
    return (await create(`${topic}-value`, { schemaType: type, schema: order, references })).id
  }

  for (const language of orderSchemas)
    describe(language.type, () => {
      const topic = `serde_${language.type.toLowerCase()}`

      test('values in batches of every codec, from an idempotent producer, stand in both tables and are read back', async () => {
        await register(topic, language)
        for (const [round, codec] of codecs.entries()) {
          const config = { 'compression.type': codec, 'enable.idempotence': 'true', 'linger.ms': '20' }
          const deliveries = await call<Delivery[]>('produce_serialized', { topic, orders, config })
          expect(deliveries, codec).toEqual(orders.map((_, index) => ({ partition: 0, offset: round * orders.length + index })))
        }
        await flushTable(server.http, topic)
        for (const read of [icebergRows, deltaRows, icebirdRows])
          expect((await read(server.dataDir, topic)).toSorted(byOffset).map(valueColumns), read.name).toEqual(
            codecs.flatMap(() => orderRows),
          )
        const count = codecs.length * orders.length
        expect(await call('read_serialized', { topic, count })).toEqual(codecs.flatMap(() => orders))
      })

      test('a value that does not fit is refused', async () => {
        const refusing = `${topic}_refused`
        const id = await register(refusing, language)
        const frame = Buffer.from([0, id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255])
        const value = Buffer.concat([frame, Buffer.from(language.badPayload, 'hex')])
        const [delivery] = await client.produce(refusing, [{ value }])
        expect(delivery?.error).toMatchObject({ name: 'INVALID_RECORD', isRetriable: false })
      })
    })

  function call<Result>(name: string, words: object): Promise<Result> {
    return tool.call(name, { bootstrap: server.kafka, registry: server.http, ...words })
  }
})
