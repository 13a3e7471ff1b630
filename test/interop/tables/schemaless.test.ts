import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flushTable } from '../../support/registry-client.ts'
import { ForeignClient } from '../clients/foreign-client.ts'
import { bytes } from '../support/notation.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { readers, sortRows } from './readers.ts'

const { python } = readToolchains()

describe.skipIf(python.kind === 'missing')('a topic without a schema', () => {
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer()
    tool = ToolProcess.python(ready(python))
    const client = new ForeignClient(tool, { prefix: 'kafka_client.', bootstrap: server.kafka })
    await client.createTopic('Raw-Bytes', {
      configs: { 'lake.enable': 'true', 'lake.formats': 'iceberg,delta', 'lake.partition.by': 'none' },
    })
    await client.produce('Raw-Bytes', [
      { key: Buffer.from([0, 255]), value: Buffer.from('any bytes'), timestampMs: 1 },
      { key: null, value: null, timestampMs: 2 },
      { key: Buffer.alloc(0), value: Buffer.alloc(0), timestampMs: 3 },
    ])
    await flushTable(server.http, 'raw_bytes')
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  for (const [name, read] of Object.entries(readers))
    test(`${name} finds keys and values as bytes`, async () => {
      const { columns, rows } = await read({ tool, dataDir: server.dataDir, table: 'raw_bytes' })
      expect(columns).toMatchObject({ key: 'binary', value: 'binary', _kafka_partition: 'int', _kafka_offset: 'long' })
      expect(sortRows(rows).map(({ key, value }) => [key, value])).toEqual([
        [bytes('00ff'), bytes(Buffer.from('any bytes').toString('hex'))],
        [null, null],
        [bytes(''), bytes('')],
      ])
    })
})
