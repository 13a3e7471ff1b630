import { afterAll, beforeAll, describe, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { javaClientVersions } from '../toolchains/java.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { ForeignClient } from './foreign-client.ts'
import { expectRecords, oddRecordsBefore2262 as records } from './odd-records.ts'

const { python, java, go } = readToolchains()

const clients = {
  librdkafka: {
    toolchain: python,
    open: (bootstrap: string) => new ForeignClient(ToolProcess.python(ready(python)), { prefix: 'kafka_client.', bootstrap }),
  },
  java: {
    toolchain: java,
    open: (bootstrap: string) => new ForeignClient(ToolProcess.java(ready(java), javaClientVersions[0]), { bootstrap }),
  },
  'franz-go': {
    toolchain: go,
    open: (bootstrap: string) => new ForeignClient(ToolProcess.go(ready(go)), { bootstrap }),
  },
}
type ClientName = keyof typeof clients

/** The log keeps a producer's bytes as they are, so each client must read what the others compressed. */
describe('clients of different languages read each other', () => {
  let server: TestServer
  const opened = new Map<ClientName, ForeignClient>()

  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await Promise.all([...opened.values()].map((client) => client.stop()))
    await server?.close()
  })

  /** Each is started by the first test that needs it. */
  function client(name: ClientName): ForeignClient {
    const known = opened.get(name) ?? clients[name].open(server.kafka)
    opened.set(name, known)
    return known
  }

  const names = Object.keys(clients) as ClientName[]
  for (const producer of names)
    for (const consumer of names.filter((name) => name !== producer)) {
      const isMissing = [producer, consumer].some((name) => clients[name].toolchain.kind === 'missing')
      for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd'])
        test.skipIf(isMissing)(`${codec}, from ${producer} to ${consumer}`, async () => {
          const topic = `${producer}-${consumer}-${codec}`
          await client(producer).createTopic(topic)
          await client(producer).produce(topic, records, { 'compression.type': codec, 'linger.ms': '20' })
          expectRecords(await client(consumer).consume(topic, { count: records.length }), records)
        })
    }
})
