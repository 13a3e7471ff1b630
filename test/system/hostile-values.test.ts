import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { batchField, computedCrc } from '../../src/protocol/records/batch.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { compressionTypes } from '../../src/protocol/records/compression.ts'
import { bombs } from '../lanes/bombs.ts'
import { registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'
import { allowLargeBatches, hostileServer } from './hostile/hostile-server.ts'

/** Batches and values that are small on the wire and huge, deep or slow when they are read. */
const server = hostileServer()

describe('zip bombs', () => {
  for (const [codec, bomb] of Object.entries(bombs))
    test(`in ${codec}, again and again, are refused`, async () => {
      const client = await WireClient.connect(server.kafka)
      await client.topic('bombs')
      const batch = batchWithRecords(bomb(), compressionTypes.indexOf(codec as 'gzip'))
      const answers = await Promise.all(Array.from({ length: 8 }, () => client.produce('bombs', batch)))
      for (const { errorCode, errorMessage } of answers) {
        expect([2, 10, 87]).toContain(errorCode)
        expect(errorMessage).toMatch(/\w/)
      }
      client.close()
    })
})

/** A batch whose header is right and whose records are these bytes. */
function batchWithRecords(records: Uint8Array, codec: number): Buffer {
  const header = buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from('v') }] }).subarray(0, 61)
  const batch = Buffer.concat([header, records])
  batch.writeInt32BE(batch.byteLength - 12, batchField.batchLength)
  batch.writeInt16BE(codec, batchField.attributes)
  batch.writeUInt32BE(computedCrc(batch), batchField.crc)
  return batch
}

describe('values', () => {
  let client: WireClient

  beforeAll(async () => {
    client = await WireClient.connect(server.kafka)
  })

  afterAll(() => client.close())

  const avro = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'items', type: { type: 'array', items: 'long' } },
      { name: 'nothings', type: { type: 'array', items: 'null' } },
    ],
  }
  const zigzag = (value: bigint): number[] => {
    const bytes = []
    let rest = value * 2n
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
    return [...bytes, Number(rest)]
  }

  async function refusal(topic: string, value: Uint8Array): Promise<string | null | undefined> {
    const { errorCode, errorMessage, recordErrors } = await client.produce(topic, buildBatch({ records: [{ timestampMs: 5n, value }] }))
    expect([errorCode, recordErrors.length], errorMessage ?? '').toEqual([87, 1])
    return recordErrors[0]?.batchIndexErrorMessage
  }

  for (const [what, payload] of [
    ['longs', [...zigzag(2n ** 40n), 2, 2]],
    ['nulls, which take no bytes', [0, ...zigzag(2n ** 40n), 0]],
  ] as const)
    test(`an Avro array that declares 2^40 ${what} is refused`, async () => {
      const schemaId = await registerSchema(server.http, 'arrays-value', { schema: JSON.stringify(avro) })
      await client.topic('arrays')
      const prefix = Buffer.alloc(5)
      prefix.writeInt32BE(schemaId, 1)
      expect(await refusal('arrays', Buffer.concat([prefix, Buffer.from(payload)]))).toMatch(/^record 0: \$\./)
    })

  for (const [what, text] of [
    ['arrays', '['.repeat(1_000_000)],
    ['closed arrays', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`],
    ['objects', '{"a":'.repeat(1_000_000)],
  ] as const)
    test(`JSON of ${what} nested a million deep is refused`, async () => {
      await registerSchema(server.http, 'deep-value', { schemaType: 'JSON', schema: '{"type":"object","properties":{"a":{}}}' })
      await client.topic('deep')
      await allowLargeBatches(client, 'deep')
      expect(await refusal('deep', Buffer.from(text))).toMatch(/^record 0: /)
      expect(await refusal('deep', Buffer.from(`{"a":${text}}`))).toMatch(/^record 0: /)
    })

  test('a pattern that backtracks for ever elsewhere is judged in no time', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'string', pattern: '^(a+)+$' }, b: { type: 'string', pattern: '^([a-zA-Z]+)*$' } },
    }
    await registerSchema(server.http, 'patterns-value', { schemaType: 'JSON', schema: JSON.stringify(schema) })
    await client.topic('patterns')
    for (const member of ['a', 'b'])
      expect(await refusal('patterns', Buffer.from(JSON.stringify({ [member]: `${'a'.repeat(100_000)}!` })))).toContain(
        'does not match the pattern',
      )
  })
})
