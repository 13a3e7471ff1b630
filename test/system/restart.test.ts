import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { fetch as fetchApi } from '../../src/protocol/messages/fetch.ts'
import { incrementalAlterConfigs } from '../../src/protocol/messages/incremental-alter-configs.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { deltaRows, icebergRows } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { failingStart, ServerProcess, withDirectory } from '../support/server-process.ts'
import { readPartition, WireClient } from '../support/wire-client.ts'

/** A real process that is stopped, killed and started again: what it said before holds after. */
const schema = { schemaType: 'JSON', schema: JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] }) }
const bothFormats = ['--default-lake-formats', 'iceberg,delta']

async function send(client: WireClient, topic: string, ...ids: number[]): Promise<void> {
  const records = ids.map((id) => ({ timestampMs: 5n, value: Buffer.from(JSON.stringify({ id })) }))
  expect(await client.produce(topic, buildBatch({ records }))).toMatchObject({ errorCode: 0 })
}

async function startWithOrders(dataDir: string): Promise<{ server: ServerProcess; client: WireClient }> {
  const server = await ServerProcess.start({ dataDir, flags: bothFormats })
  await registerSchema(server.http, 'orders-value', schema)
  const client = await WireClient.connect(server.kafka)
  await client.topic('orders')
  return { server, client }
}

const idsIn = (rows: readonly { readonly [column: string]: unknown }[]): number[] =>
  rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b)

async function expectInTables(dataDir: string, ids: readonly number[]): Promise<void> {
  expect(idsIn(await icebergRows(dataDir, 'orders')), 'Iceberg').toEqual(ids)
  expect(idsIn(await deltaRows(dataDir, 'orders')), 'Delta').toEqual(ids)
}

describe('SIGTERM', () => {
  test('flushes and commits what was acknowledged, then exits with 0', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      await send(client, 'orders', 1, 2)
      await send(client, 'orders', 3)
      expect(await server.stop()).toBe(0)
      await client.closed
      await expectInTables(dataDir, [1, 2, 3])
    })
  })

  test('answers who waits for data, and takes no more connections', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      const asked = { topic: 'orders', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }
      const waiting = client.call(fetchApi, 11, {
        maxWaitMs: 60_000,
        minBytes: 1,
        maxBytes: 1000,
        topics: [asked],
        forgottenTopicsData: [],
      })
      // A request behind the other on another connection is served, so the first one waits by now.
      const other = await WireClient.connect(server.kafka)
      await other.topic('orders')
      server.terminate()
      const { responses } = await waiting
      expect(responses[0]?.partitions[0]).toMatchObject({ errorCode: 0 })
      expect(await server.exited).toBe(0)
      await expect(WireClient.connect(server.kafka)).rejects.toThrow('ECONNREFUSED')
    })
  })

  test('a second one ends a drain that cannot end, and nothing is lost by it', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      await send(client, 'orders', 1)
      await flushTable(server.http, 'orders')
      const table = join(dataDir, 'lake', 'default', 'orders')
      renameSync(table, `${table}.away`)
      writeFileSync(table, 'in the way of the lake')
      await send(client, 'orders', 2)
      server.terminate()
      await refused(server.kafka)
      server.terminate()
      expect(await server.exited).toBe(130)
      rmSync(table)
      renameSync(`${table}.away`, table)
      const again = await ServerProcess.start({ dataDir, flags: bothFormats })
      await flushTable(again.http, 'orders')
      await expectInTables(dataDir, [1, 2])
      expect(await again.stop()).toBe(0)
    })
  })
})

/** Resolves when nobody listens any more: the signal was taken. */
async function refused(address: string): Promise<void> {
  const [host, port] = address.split(':')
  const isRefused = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ host: host ?? '', port: Number(port) })
      socket.once('connect', () => resolve(socket.destroy() && false)).once('error', () => resolve(true))
    })
  while (!(await isRefused())) await new Promise((resolve) => setImmediate(resolve))
}

