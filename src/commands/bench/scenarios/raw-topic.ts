import type { BenchRun } from '../bench-run.ts'
import type { BenchServer } from '../bench-server.ts'
import { createTopic, type BenchTopic } from '../bench-topic.ts'
import type { Budget, Figure } from '../figure.ts'
import { prepareBatches, randomValues, type PreparedBatches } from '../load/prepared-batches.ts'
import { Producers } from '../load/producers.ts'
import { processUsage } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

/** A topic without a schema or a table, and producers of 1 KiB records for it. */
export interface RawTopic {
  readonly topic: BenchTopic
  readonly producers: Producers
  readonly prepared: PreparedBatches
}

export const VALUE_BYTES = 1_024
/** Half a megabyte: what a producer that is kept busy sends. */
export const RECORDS_PER_BATCH = 500
const DISTINCT_BATCHES = 64

export async function rawTopic({ http, kafka }: BenchServer, { sizes, signal }: BenchRun): Promise<RawTopic> {
  const topic = await createTopic(http, 'raw')
  const prepared = prepareBatches({
    nextValue: randomValues(VALUE_BYTES),
    recordCount: Math.min(sizes.records, RECORDS_PER_BATCH * DISTINCT_BATCHES),
    recordsPerBatch: RECORDS_PER_BATCH,
    compression: 'none',
  })
  return { topic, prepared, producers: await Producers.connect(kafka, { ...topic, prepared }, signal) }
}

export interface Throughput {
  readonly bytesPerSecond: number
  readonly cpuPerGigabyte: number
  /** The part of it that the system spends: sockets, page cache, disk. */
  readonly kernelPerGigabyte: number | undefined
}

/** `work` answers how many bytes it moved. */
export async function throughputOf({ pid }: BenchServer, work: () => Promise<number>): Promise<Throughput> {
  const before = processUsage(pid)
  const startMs = performance.now()
  const bytes = await work()
  const seconds = (performance.now() - startMs) / 1_000
  const after = processUsage(pid)
  const perGigabyte = (amountBefore: number, amountAfter: number): number => (amountAfter - amountBefore) / (bytes / 1e9)
  return {
    bytesPerSecond: bytes / seconds,
    cpuPerGigabyte: perGigabyte(before.cpuSeconds, after.cpuSeconds),
    kernelPerGigabyte: before.kernelSeconds === undefined ? undefined : perGigabyte(before.kernelSeconds, after.kernelSeconds ?? NaN),
  }
}

export function throughputFigures(rounds: readonly Throughput[], budgets: { throughput?: Budget; cpu?: Budget } = {}): Figure[] {
  const middle = (of: (round: Throughput) => number): number => median(rounds.map(of))
  const inKernel = rounds.flatMap(({ kernelPerGigabyte }) => kernelPerGigabyte ?? [])
  return [
    { name: 'throughput', value: middle(({ bytesPerSecond }) => bytesPerSecond) / 1e6, unit: 'MB/s', ...budgetOf(budgets.throughput) },
    { name: 'server CPU', value: middle(({ cpuPerGigabyte }) => cpuPerGigabyte), unit: 's per GB', ...budgetOf(budgets.cpu) },
    ...(inKernel.length === 0 ? [] : [{ name: 'server CPU, of it in the kernel', value: median(inKernel), unit: 's per GB' } as const]),
  ]
}

function budgetOf(budget: Budget | undefined): { budget?: Budget } {
  return budget ? { budget } : {}
}
