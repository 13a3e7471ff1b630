import { pathOf, type ServerClient } from '../../server/server-client.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer, type BenchServer } from '../bench-server.ts'
import type { Budget, Figure } from '../figure.ts'
import { getRequest, HttpLoad, postRequest } from '../load/http-load.ts'
import { SCHEMA_BYTES, schemaText, subjectName } from '../load/many-schemas.ts'
import { cpuSecondsOf } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

/** Distinct ones that the clients ask for in turn. */
const SCHEMAS = 100

/** The two requests that serializers make: a schema by its id, and the registration of one that is there already. */
export function registry(run: BenchRun): Promise<Figure[]> {
  return withServer({ dataDir: dataDirOf(run, 'registry'), signal: run.signal }, async (server) => {
    const requests = await knownSchemas(server.http)
    const load = await HttpLoad.connect(server.httpAddress, run.signal)
    const measure = (asked: Asked): Promise<Figure[]> => requestFigures(asked, { server, load, run })
    const figures = [
      ...(await measure({ name: 'GET by id', requests: requests.byId, cpu: { atMost: 0.6 }, rate: { atLeast: 12_000 } })),
      ...(await measure({ name: 'POST known', requests: requests.again, cpu: { atMost: 1.2 }, rate: { atLeast: 5_000 } })),
    ]
    load.close()
    return [{ name: 'bytes of a schema', value: SCHEMA_BYTES, unit: 'bytes' }, ...figures]
  })
}

/** Registers the schemas. Answers the requests that read them, and those that register them once more. */
async function knownSchemas(http: ServerClient): Promise<{ byId: readonly Uint8Array[]; again: readonly Uint8Array[] }> {
  const byId: Uint8Array[] = []
  const again: Uint8Array[] = []
  for (let nth = 0; nth < SCHEMAS; nth++) {
    const body = { schemaType: 'AVRO', schema: schemaText(nth, 1), references: [] }
    const path = pathOf('subjects', subjectName(nth), 'versions')
    const { id } = await http.post<{ id: number }>(path, body)
    byId.push(getRequest(pathOf('schemas', 'ids', String(id))))
    again.push(postRequest(path, JSON.stringify(body)))
  }
  return { byId, again }
}

interface Asked {
  readonly name: string
  readonly requests: readonly Uint8Array[]
  readonly cpu: Budget
  readonly rate: Budget
}

interface Round {
  readonly cpuPer10000: number
  readonly requestsPerSecond: number
}

async function requestFigures(
  { name, requests, cpu, rate }: Asked,
  { server, load, run }: { server: BenchServer; load: HttpLoad; run: BenchRun },
): Promise<Figure[]> {
  const rounds: Round[] = []
  for (let round = 0; round <= run.sizes.rounds; round++) {
    run.say(`${name}, round ${round} of ${run.sizes.rounds}`)
    const measured = await roundOf(server, run.sizes.requests, () => load.send(requests, run.sizes.requests))
    if (round > 0) rounds.push(measured)
  }
  return [
    {
      name: `${name}: server CPU`,
      value: median(rounds.map(({ cpuPer10000 }) => cpuPer10000)),
      unit: 's per 10,000 requests',
      budget: cpu,
    },
    { name: `${name}: rate`, value: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)), unit: 'requests/s', budget: rate },
  ]
}

async function roundOf({ pid }: BenchServer, requestCount: number, work: () => Promise<void>): Promise<Round> {
  const cpuBefore = cpuSecondsOf(pid)
  const startMs = performance.now()
  await work()
  const seconds = (performance.now() - startMs) / 1_000
  return { cpuPer10000: ((cpuSecondsOf(pid) - cpuBefore) / requestCount) * 10_000, requestsPerSecond: requestCount / seconds }
}
