import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer, type BenchServer } from '../bench-server.ts'
import { createTopic, registerEvents, type BenchTopic } from '../bench-topic.ts'
import type { Figure } from '../figure.ts'
import { eventValues } from '../load/event-values.ts'
import { offerLoad, type OfferedLatencies } from '../load/offered-load.ts'
import { prepareBatches, type PreparedBatches } from '../load/prepared-batches.ts'
import { Producers } from '../load/producers.ts'
import { syncedWrites } from '../measure/disk-speed.ts'
import { percentile } from '../measure/statistics.ts'
import { Visibility } from '../measure/visibility.ts'

/** About 16 KiB, which is where a Java client ends a batch by default. */
const RECORDS_PER_BATCH = 100
const PREPARED_RECORDS = 100_000
const DISK_PROBES = 200

/**
 * How long an acknowledgement takes at half of the rate that the server can take, while files are written and committed,
 * and how long after it the record is visible.
 */
export function latency(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  return withServer({ dataDir: dataDirOf(run, 'latency'), signal }, async (server) => {
    const figures = [...(await diskFigures(run))]
    let batchesPerSecond: number | undefined
    for (const intervalMs of sizes.commitIntervalsMs) {
      const offered = await offeredTopic(server, intervalMs, signal)
      if (batchesPerSecond === undefined) {
        say('looking for the highest rate')
        const highest = await highestRate(offered.producers, sizes.seconds)
        figures.push({ name: 'highest rate', value: highest, unit: 'records/s' })
        batchesPerSecond = highest / 2 / RECORDS_PER_BATCH
        figures.push({ name: 'offered rate', value: batchesPerSecond * RECORDS_PER_BATCH, unit: 'records/s' })
      }
      say(`half of the highest rate, commits every ${intervalMs / 1_000} s`)
      figures.push(...(await measure(offered, { batchesPerSecond, intervalMs, run, dataDir: server.dataDir })))
      await offered.producers.close()
    }
    return figures
  })
}

interface Offered {
  readonly topic: BenchTopic
  readonly producers: Producers
  readonly prepared: PreparedBatches
}

async function offeredTopic({ http, kafka }: BenchServer, intervalMs: number, signal: AbortSignal): Promise<Offered> {
  const name = `latency_${intervalMs}`
  const schemaId = await registerEvents(http, name, 'AVRO')
  const topic = await createTopic(http, name, { 'lake.commit.interval.ms': String(intervalMs) })
  const prepared = prepareBatches({
    nextValue: await eventValues('AVRO', schemaId),
    recordCount: PREPARED_RECORDS,
    recordsPerBatch: RECORDS_PER_BATCH,
    compression: 'none',
  })
  return { topic, prepared, producers: await Producers.connect(kafka, { ...topic, prepared }, signal) }
}

/** Records per second in a closed loop, after as long a warm-up. */
async function highestRate(producers: Producers, seconds: number): Promise<number> {
  await producers.sendFor(seconds * 500)
  const startMs = performance.now()
  const recordCount = await producers.sendFor(seconds * 500)
  return recordCount / ((performance.now() - startMs) / 1_000)
}

interface Measurement {
  readonly batchesPerSecond: number
  readonly intervalMs: number
  readonly run: BenchRun
  readonly dataDir: string
}

async function measure({ topic, producers }: Offered, { batchesPerSecond, intervalMs, run, dataDir }: Measurement): Promise<Figure[]> {
  const { sizes, signal } = run
  // Long enough for several commits.
  const durationMs = Math.max(sizes.seconds * 1_000, intervalMs * 3)
  const visibility = new Visibility({ dataDir, topic, signal })
  const { result, delaysMs } = await visibility.during(() =>
    offerLoad(producers, { batchesPerSecond, durationMs, signal, onAck: (batch) => visibility.await(batch) }),
  )
  return [...ackFigures(result, intervalMs), ...visibleFigures(delaysMs, intervalMs)]
}

function ackFigures({ fromDueMs, fromSentMs }: OfferedLatencies, intervalMs: number): Figure[] {
  const name = `commits every ${intervalMs / 1_000} s: ack`
  return [
    { name: `${name} after due, p50`, value: percentile(fromDueMs, 0.5), unit: 'ms', budget: { atMost: 2 } },
    { name: `${name} after due, p99`, value: percentile(fromDueMs, 0.99), unit: 'ms', budget: { atMost: 10 } },
    { name: `${name} after due, highest`, value: percentile(fromDueMs, 1), unit: 'ms' },
    { name: `${name} after sent, p50`, value: percentile(fromSentMs, 0.5), unit: 'ms' },
    { name: `${name} after sent, p99`, value: percentile(fromSentMs, 0.99), unit: 'ms' },
  ]
}

function visibleFigures(delaysMs: readonly number[], intervalMs: number): Figure[] {
  const name = `commits every ${intervalMs / 1_000} s: visible after ack`
  return [
    { name: `${name}, p50`, value: percentile(delaysMs, 0.5), unit: 'ms' },
    { name: `${name}, p99`, value: percentile(delaysMs, 0.99), unit: 'ms', budget: { atMost: intervalMs + 1_000 } },
    { name: `${name}, highest`, value: percentile(delaysMs, 1), unit: 'ms' },
  ]
}

/** What any durable answer waits for at least. */
async function diskFigures({ directory }: BenchRun): Promise<Figure[]> {
  const blockBytes = 16_384
  const { latenciesMs } = await syncedWrites(directory, { blockBytes, totalBytes: blockBytes * DISK_PROBES })
  return [
    { name: 'disk, one synced write of 16 KiB, p50', value: percentile(latenciesMs, 0.5), unit: 'ms' },
    { name: 'disk, one synced write of 16 KiB, p99', value: percentile(latenciesMs, 0.99), unit: 'ms' },
  ]
}
