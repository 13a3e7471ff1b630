import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { limits } from '../../src/shared/limits.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { icebergRows } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Log bytes go when they are old, but never before their rows are in the table. */
let server: InProcessServer
let client: WireClient
const mutableLimits = limits as { retentionIntervalMs: number }
const { retentionIntervalMs } = limits

beforeAll(async () => {
  mutableLimits.retentionIntervalMs = 10
  server = await startInProcess({ 'default-retention-ms': 0 })
  client = await WireClient.connect(server.kafka)
})

afterAll(async () => {
  mutableLimits.retentionIntervalMs = retentionIntervalMs
  client.close()
  await server.close()
})

const schema = { schemaType: 'JSON', schema: JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } }) }
const batch = (id: number): Uint8Array => buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from(`{"id":${id}}`) }] })

async function offsetsOf(topic: string): Promise<{ logStartOffset: number; nextOffset: number }> {
  const described = (await (await fetch(`${server.http}/v1/topics/${topic}`)).json()) as {
    offsets: { logStartOffset: number; nextOffset: number }[]
  }
  const [offsets] = described.offsets
  if (!offsets) throw new Error('the topic has no partition')
  return offsets
}

/** Of a topic that keeps nothing: when its offset moves, a pass over all topics is on its way. */
async function passesOfRetention(count: number): Promise<void> {
  await client.topic('canary')
  for (let pass = 0; pass < count; pass++) {
    await client.produce('canary', batch(pass))
    for (;;) {
      const { logStartOffset, nextOffset } = await offsetsOf('canary')
      if (logStartOffset === nextOffset) break
    }
  }
}

describe('a topic with a table', () => {
  test('keeps what its table lacks, and lets it go once it is there', async () => {
    await registerSchema(server.http, 'orders-value', schema)
    await client.topic('orders')
    await client.produce('orders', batch(1))
    await flushTable(server.http, 'orders')
    const table = join(server.dataDir, 'lake', 'default', 'orders')
    renameSync(table, `${table}.away`)
    writeFileSync(table, 'in the way of the lake')
    await client.produce('orders', batch(2))
    await passesOfRetention(3)
    expect(await offsetsOf('orders')).toMatchObject({ logStartOffset: 1, nextOffset: 2 })
    rmSync(table)
    renameSync(`${table}.away`, table)
    await flushTable(server.http, 'orders')
    await passesOfRetention(2)
    expect(await offsetsOf('orders')).toMatchObject({ logStartOffset: 2, nextOffset: 2 })
    expect((await icebergRows(server.dataDir, 'orders')).map(({ id }) => String(id)).toSorted()).toEqual(['1', '2'])
  })
})

test('a topic whose table starts late takes what the log still has, and says nothing of what is gone', async () => {
  await client.topic('late')
  await client.produce('late', batch(1))
  await passesOfRetention(2)
  expect(await offsetsOf('late')).toMatchObject({ logStartOffset: 1 })
  await registerSchema(server.http, 'late-value', schema)
  await client.produce('late', batch(2))
  await flushTable(server.http, 'late')
  expect((await icebergRows(server.dataDir, 'late')).map(({ id, _kafka_offset }) => [id, _kafka_offset])).toEqual([[2n, 1n]])
})
