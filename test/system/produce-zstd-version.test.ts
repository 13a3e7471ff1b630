import { expect, test } from 'vitest'
import { createHeadgate } from '../../src/index.ts'
import { kafkaErrors } from '../../src/protocol/errors.ts'
import { produce } from '../../src/protocol/messages/produce.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { withDirectory } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

test('zstd is refused before Produce v7, whose readers do not know it, and taken from then on', () =>
  withDirectory(async (dataDir) => {
    const headgate = await createHeadgate({ 'data-dir': dataDir, kafka: '127.0.0.1:0', http: '127.0.0.1:0' })
    const client = await WireClient.connect(`${headgate.kafka.host}:${headgate.kafka.port}`)
    try {
      await fetch(`http://${headgate.http.host}:${headgate.http.port}/v1/topics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'notes' }),
      })
      const records = buildBatch({ compression: 'zstd', records: [{ key: null, value: Buffer.from('x'), timestampMs: 1n }] })
      const request = { acks: -1, timeoutMs: 1_000, topicData: [{ name: 'notes', partitionData: [{ index: 0, records }] }] }
      const codeOf = async (version: number): Promise<number | undefined> =>
        (await client.call(produce, version, request)).responses[0]?.partitionResponses[0]?.errorCode
      expect(await codeOf(6)).toBe(kafkaErrors.UNSUPPORTED_COMPRESSION_TYPE.code)
      expect(await codeOf(7)).toBe(kafkaErrors.NONE.code)
    } finally {
      client.close()
      await headgate.close()
    }
  }))
