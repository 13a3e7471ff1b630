import { afterAll, beforeAll, expect, test } from 'vitest'
import { flushTable, registerSchema } from '../../support/registry-client.ts'
import { ForeignClient } from '../clients/foreign-client.ts'
import { timestamp, type Row } from '../support/notation.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { ready, type PythonTools, type Toolchain } from '../toolchains/toolchain.ts'
import { pyiceberg, readers } from './readers.ts'

const schema = JSON.stringify({ type: 'object', properties: { id: { type: 'integer' }, note: { type: 'string' } } })

/** What somebody else does to a table with both logs, and what each of them then holds beside Headgate's records. */
export interface ForeignWork {
  readonly steps: readonly ForeignStep[]
  /** Ids that the work brought or took. */
  readonly iceberg?: { readonly added?: readonly number[]; readonly removed?: readonly number[] }
  readonly delta?: { readonly added?: readonly number[]; readonly removed?: readonly number[] }
}

export interface ForeignStep {
  readonly call: string
  readonly input?: { readonly [argument: string]: unknown }
  /** The tool's words when it must refuse the step. */
  readonly refusal?: string
}

/** What several works do. */
export const foreignRows = { rows: [foreignRow(-1), foreignRow(-2)] }
export const added = { added: [-1, -2] }
export const removed = { removed: [0, 1, 2, 3, 4] }

/**
 * After each work, further records appear exactly once in both formats, and so do those that a crash found in no table.
 * `open` starts the tool that the steps call.
 */
export function foreignWorkSuite(
  works: { readonly [what: string]: ForeignWork },
  python: Toolchain<PythonTools>,
  open: () => ToolProcess,
): void {
  let server: TestServer
  let tool: ToolProcess
  let worker: ToolProcess
  let client: ForeignClient
  const produced = new Map<string, number>()

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta', '--default-lake-commit-interval-ms', '3600000'])
    tool = ToolProcess.python(ready(python))
    worker = open()
    client = new ForeignClient(tool, { prefix: 'kafka_client.', bootstrap: server.kafka })
  })
  afterAll(async () => {
    await Promise.all([tool?.stop(), worker?.stop()])
    await server?.close()
  })

  Object.entries(works).forEach(([what, work], index) => {
    const topic = `orders_${index}`
    test(what, async () => {
      await registerSchema(server.http, `${topic}-value`, { schemaType: 'JSON', schema })
      for (let commit = 0; commit < 3; commit++) {
        await produce(topic, 20)
        await flushTable(server.http, topic)
      }
      for (const step of work.steps) await carryOut(step, topic)
      await expectTables(topic, work)
      await produce(topic, 20)
      await flushTable(server.http, topic)
      await expectTables(topic, work)
    })
  })

  test('and after a crash with acknowledged records that were in no table yet', async () => {
    const topics = Object.entries(works).map(([, work], index) => ({ topic: `orders_${index}`, work }))
    for (const { topic } of topics) await produce(topic, 20)
    await server.crash()
    for (const { topic, work } of topics) {
      await flushTable(server.http, topic)
      await expectTables(topic, work)
    }
  })

  /** Ids go on from where they were. */
  async function produce(topic: string, count: number): Promise<void> {
    const first = produced.get(topic) ?? 0
    produced.set(topic, first + count)
    const values = Array.from({ length: count }, (_, index) => Buffer.from(JSON.stringify({ id: first + index, note: 'ours' })))
    const deliveries = await client.produce(
      topic,
      values.map((value) => ({ value })),
      { 'linger.ms': '20' },
    )
    expect(deliveries.every(({ error }) => error === undefined)).toBe(true)
  }

  async function expectTables(topic: string, { iceberg, delta }: ForeignWork): Promise<void> {
    const asked = { tool, dataDir: server.dataDir, table: topic }
    const ours = Array.from({ length: produced.get(topic) ?? 0 }, (_, id) => id)
    expect(idsOf(await readers[pyiceberg](asked)), 'Iceberg').toEqual(changed(ours, iceberg))
    expect(idsOf(await readers['DuckDB, by its Iceberg extension'](asked)), 'Iceberg').toEqual(changed(ours, iceberg))
    expect(idsOf(await readers['delta-rs, by its own engine'](asked)), 'Delta').toEqual(changed(ours, delta))
    expect(idsOf(await readers['DuckDB, by its Delta extension'](asked)), 'Delta').toEqual(changed(ours, delta))
  }

  async function carryOut({ call, input, refusal }: ForeignStep, table: string): Promise<void> {
    const done = worker.call(call, { data_dir: server.dataDir, table, ...input })
    if (refusal === undefined) await done
    else await expect(done).rejects.toThrow(refusal)
  }
}

function idsOf({ rows }: { readonly rows: readonly Row[] }): number[] {
  return rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b)
}

function changed(ids: readonly number[], change: ForeignWork['iceberg']): number[] {
  return [...ids.filter((id) => !change?.removed?.includes(id)), ...(change?.added ?? [])].toSorted((a, b) => a - b)
}

function foreignRow(id: number): Row {
  return {
    id,
    note: 'theirs',
    _kafka_partition: 0,
    _kafka_offset: 1_000_000 - id,
    _kafka_timestamp: timestamp('2024-01-01T00:00:00+00:00'),
  }
}
