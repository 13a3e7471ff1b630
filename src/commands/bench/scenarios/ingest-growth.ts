import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer } from '../bench-server.ts'
import { createTopic, expectRows, flushTable, registerEvents } from '../bench-topic.ts'
import type { Figure } from '../figure.ts'
import { eventValues } from '../load/event-values.ts'
import { prepareBatches } from '../load/prepared-batches.ts'
import { Producers } from '../load/producers.ts'
import { cpuSecondsOf } from '../measure/process-usage.ts'
import { mean, slope } from '../measure/statistics.ts'

const ROUNDS = 10

/**
 * Whether a record costs more the more there are: ten rounds into one Avro table, each made visible before the next, so that what
 * a round costs is not booked on another. A round before them is not counted.
 */
export function ingestGrowth(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  return withServer({ dataDir: dataDirOf(run, 'ingest-growth'), signal }, async ({ pid, http, kafka }) => {
    const topic = 'growth'
    const schemaId = await registerEvents(http, topic, 'AVRO')
    const prepared = prepareBatches({
      nextValue: await eventValues('AVRO', schemaId),
      recordCount: sizes.records,
      recordsPerBatch: sizes.batchRecords,
      compression: 'none',
    })
    const producers = await Producers.connect(kafka, { ...(await createTopic(http, topic)), prepared }, signal)
    const costs: number[] = []
    let rowCount = 0
    for (let round = 0; round <= ROUNDS; round++) {
      say(`round ${round} of ${ROUNDS}`)
      const cpuBefore = cpuSecondsOf(pid)
      const sentCount = await producers.sendRecords(sizes.records)
      await flushTable(http, topic)
      rowCount += sentCount
      if (round > 0) costs.push((cpuSecondsOf(pid) - cpuBefore) / (sentCount / 1e6))
    }
    await producers.close()
    await expectRows(http, topic, rowCount)
    return figuresOf(costs, rowCount)
  })
}

function figuresOf(costs: readonly number[], rowCount: number): Figure[] {
  const first = costs[0] ?? NaN
  const last = costs.at(-1) ?? NaN
  // One round may be disturbed; the line through all of them is not. It passes through the mean, half way.
  const rise = (slope(costs.map((cost, round) => [round, cost])) * (ROUNDS - 1)) / 2
  const trend = (mean(costs) + rise) / (mean(costs) - rise)
  return [
    { name: 'records in the table at the end', value: rowCount, unit: 'records' },
    { name: 'server CPU, first round', value: first, unit: 's per million records' },
    { name: 'server CPU, tenth round', value: last, unit: 's per million records' },
    { name: 'tenth / first', value: last / first, unit: 'times', budget: { atMost: 1.05 } },
    { name: 'trend over ten rounds', value: trend, unit: 'times', budget: { atMost: 1.05 } },
  ]
}
