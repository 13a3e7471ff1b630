import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer } from '../bench-server.ts'
import { createTopic, expectRows, flushTable, registerEvents } from '../bench-topic.ts'
import type { Figure } from '../figure.ts'
import { eventValues } from '../load/event-values.ts'
import { prepareBatches } from '../load/prepared-batches.ts'
import { Producers } from '../load/producers.ts'
import { sampleMemory, type MemorySample } from '../measure/memory-samples.ts'
import { mean, slope } from '../measure/statistics.ts'

/** Log bytes that are in the table go after this, so that a long run does not fill the disk. */
const RETENTION_MS = '60000'
const SAMPLE_MS = 1_000

/** Memory while producers send Avro events as fast as they are acknowledged, for minutes on end. */
export function soak(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  return withServer({ dataDir: dataDirOf(run, 'soak'), signal }, async ({ pid, http, kafka }) => {
    const schemaId = await registerEvents(http, 'soak', 'AVRO')
    const topic = await createTopic(http, 'soak', { 'retention.ms': RETENTION_MS })
    const prepared = prepareBatches({
      nextValue: await eventValues('AVRO', schemaId),
      recordCount: sizes.records,
      recordsPerBatch: sizes.batchRecords,
      compression: 'none',
    })
    const producers = await Producers.connect(kafka, { ...topic, prepared }, signal)
    const durationMs = sizes.soakMinutes * 60_000
    say(`${sizes.soakMinutes} minutes of load`)
    let recordCount = 0
    const samples = await sampleMemory(pid, SAMPLE_MS, async () => {
      recordCount = await producers.sendFor(durationMs)
    })
    await flushTable(http, 'soak')
    await producers.close()
    await expectRows(http, 'soak', recordCount)
    return [
      { name: 'records', value: recordCount, unit: 'records' },
      { name: 'throughput', value: recordCount / (durationMs / 1_000), unit: 'records/s' },
      ...memoryFigures(samples),
    ]
  })
}

/** The first fifth is warm-up: buffers fill, code is compiled. The trend is of what follows. */
function memoryFigures(samples: readonly MemorySample[]): Figure[] {
  const megabytes = samples.map(({ atSeconds, residentBytes }) => [atSeconds / 60, residentBytes / 1e6] as const)
  const settled = megabytes.slice(Math.floor(megabytes.length / 5))
  const quarter = Math.ceil(settled.length / 4)
  const meanOf = (points: typeof settled): number => mean(points.map(([, megabyte]) => megabyte))
  return [
    { name: 'memory, highest', value: Math.max(...megabytes.map(([, megabyte]) => megabyte)), unit: 'MB' },
    { name: 'memory, first quarter after warm-up', value: meanOf(settled.slice(0, quarter)), unit: 'MB' },
    { name: 'memory, last quarter', value: meanOf(settled.slice(-quarter)), unit: 'MB' },
    { name: 'memory, trend after warm-up', value: slope(settled), unit: 'MB per minute' },
  ]
}