describe('after a restart', () => {
  test('offsets, topics, configs and schemas are what they were', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      await send(client, 'orders', 1)
      const configs = [{ name: 'lake.commit.interval.ms', configOperation: 0, value: '5000' }]
      await client.call(incrementalAlterConfigs, 1, {
        resources: [{ resourceType: 2, resourceName: 'orders', configs }],
        validateOnly: false,
      })
      const before = await stateOf(server, client)
      expect(await server.stop()).toBe(0)
      const again = await ServerProcess.start({ dataDir, flags: bothFormats })
      const clientAgain = await WireClient.connect(again.kafka)
      expect(await stateOf(again, clientAgain)).toEqual(before)
      await send(clientAgain, 'orders', 2)
      expect((await readPartition(again.kafka, 'orders', 0)).map(({ offset }) => offset)).toEqual([0n, 1n])
      expect(await again.stop()).toBe(0)
      await expectInTables(dataDir, [1, 2])
    })
  })

  async function stateOf({ http }: ServerProcess, client: WireClient): Promise<unknown> {
    const get = async (path: string): Promise<unknown> => (await fetch(`${http}${path}`)).json()
    const described = (await get('/v1/topics/orders')) as { configs: object }
    return {
      topic: await client.topic('orders'),
      configs: described.configs,
      subjects: await get('/subjects'),
      schema: await get('/subjects/orders-value/versions/latest'),
    }
  }

  test('a torn tail of the log costs nothing that was acknowledged', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      for (const id of [1, 2, 3]) await send(client, 'orders', id)
      await server.kill()
      const segment = newestSegment(dataDir)
      // Half a batch, as a write that the power ended would leave it.
      appendFileSync(segment, buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from('{"id":99}') }] }).subarray(0, 70))
      const again = await ServerProcess.start({ dataDir, flags: bothFormats })
      const clientAgain = await WireClient.connect(again.kafka)
      await send(clientAgain, 'orders', 4)
      expect((await readPartition(again.kafka, 'orders', 0)).map(({ offset }) => offset)).toEqual([0n, 1n, 2n, 3n])
      expect(await again.stop()).toBe(0)
      await expectInTables(dataDir, [1, 2, 3, 4])
    })
  })

  function newestSegment(dataDir: string): string {
    const paths = readdirSync(join(dataDir, 'log')).map((name) => join(dataDir, 'log', name))
    const [newest] = paths.toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)
    if (newest === undefined) throw new Error('the log has no segment')
    return newest
  }

  test('a table of bytes goes on, and Delta catches up where it was switched on while nobody listened', async () => {
    await withDirectory(async (dataDir) => {
      const flags = ['--default-lake-enable', 'true']
      const server = await ServerProcess.start({ dataDir, flags })
      const client = await WireClient.connect(server.kafka)
      await client.topic('bytes')
      const produce = (value: string, to: WireClient) =>
        to.produce('bytes', buildBatch({ records: [{ timestampMs: 5n, value: Buffer.from(value) }] }))
      await produce('one', client)
      await flushTable(server.http, 'bytes')
      await produce('two', client)
      await server.kill()
      const again = await ServerProcess.start({ dataDir, flags: [...flags, ...bothFormats] })
      const clientAgain = await WireClient.connect(again.kafka)
      await produce('three', clientAgain)
      await flushTable(again.http, 'bytes')
      for (const rows of [await icebergRows(dataDir, 'bytes'), await deltaRows(dataDir, 'bytes')])
        expect(rows.map(({ value }) => Buffer.from(value as Uint8Array).toString()).toSorted()).toEqual(['one', 'three', 'two'])
      expect(await again.stop()).toBe(0)
    })
  })
})

describe('a data directory', () => {
  test('has one server: another one is refused with one clear line', async () => {
    await withDirectory(async (dataDir) => {
      const server = await ServerProcess.start({ dataDir })
      const second = await failingStart({ dataDir })
      expect(second.code).toBeGreaterThan(0)
      expect(second.stdout).toBe('')
      expect(second.stderr.trim().split('\n')).toHaveLength(1)
      expect(second.stderr).toMatch(/^headgate: .*state\.db is held by another headgate.*--data-dir/)
      expect(await server.stop()).toBe(0)
      const third = await ServerProcess.start({ dataDir })
      expect(await third.stop()).toBe(0)
    })
  })

  test('lets others read the catalog while tables are committed', async () => {
    await withDirectory(async (dataDir) => {
      const { server, client } = await startWithOrders(dataDir)
      await send(client, 'orders', 1)
      await flushTable(server.http, 'orders')
      const reader = new DatabaseSync(join(dataDir, 'catalog.db'), { readOnly: true })
      const pointer = reader.prepare('SELECT metadata_location FROM iceberg_tables')
      const before = pointer.get()
      await send(client, 'orders', 2)
      await flushTable(server.http, 'orders')
      expect(pointer.get()).not.toEqual(before)
      reader.close()
      await expectInTables(dataDir, [1, 2])
      expect(await server.stop()).toBe(0)
    })
  })

  test('that cannot be made is said in one line', async () => {
    await withDirectory(async (dataDir) => {
      mkdirSync(join(dataDir, 'sub'))
      writeFileSync(join(dataDir, 'sub', 'file'), '')
      const { code, stderr } = await failingStart({ dataDir: join(dataDir, 'sub', 'file') })
      expect(code).toBeGreaterThan(0)
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(stderr).toContain(join('sub', 'file'))
    })
  })

  test('an address that is taken is said in one line', async () => {
    await withDirectory(async (dataDir) => {
      const server = await ServerProcess.start({ dataDir })
      await withDirectory(async (otherDir) => {
        const { code, stderr } = await failingStart({ dataDir: otherDir, flags: ['--kafka', server.kafka] })
        expect(code).toBe(2)
        expect(stderr).toMatch(/^headgate: cannot listen on .*EADDRINUSE/)
        expect(stderr.trim().split('\n')).toHaveLength(1)
      })
      expect(await server.stop()).toBe(0)
    })
  })
})
