import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bench } from '../../src/commands/bench.ts'
import type { BenchSizes } from '../../src/commands/bench/bench-run.ts'
import type { Figure } from '../../src/commands/bench/figure.ts'
import { eventValues } from '../../src/commands/bench/load/event-values.ts'
import { prepareBatches } from '../../src/commands/bench/load/prepared-batches.ts'
import { plainStyle } from '../../src/commands/output/style.ts'
import { reportText } from '../../src/commands/bench/report-text.ts'
import { soak } from '../../src/commands/bench/scenarios/soak.ts'

let directory: string
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'headgate-bench-test-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

async function run(flags: { [name: string]: string | boolean | readonly string[] }): Promise<string> {
  const stdout = new PassThrough()
  const printed = text(stdout)
  const code = await bench.run({
    flags: { quick: true, records: '1000', 'batch-records': '100', directory, ...flags },
    positionals: [],
    environment: {},
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    signal: new AbortController().signal,
  })
  stdout.end()
  expect(code).toBe(0)
  return printed
}

async function figuresOf(scenario: string): Promise<readonly Figure[]> {
  const [machine, report, ...others] = (await run({ scenario: [scenario], json: true }))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { machine?: object; scenario?: string; figures?: Figure[] })
  expect(machine?.machine).toMatchObject({ node: process.version, measuredAt: expect.any(String) as string })
  expect(report?.scenario).toBe(scenario)
  expect(others).toEqual([])
  return report?.figures ?? []
}

describe('a small run of every scenario measures what it names, and leaves nothing behind', () => {
  for (const [scenario, ...names] of [
    ['start', 'start to ready, empty data directory', 'memory at rest'],
    ['ingest-avro', 'none: server / limit', 'zstd: server / limit', 'none: throughput to committed'],
    ['ingest-json', 'none: server / limit', 'zstd: server / limit'],
    ['ingest-protobuf', 'none: server / limit', 'zstd: server / limit'],
    ['ingest-growth', 'tenth / first', 'trend over ten rounds'],
    ['raw', 'throughput', 'server CPU', 'throughput / disk at its best'],
    ['fetch', 'throughput', 'server CPU'],
    ['latency', 'commits every 0.2 s: ack after due, p99', 'commits every 0.2 s: visible after ack, p99'],
    ['registry', 'GET by id: server CPU', 'GET by id: rate', 'POST known: server CPU', 'POST known: rate'],
    ['registry-size', 'schemas', 'start to ready, difference', 'memory, difference at rest', 'GET /subjects, a page of 1,000'],
    ['lanes', 'AVRO: lane and encoder / limit', 'JSON: lane and encoder / limit', 'PROTOBUF: lane and encoder / limit'],
  ] as const)
    test(scenario, async () => {
      const figures = await figuresOf(scenario)
      for (const name of names) expect(figures.map((figure) => figure.name)).toContain(name)
      // CPU time comes in hundredths of a second, and these runs are short: it may be 0, and a ratio of it anything. So may
      // a difference of two starts.
      for (const { name, value, unit } of figures)
        if (!isOfCpuTime(name) && !name.includes('difference')) expect(value, `${name}, ${unit}`).toBeGreaterThan(0)
      expect(readdirSync(directory)).toEqual([])
    })
})

function isOfCpuTime(name: string): boolean {
  return /CPU|limit|tenth|trend/.test(name)
}

const soakSizes = ({ soakMinutes }: { soakMinutes: number }): BenchSizes => ({
  records: 2_000,
  batchRecords: 100,
  requests: 1,
  schemas: 1,
  rounds: 1,
  seconds: 1,
  soakMinutes,
  starts: 1,
  restMs: 1,
  commitIntervalsMs: [],
})

test('soak counts every record and finds it in the table', async () => {
  const sizes = soakSizes({ soakMinutes: 0.02 })
  const figures = await soak({ sizes, directory, signal: new AbortController().signal, say: () => undefined })
  expect(figures.find(({ name }) => name === 'records')?.value).toBeGreaterThan(0)
  expect(figures.map(({ name }) => name)).toContain('memory, trend after warm-up')
})

test('values of every language are about 150 bytes', async () => {
  for (const schemaType of ['AVRO', 'JSON', 'PROTOBUF'] as const) {
    const nextValue = await eventValues(schemaType, 1)
    const { valueBytes } = prepareBatches({ nextValue, recordCount: 5_000, recordsPerBatch: 100, compression: 'none' })
    expect(valueBytes, schemaType).toBeGreaterThan(148)
    expect(valueBytes, schemaType).toBeLessThan(152)
  }
})

test('an interrupted run takes its server and its data with it', async () => {
  const interrupted = new AbortController()
  const sizes = soakSizes({ soakMinutes: 1 })
  const say = (): void => interrupted.abort(new Error('enough'))
  await expect(soak({ sizes, directory, signal: interrupted.signal, say })).rejects.toThrow()
  expect(readdirSync(directory)).toEqual([])
})

test('a scenario that does not exist is refused with the names of those that do', async () => {
  await expect(run({ scenario: ['ingest-xml'] })).rejects.toThrow(/--scenario: expected one of start, ingest-avro.*got "ingest-xml"/)
})

test('a missed budget says so, beside figures that people can read', () => {
  const figures: Figure[] = [
    { name: 'server / limit', value: 2.345, unit: 'times', budget: { atMost: 2 } },
    { name: 'throughput', value: 219.4, unit: 'MB/s', budget: { atLeast: 100 } },
    { name: 'offered rate', value: 1_234_567.8, unit: 'records/s' },
  ]
  expect(reportText({ scenario: 'raw', figures }, plainStyle)).toBe(
    [
      '',
      'raw: durable 1 KiB records without a schema, beside the disk itself',
      '',
      'FIGURE              VALUE  UNIT       BUDGET',
      'server / limit       2.35  times      at most 2.00: missed',
      'throughput            219  MB/s       at least 100',
      'offered rate    1,234,568  records/s',
      '',
    ].join('\n'),
  )
})
