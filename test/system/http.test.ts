import type { RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Admin } from '../../src/http/admin.ts'
import { adminRoutes } from '../../src/http/admin-routes.ts'
import { createApp } from '../../src/http/app.ts'
import { fetch as fetchApi } from '../../src/protocol/messages/fetch.ts'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { uuidZero } from '../../src/protocol/types.ts'
import { silentLogger } from '../../src/shared/log.ts'
import { metricSpecs } from '../../src/shared/metrics.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { askJson, type JsonAnswer } from '../support/http-client.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'

/** Health, metrics and the admin API of a running server, and that what is described is what is there. */
let server: InProcessServer
let client: WireClient

beforeAll(async () => {
  server = await startInProcess({ 'default-lake-formats': 'iceberg,delta' })
  client = await WireClient.connect(server.kafka)
  const schema = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' } }, required: ['id'] })
  await registerSchema(server.http, 'orders-value', { schemaType: 'JSON', schema })
  await client.topic('orders')
  await client.produce('orders', valid(1, 2))
  await flushTable(server.http, 'orders')
})

afterAll(async () => {
  client.close()
  await server.close()
})

const batchOf = (...values: string[]): Uint8Array =>
  buildBatch({ records: values.map((value) => ({ timestampMs: 1_700_000_000_000n, value: Buffer.from(value) })) })
const ask = (path: string, request?: Parameters<typeof askJson>[1]): Promise<JsonAnswer> => askJson(`${server.http}${path}`, request)
const valid = (...ids: number[]): Uint8Array => batchOf(...ids.map((id) => JSON.stringify({ id })))

describe('health', () => {
  test('the process lives and is ready', async () => {
    expect(await ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } })
    expect(await ask('/readyz')).toMatchObject({ status: 200, body: { status: 'ready' } })
  })
})

describe('metrics', () => {
  interface Sample {
    readonly name: string
    readonly labels: string
    readonly value: number
  }

  /** The text format of Prometheus, read strictly. */
  async function scrape(): Promise<{ types: Map<string, string>; samples: Sample[] }> {
    const response = await fetch(`${server.http}/metrics`)
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
    const types = new Map<string, string>()
    const samples: Sample[] = []
    for (const line of (await response.text()).split('\n')) {
      if (line === '' || /^# HELP [a-z_:][a-z0-9_:]* .+$/i.test(line)) continue
      const [, typed, type] = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary)$/i.exec(line) ?? []
      if (typed !== undefined && type !== undefined) types.set(typed, type)
      else {
        const [, name, labels = '', value] =
          /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)(?: \d+)?$/i.exec(line) ?? []
        if (name === undefined) throw new Error(`no line of metrics: ${line}`)
        samples.push({ name, labels, value: Number(value) })
      }
    }
    return { types, samples }
  }

  const valueOf = (samples: readonly Sample[], name: string, label = ''): number =>
    samples.filter((sample) => sample.name === name && sample.labels.includes(label)).reduce((sum, { value }) => sum + value, 0)

  test('are all there, with the types that they are declared with', async () => {
    const { types } = await scrape()
    for (const [name, { kind }] of Object.entries(metricSpecs)) expect(types.get(name), name).toBe(kind)
    expect(types.get('process_resident_memory_bytes')).toBe('gauge')
  })

  test('move with what happens', async () => {
    const before = (await scrape()).samples
    await client.produce('orders', valid(3, 4, 5))
    await client.produce('orders', batchOf('{"id":6}', 'no json'))
    await flushTable(server.http, 'orders')
    const after = (await scrape()).samples
    const moved = (name: string, label?: string): number => valueOf(after, name, label) - valueOf(before, name, label)
    expect(moved('headgate_records_accepted_total', 'topic="orders"')).toBe(3)
    expect(moved('headgate_bytes_accepted_total', 'topic="orders"')).toBe(valid(3, 4, 5).byteLength)
    expect(moved('headgate_records_rejected_total', 'topic="orders"')).toBe(2)
    expect(moved('headgate_produce_errors_total', 'error="INVALID_RECORD"')).toBe(1)
    expect(moved('headgate_rows_committed_total', 'topic="orders"')).toBe(3)
    expect(moved('headgate_files_committed_total', 'topic="orders"')).toBe(1)
    expect(moved('headgate_requests_total', 'api="Produce"')).toBe(2)
    expect(valueOf(after, 'headgate_connections')).toBe(1)
  })
})

test('memory of requests is counted while they are served', async () => {
  const waiter = await WireClient.connect(server.kafka)
  const { partitions } = await client.topic('silent')
  expect(partitions).toHaveLength(1)
  const asked = { topic: 'silent', topicId: uuidZero, partitions: [{ partition: 0, fetchOffset: 0n, partitionMaxBytes: 1000 }] }
  const waiting = waiter.call(fetchApi, 11, { maxWaitMs: 60_000, minBytes: 1, maxBytes: 1000, topics: [asked], forgottenTopicsData: [] })
  const inUse = async (): Promise<number> =>
    Number(/^headgate_request_bytes_in_use (\d+)$/m.exec(await (await fetch(`${server.http}/metrics`)).text())?.[1])
  while ((await inUse()) === 0) await client.topic('silent')
  await client.produce('silent', valid(1))
  await waiting
  waiter.close()
  while ((await inUse()) > 0) await new Promise((resolve) => setImmediate(resolve))
})

