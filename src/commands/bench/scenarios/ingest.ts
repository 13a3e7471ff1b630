import type { CompressionType } from '../../../protocol/records/compression.ts'
import type { SchemaType } from '../../../schema/language.ts'
import { dataDirOf, type BenchRun, type Scenario } from '../bench-run.ts'
import { withServer, type BenchServer } from '../bench-server.ts'
import { createTopic, expectRows, flushTable, registerEvents } from '../bench-topic.ts'
import type { Figure } from '../figure.ts'
import { decodeAndEncode, eventTable, type EventTable } from '../limit.ts'
import { eventValues } from '../load/event-values.ts'
import { prepareBatches, type PreparedBatches } from '../load/prepared-batches.ts'
import { Producers } from '../load/producers.ts'
import { sampleMemory } from '../measure/memory-samples.ts'
import { cpuSecondsOf, ownCpuSeconds } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

/** Seconds of CPU per million records; for batches as they come, compressed or not. */
const cpuBudgets: { readonly [Type in SchemaType]: number } = { AVRO: 1.2, PROTOBUF: 1.4, JSON: 2 }
/** Of the server's CPU to the limit's. */
const RATIO_BUDGET = 2

const codecs: readonly CompressionType[] = ['none', 'zstd']

/**
 * Validated ingest to committed Iceberg: what the server spends from the first byte of a round to the commit that makes its last
 * record visible, beside the limit for the same bytes, measured between its rounds.
 */
export function ingest(schemaType: SchemaType): Scenario {
  return (run) =>
    withServer({ dataDir: dataDirOf(run, `ingest-${schemaType}`), signal: run.signal }, async (server) => {
      const figures: Figure[] = []
      for (const codec of codecs) figures.push(...(await ingestOf({ schemaType, codec, run, server })))
      return figures
    })
}

interface IngestOf {
  readonly schemaType: SchemaType
  readonly codec: CompressionType
  readonly run: BenchRun
  readonly server: BenchServer
}

async function ingestOf({ schemaType, codec, run, server }: IngestOf): Promise<Figure[]> {
  const { sizes, say, signal } = run
  const topic = `ingest_${codec}`
  const schemaId = await registerEvents(server.http, topic, schemaType)
  say(`${schemaType}, ${codec}: preparing batches`)
  const prepared = prepareBatches({
    nextValue: await eventValues(schemaType, schemaId),
    recordCount: sizes.records,
    recordsPerBatch: sizes.batchRecords,
    compression: codec,
  })
  const table = await eventTable(schemaType, schemaId)
  const created = await createTopic(server.http, topic)
  const producers = await Producers.connect(server.kafka, { ...created, prepared }, signal)
  const rounds: Round[] = []
  let rowCount = 0
  for (let round = 0; round <= sizes.rounds; round++) {
    say(`${schemaType}, ${codec}: round ${round} of ${sizes.rounds}`)
    const measured = await oneRound({ table, prepared, producers, server, topic, records: sizes.records })
    rowCount += measured.recordCount
    if (round > 0) rounds.push(measured)
  }
  await producers.close()
  await expectRows(server.http, topic, rowCount)
  return figuresOf(rounds, { schemaType, codec, prepared })
}

interface Round {
  readonly recordCount: number
  readonly limitCpu: number
  readonly serverCpu: number
  readonly wallSeconds: number
  readonly residentBytesMax: number
}

interface RoundOf {
  readonly table: EventTable
  readonly prepared: PreparedBatches
  readonly producers: Producers
  readonly server: BenchServer
  readonly topic: string
  readonly records: number
}

async function oneRound({ table, prepared, producers, server, topic, records }: RoundOf): Promise<Round> {
  const limitSeconds = await ownCpuSeconds(() => decodeAndEncode(table, prepared, records))
  const cpuBefore = cpuSecondsOf(server.pid)
  const startMs = performance.now()
  let recordCount = 0
  const memory = await sampleMemory(server.pid, 100, async () => {
    recordCount = await producers.sendRecords(records)
    await flushTable(server.http, topic)
  })
  const wallSeconds = (performance.now() - startMs) / 1_000
  const millions = recordCount / 1e6
  return {
    recordCount,
    limitCpu: limitSeconds / millions,
    serverCpu: (cpuSecondsOf(server.pid) - cpuBefore) / millions,
    wallSeconds,
    residentBytesMax: Math.max(...memory.map(({ residentBytes }) => residentBytes)),
  }
}

function figuresOf(
  rounds: readonly Round[],
  { schemaType, codec, prepared }: { schemaType: SchemaType; codec: CompressionType; prepared: PreparedBatches },
): Figure[] {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of))
  const atMost = cpuBudgets[schemaType]
  return [
    { name: `${codec}: bytes of a value`, value: prepared.valueBytes, unit: 'bytes' },
    { name: `${codec}: bytes of a batch`, value: prepared.batchBytes, unit: 'bytes' },
    { name: `${codec}: server CPU`, value: middle(({ serverCpu }) => serverCpu), unit: 's per million records', budget: { atMost } },
    { name: `${codec}: limit CPU`, value: middle(({ limitCpu }) => limitCpu), unit: 's per million records' },
    {
      name: `${codec}: server / limit`,
      value: middle(({ serverCpu, limitCpu }) => serverCpu / limitCpu),
      unit: 'times',
      budget: { atMost: RATIO_BUDGET },
    },
    {
      name: `${codec}: throughput to committed`,
      value: middle(({ recordCount, wallSeconds }) => recordCount / wallSeconds),
      unit: 'records/s',
    },
    { name: `${codec}: memory, highest`, value: Math.max(...rounds.map(({ residentBytesMax }) => residentBytesMax)) / 1e6, unit: 'MB' },
  ]
}
