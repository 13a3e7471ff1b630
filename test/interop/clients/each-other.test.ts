import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { javaClientVersions } from '../toolchains/java.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { ForeignClient } from './foreign-client.ts'
import { expectRecords, oddRecords } from './odd-records.ts'

const { python, java } = readToolchains()

/** The log keeps a producer's bytes as they are, so each client must read what the other compressed. */
describe.skipIf(python.kind === 'missing' || java.kind === 'missing')('librdkafka and the Java client read each other', () => {
  let server: TestServer
  let clients: { readonly librdkafka: ForeignClient; readonly java: ForeignClient }

  beforeAll(async () => {
    server = await startTestServer()
    clients = {
      librdkafka: new ForeignClient(ToolProcess.python(ready(python)), { prefix: 'kafka_client.', bootstrap: server.kafka }),
      java: new ForeignClient(ToolProcess.java(ready(java), javaClientVersions[0]), { bootstrap: server.kafka }),
    }
  })
  afterAll(async () => {
    await Promise.all(Object.values(clients ?? {}).map((client) => client.stop()))
    await server?.close()
  })

  for (const [producer, consumer] of [['librdkafka', 'java'] as const, ['java', 'librdkafka'] as const])
    for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      test(`${codec}, from ${producer} to ${consumer}`, async () => {
        const topic = `${producer}-${codec}`
        await clients[producer].createTopic(topic)
        await clients[producer].produce(topic, oddRecords, { 'compression.type': codec, 'linger.ms': '20' })
        expectRecords(await clients[consumer].consume(topic, { count: oddRecords.length }), oddRecords)
      })
})
