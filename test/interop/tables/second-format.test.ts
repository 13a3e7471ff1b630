import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushTable, registerSchema } from '../../support/registry-client.ts'
import { ForeignClient } from '../clients/foreign-client.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { pyiceberg, readers, type ReaderName } from './readers.ts'

const { python } = readToolchains()

describe.skipIf(python.kind === 'missing')('a second format that is switched on later', () => {
  let server: TestServer
  let tool: ToolProcess
  let client: ForeignClient

  beforeAll(async () => {
    server = await startTestServer()
    tool = ToolProcess.python(ready(python))
    client = new ForeignClient(tool, { prefix: 'kafka_client.', bootstrap: server.kafka })
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  test('Delta after Iceberg: both hold every record once, and a vacuum leaves them whole', async () => {
    await startTopic('grown', 'iceberg')
    await client.setConfig('grown', 'lake.formats', 'iceberg,delta')
    await produceAndFlush('grown', 20)
    await tool.call('delta_table.compact', { data_dir: server.dataDir, table: 'grown' })
    await tool.call('delta_table.vacuum', { data_dir: server.dataDir, table: 'grown' })
    await produceAndFlush('grown', 40)
    expect(await idsIn('grown', pyiceberg)).toEqual(idsBelow(60))
    expect(await idsIn('grown', 'delta-rs, by its own engine')).toEqual(idsBelow(60))
  })

  test('Iceberg beside Delta is refused, and Delta goes on', async () => {
    await startTopic('alone', 'delta')
    await expect(client.setConfig('alone', 'lake.formats', 'iceberg,delta')).rejects.toThrow('Iceberg cannot join topic alone')
    await produceAndFlush('alone', 20)
    expect(await idsIn('alone', 'delta-rs, by its own engine')).toEqual(idsBelow(40))
  })

  test('Iceberg in place of Delta begins with the whole log', async () => {
    await startTopic('moved', 'delta')
    await client.setConfig('moved', 'lake.formats', 'iceberg')
    await produceAndFlush('moved', 20)
    expect(await idsIn('moved', pyiceberg)).toEqual(idsBelow(40))
    expect(await idsIn('moved', 'delta-rs, by its own engine')).toEqual(idsBelow(20))
  })

  async function startTopic(topic: string, format: string): Promise<void> {
    const schema = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } })
    await registerSchema(server.http, `${topic}-value`, { schemaType: 'JSON', schema })
    await client.createTopic(topic, { configs: { 'lake.formats': format } })
    await produceAndFlush(topic, 0)
  }

  async function produceAndFlush(topic: string, idFirst: number): Promise<void> {
    const values = Array.from({ length: 20 }, (_, index) => ({ value: Buffer.from(JSON.stringify({ id: idFirst + index })) }))
    await client.produce(topic, values, { 'linger.ms': '20' })
    await flushTable(server.http, topic)
  }

  async function idsIn(table: string, reader: ReaderName): Promise<number[]> {
    const { rows } = await readers[reader]({ tool, dataDir: server.dataDir, table })
    return rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b)
  }
})

function idsBelow(end: number): number[] {
  return Array.from({ length: end }, (_, id) => id)
}
