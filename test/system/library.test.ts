import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createHeadgate } from '../../src/index.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { icebergRows } from '../support/lake-readers.ts'
import { registerSchema } from '../support/registry-client.ts'
import { withDirectory } from '../support/server-process.ts'
import { WireClient } from '../support/wire-client.ts'

/** The server as a library, for tests of services that need one. */
const addresses = { kafka: '127.0.0.1:0', http: '127.0.0.1:0', lanes: 1 }

describe('createHeadgate', () => {
  test('starts a server that commits what it has when it is closed, and can be started again there', async () => {
    await withDirectory(async (dataDir) => {
      for (const id of [1, 2]) {
        const headgate = await createHeadgate({ 'data-dir': dataDir, schemas: join(dataDir, 'schemas'), ...addresses })
        const schema = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } } })
        await registerSchema(`http://127.0.0.1:${headgate.http.port}`, 'orders-value', { schemaType: 'JSON', schema })
        const client = await WireClient.connect(`127.0.0.1:${headgate.kafka.port}`)
        await client.topic('orders')
        await client.produce('orders', buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from(`{"id":${id}}`) }] }))
        client.close()
        await headgate.close()
      }
      expect((await icebergRows(dataDir, 'orders')).map(({ id }) => String(id)).toSorted()).toEqual(['1', '2'])
    })
  })

  test('runs several servers side by side', async () => {
    await withDirectory(async (one) => {
      await withDirectory(async (other) => {
        const servers = await Promise.all([one, other].map((dataDir) => createHeadgate({ 'data-dir': dataDir, ...addresses })))
        expect(new Set(servers.map(({ kafka }) => kafka.port)).size).toBe(2)
        await Promise.all(servers.map((server) => server.close()))
      })
    })
  })

  for (const [what, options, message] of [
    ['a setting that there is not', { 'no-such-setting': 1 }, 'unknown setting no-such-setting; known are data-dir'],
    ['a value that does not fit', { lanes: 'many' }, '--lanes: expected a whole number from 0 to 64, got "many"'],
    ['an address that is none', { kafka: 'nowhere' }, '--kafka: expected host:port, got "nowhere"'],
  ] as const)
    test(`refuses ${what}`, async () => {
      await expect(createHeadgate(options as object)).rejects.toThrow(message)
    })

  test('takes an undefined setting for one that is not given', async () => {
    await withDirectory(async (dataDir) => {
      const headgate = await createHeadgate({ 'data-dir': dataDir, ...addresses, namespace: undefined } as object)
      await headgate.close()
    })
  })
})
