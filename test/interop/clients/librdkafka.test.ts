import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registerSchema } from '../../support/registry-client.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { clientSuite } from './client-suite.ts'
import { ForeignClient } from './foreign-client.ts'
import { oddRecords } from './odd-records.ts'

const { python } = readToolchains()

describe.skipIf(python.kind === 'missing')('librdkafka', () => {
  clientSuite(({ kafka }) => new ForeignClient(ToolProcess.python(ready(python)), { prefix: 'kafka_client.', bootstrap: kafka }), {
    showsRecordErrors: false,
    largestRequestSetting: 'message.max.bytes',
    neighbourError: '_INVALID_DIFFERENT_RECORD',
    oddRecords,
    groupRefusal: 'consumer groups are not served',
  })
})

describe.skipIf(python.kind === 'missing')("librdkafka's own interface", () => {
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

  test('tells of each refused record where it is wrong and why', async () => {
    const schema = JSON.stringify({ type: 'object', properties: { size: { type: 'integer' } }, required: ['size'] })
    await registerSchema(server.http, 'judged-value', { schemaType: 'JSON', schema })
    const values = ['{"size":1}', '{"size":"12k"}', '{}']
    const words = await tool.call<(string | null)[]>('librdkafka_errors.refusals', { bootstrap: server.kafka, topic: 'judged', values })
    expect(words[1]).toBe('record 1: $.size: expected integer, got string "12k"')
    expect(words[2]).toMatch(/^record 2: \$.*size/)
  })
})
