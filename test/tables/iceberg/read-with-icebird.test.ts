import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { icebergRead } from 'icebird'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TimePartition } from '../../../src/lanes/lane.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { loadTable } from '../../../src/tables/iceberg/loaded-table.ts'
import { realFile, type Row } from './real-file.ts'
import { newTable, openTestTable, partitionings, testWorld, wideRowType, type TestWorld } from './test-table.ts'

/** icebird reads over HTTP, so the lake's URIs are those of a server over the memory store. */
const store = new MemoryObjectStore()
let server: Server
let uri: string

beforeAll(async () => {
  server = createServer((request, response) => {
    const key = decodeURIComponent(request.url ?? '').replace('/lake/', '')
    void store.get(key).then((bytes) => {
      if (bytes === undefined) return response.writeHead(404).end()
      const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? []
      if (first === undefined)
        return response.writeHead(200, { 'content-length': bytes.byteLength }).end(request.method === 'HEAD' ? '' : bytes)
      return response.writeHead(206).end(bytes.subarray(Number(first), last ? Number(last) + 1 : undefined))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lake`
})

afterAll(() => {
  server.close()
})

const AT = 1_709_164_800_000_000n // 2024-02-29T00:00:00Z

const rows: Row[] = [
  {
    flag: true,
    small: -2_147_483_648,
    big: -9_223_372_036_854_775_808n,
    ratio: 1.5,
    precise: Number.MAX_VALUE,
    price: -125_000_000_000n,
    title: 'Grüße, 世界 \u{1F6B0}',
    blob: Uint8Array.of(97, 98, 99),
    day: -719_162,
    at: 253_402_300_799_999_000n,
    local: -62_135_596_800_000_000n,
    extra: '{"a":[1,2]}',
    place: { lat: -90, label: 'south' },
    tags: ['a', null, ''],
    steps: [{ x: 1n }, { x: null }],
    counts: { a: 1n, b: null },
    _kafka_partition: 0,
    _kafka_offset: 0n,
    _kafka_timestamp: AT,
  },
  { _kafka_partition: 0, _kafka_offset: 1n, _kafka_timestamp: AT + 1_000n },
  {
    title: '',
    tags: [],
    steps: [],
    counts: {},
    precise: Number.NaN,
    _kafka_partition: 1,
    _kafka_offset: 0n,
    _kafka_timestamp: AT + 2_000n,
  },
]

async function commitRows(world: TestWorld, table: string, partitionBy: TimePartition): Promise<void> {
  const open = await openTestTable(world, { table, partitionBy, rowType: wideRowType })
  for (const [index, slice] of [rows.slice(0, 2), rows.slice(2)].entries()) {
    const file = await realFile(world, { rowType: wideRowType, rows: slice, partitionBy, table: `default/${table}` })
    const range = { partition: index, offsetFirst: 0n, nextOffset: BigInt(slice.length), highTimestampMs: 1_709_164_800_002n }
    expect(await open.append({ files: [file], ranges: [range], schemaIds: [1] })).toMatchObject({ kind: 'committed' })
  }
}

describe('icebird reads every value of a table back', () => {
  for (const partitionBy of partitionings)
    test(`partitioned by ${partitionBy}`, async () => {
      const world = await testWorld({ store, uri })
      const table = `by_${partitionBy}`
      await commitRows(world, table, partitionBy)
      const loaded = await loadTable(world.catalog.pointer(newTable({ table })), world.root)
      const metadataFileName = loaded?.current.location.split('/').at(-1)
      const read = await icebergRead({ tableUrl: `${uri}/default/${table}`, ...(metadataFileName ? { metadataFileName } : {}) })
      const byOrigin = read.map(normalised).sort((a, b) => originOf(a) - originOf(b))
      expect(byOrigin).toEqual(rows.map(expected))
    })
})

function originOf(row: Row): number {
  return Number(row['_kafka_partition']) * 1000 + Number(row['_kafka_offset'])
}

/** icebird answers Date for dates and timestamps, a double for decimals, text for binary; the values above all survive that. */
function expected(row: Row): Row {
  return Object.fromEntries(
    wideRowType.fields.map(({ name, type }) => {
      const value = row[name] ?? null
      if (value === null) return [name, null]
      if (type.kind === 'timestamp') return [name, Number((value as bigint) / 1000n)]
      if (type.kind === 'date') return [name, (value as number) * 86_400_000]
      if (type.kind === 'decimal') return [name, Number(value) / 10 ** type.scale]
      if (type.kind === 'binary') return [name, Buffer.from(value as Uint8Array).toString('latin1')]
      return [name, value]
    }),
  )
}

function normalised(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value instanceof Date ? value.getTime() : (value ?? null)]))
}