describe('/v1', () => {
  test('describes exactly the routes that are mounted', async () => {
    const { body } = await ask('/v1/openapi.json')
    const { openapi, paths } = body as { openapi: string; paths: { [path: string]: object } }
    expect(openapi).toMatch(/^3\.1\./)
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.toSorted()).toEqual((await mountedRoutes()).toSorted())
  })

  /** Of the admin plugin in the app that mounts it. */
  async function mountedRoutes(): Promise<string[]> {
    const routes: RouteOptions[] = []
    const nothing = async (): Promise<void> => undefined
    const app = await createApp({
      registry: nothing,
      health: nothing,
      metrics: nothing,
      logger: silentLogger,
      async admin(parent) {
        parent.addHook('onRoute', (route) => void routes.push(route))
        await parent.register(adminRoutes({} as Admin))
      },
    })
    await app.ready()
    await app.close()
    const methods = routes.flatMap(({ method, url }) => [method].flat().map((name) => `${name} ${url.replaceAll(/:(\w+)/g, '{$1}')}`))
    return methods.filter((route) => !route.startsWith('HEAD '))
  }

  test('topics are listed and described with offsets and configs', async () => {
    expect((await ask('/v1/topics')).body).toContainEqual({
      name: 'orders',
      topicId: expect.any(String),
      partitions: 1,
      table: 'default.orders',
    })
    await flushTable(server.http, 'orders')
    const { body } = await ask('/v1/topics/orders')
    const { offsets, configs, problem } = body as {
      offsets: { nextOffset: number; committedOffset: number }[]
      configs: { [name: string]: object }
      problem: unknown
    }
    expect(offsets).toHaveLength(1)
    expect(offsets[0]?.committedOffset).toBe(offsets[0]?.nextOffset)
    expect(configs['lake.formats']).toEqual({ value: 'iceberg,delta', source: 'server' })
    expect(configs['cleanup.policy']).toEqual({ value: 'delete', source: 'default' })
    expect(problem).toBeNull()
  })

  test('a topic is created with its configs and deleted again', async () => {
    const created = await ask('/v1/topics', {
      method: 'POST',
      body: { name: 'by-http', partitions: 3, configs: { 'retention.ms': '1000' } },
    })
    expect(created).toMatchObject({
      status: 201,
      body: { name: 'by-http', partitions: 3, configs: { 'retention.ms': { value: '1000', source: 'topic' } } },
    })
    expect((await client.topic('by-http')).partitions).toHaveLength(3)
    expect(await ask('/v1/topics/by-http', { method: 'DELETE' })).toMatchObject({ status: 204, body: undefined })
    expect(await ask('/v1/topics/by-http')).toMatchObject({ status: 404 })
  })

  test('a table is described with its columns, files and versions', async () => {
    const { body } = await ask('/v1/tables/default/orders')
    const table = body as {
      columns: object[]
      rowCount: number
      fileCount: number
      icebergSnapshotId: number
      deltaVersion: number
      formats: string[]
    }
    expect(table.columns).toContainEqual({ name: 'id', type: 'long', isNullable: true, fieldId: expect.any(Number) })
    expect(table.columns).toContainEqual({ name: '_kafka_offset', type: 'long', isNullable: false, fieldId: expect.any(Number) })
    expect(table.formats).toEqual(['iceberg', 'delta'])
    const files = (await ask('/v1/tables/default/orders/files')).body as { rowCount: number }[]
    expect(files).toHaveLength(table.fileCount)
    expect(files.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(table.rowCount)
    const snapshots = (await ask('/v1/tables/default/orders/snapshots')).body as {
      format: string
      version: number
      addedRows: number | null
    }[]
    expect(new Set(snapshots.map(({ format }) => format))).toEqual(new Set(['iceberg', 'delta']))
    expect(snapshots.filter(({ format }) => format === 'iceberg').reduce((sum, { addedRows }) => sum + (addedRows ?? 0), 0)).toBe(
      table.rowCount,
    )
    expect((await ask('/v1/tables')).body).toContainEqual(
      expect.objectContaining({ namespace: 'default', table: 'orders', topic: 'orders' }),
    )
  })

  test('flush answers the versions that hold what was acknowledged', async () => {
    await client.produce('orders', valid(7))
    const flushed = await flushTable(server.http, 'orders')
    const snapshots = (await ask('/v1/tables/default/orders/snapshots')).body as { format: string; version: number }[]
    expect(snapshots.find(({ format }) => format === 'iceberg')?.version).toBe(flushed.icebergSnapshotId)
    expect(snapshots.find(({ format }) => format === 'delta')?.version).toBe(flushed.deltaVersion)
    expect(await flushTable(server.http, 'orders'), 'there is nothing more to flush').toEqual(flushed)
  })
})
