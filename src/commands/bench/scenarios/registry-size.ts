import { rm } from 'node:fs/promises'
import { systemClock } from '../../../shared/clock.ts'
import { assert } from '../../../shared/assert.ts'
import { pathOf } from '../../server/server-client.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { BenchServer } from '../bench-server.ts'
import type { Figure } from '../figure.ts'
import { fillRegistry } from '../load/filled-registry.ts'
import { HttpConnection } from '../load/http-connection.ts'
import { getRequest, HttpLoad } from '../load/http-load.ts'
import { VERSIONS_PER_SUBJECT } from '../load/many-schemas.ts'
import { cpuSecondsOf, processUsage } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

/**
 * What a full registry costs beside an empty one: in time until the server is ready, in memory before and after every
 * schema was read, and in answers that list its subjects page by page. The empty one was started before, too, so that the
 * difference is the schemas'.
 */
export async function registrySize(run: BenchRun): Promise<Figure[]> {
  const empty = dataDirOf(run, 'empty-registry')
  const full = dataDirOf(run, 'full-registry')
  const schemaCount = run.sizes.schemas
  try {
    run.say(`registering ${schemaCount} schemas`)
    await fillRegistry({ dataDir: full, schemaCount, signal: run.signal })
    return [
      { name: 'schemas', value: schemaCount, unit: 'schemas' },
      { name: 'subjects', value: Math.ceil(schemaCount / VERSIONS_PER_SUBJECT), unit: 'subjects' },
      ...(await startFigures(run, { empty, full })),
      ...(await runningFigures(run, { empty, full })),
    ]
  } finally {
    for (const dataDir of [empty, full]) await rm(dataDir, { recursive: true, force: true })
  }
}

interface DataDirs {
  readonly empty: string
  readonly full: string
}

async function startFigures({ sizes, say, signal }: BenchRun, { empty, full }: DataDirs): Promise<Figure[]> {
  const emptyStarts: Start[] = []
  const fullStarts: Start[] = []
  // In turn, so that what else the machine does meets both; the first of each is not counted.
  for (let turn = 0; turn <= sizes.starts; turn++) {
    say(`start ${turn} of ${sizes.starts}`)
    const ofEmpty = await startOnce(empty, signal)
    const ofFull = await startOnce(full, signal)
    if (turn === 0) continue
    emptyStarts.push(ofEmpty)
    fullStarts.push(ofFull)
  }
  const middle = (starts: readonly Start[], of: (start: Start) => number): number => median(starts.map(of))
  const difference = (of: (start: Start) => number): number => middle(fullStarts, of) - middle(emptyStarts, of)
  return [
    { name: 'start to ready, no schemas', value: middle(emptyStarts, ({ readyMs }) => readyMs), unit: 'ms' },
    { name: 'start to ready, all schemas', value: middle(fullStarts, ({ readyMs }) => readyMs), unit: 'ms' },
    { name: 'start to ready, difference', value: difference(({ readyMs }) => readyMs), unit: 'ms', budget: { atMost: 300 } },
    { name: 'CPU until ready, difference', value: difference(({ cpuMs }) => cpuMs), unit: 'ms' },
  ]
}

interface Start {
  readonly readyMs: number
  readonly cpuMs: number
}

async function startOnce(dataDir: string, signal: AbortSignal): Promise<Start> {
  const server = await BenchServer.start({ dataDir, signal })
  const cpuMs = cpuSecondsOf(server.pid) * 1_000
  await server.stop()
  return { readyMs: server.startMs, cpuMs }
}

async function runningFigures(run: BenchRun, { empty, full }: DataDirs): Promise<Figure[]> {
  const { schemas } = run.sizes
  const emptyBytes = await withExisting(empty, run, (server) => bytesAtRest(server, run))
  const perSchema = (residentBytes: number): number => (residentBytes - emptyBytes) / 1e3 / schemas
  return withExisting(full, run, async (server) => {
    const atRest = await bytesAtRest(server, run)
    const listings = await listingFigures(server, run)
    run.say('reading every schema')
    await readEverySchema(server, run)
    const afterReading = await bytesAtRest(server, run)
    return [
      { name: 'memory, difference at rest', value: perSchema(atRest), unit: 'KB per schema', budget: { atMost: 3 } },
      { name: 'memory, difference after each was read', value: perSchema(afterReading), unit: 'KB per schema', budget: { atMost: 3 } },
      ...listings,
    ]
  })
}

async function withExisting<T>(dataDir: string, { signal }: BenchRun, use: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await BenchServer.start({ dataDir, signal })
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

async function bytesAtRest({ pid }: BenchServer, { sizes, signal }: BenchRun): Promise<number> {
  await systemClock.sleep(sizes.restMs, signal)
  return processUsage(pid).residentBytes
}

async function readEverySchema({ httpAddress }: BenchServer, { sizes, signal }: BenchRun): Promise<void> {
  const load = await HttpLoad.connect(httpAddress, signal)
  // Ids are given from 1 on, without a gap.
  const requests = Array.from({ length: sizes.schemas }, (_, index) => getRequest(pathOf('schemas', 'ids', String(index + 1))))
  await load.send(requests, requests.length)
  load.close()
}

const PAGE = 1_000

async function listingFigures({ httpAddress }: BenchServer, { sizes, signal }: BenchRun): Promise<Figure[]> {
  const connection = await HttpConnection.open(httpAddress, signal)
  const pagesMs: number[] = []
  let listedCount = 0
  for (let isLast = false; !isLast;) {
    const request = getRequest(`/subjects?offset=${listedCount}&limit=${PAGE}`)
    const askedMs = performance.now()
    const { body } = await connection.ask(request)
    pagesMs.push(performance.now() - askedMs)
    const page = JSON.parse(body.toString()) as string[]
    listedCount += page.length
    isLast = page.length < PAGE
  }
  connection.close()
  assert(listedCount === Math.ceil(sizes.schemas / VERSIONS_PER_SUBJECT), `the pages list ${listedCount} subjects`)
  return [
    { name: 'GET /subjects, a page of 1,000', value: median(pagesMs), unit: 'ms' },
    { name: 'GET /subjects, slowest page', value: Math.max(...pagesMs), unit: 'ms' },
  ]
}
