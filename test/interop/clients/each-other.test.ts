import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains } from '../toolchains/toolchain.ts'
import { ForeignClient } from './foreign-client.ts'
import { expectRecords, oddRecords } from './odd-records.ts'

const { python, java } = readToolchains()

/** The log keeps a producer's bytes as they are, so each client must read what the other compressed. */
describe.skipIf(python.kind === 'missing' || java.kind === 'missing')('librdkafka and the Java client read each other', () => {
  if (python.kind === 'missing' || java.kind === 'missing') return
  let server: TestServer
  let clients: { readonly librdkafka: ForeignClient; readonly java: ForeignClient }

  beforeAll(async () => {
    server = await startTestServer()
    const [client] = java.clients
    if (!client) throw new Error('no Java client was built')
    clients = {
      librdkafka: new ForeignClient(ToolProcess.python(python), { prefix: 'kafka_client.', bootstrap: server.kafka }),
      java: new ForeignClient(ToolProcess.java(java, client), { bootstrap: server.kafka }),
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
