import type { SchemaType } from '../../../schema/language.ts'
import type { Chunk, Lane } from '../../../lanes/lane.ts'
import { workerEncoder } from '../../../lanes/worker-encoder.ts'
import { workerLane } from '../../../lanes/worker-lane.ts'
import { assert } from '../../../shared/assert.ts'
import { limits } from '../../../shared/limits.ts'
import type { BenchRun } from '../bench-run.ts'
import type { Figure } from '../figure.ts'
import { decodeAndEncode, eventTable, type EventTable } from '../limit.ts'
import { eventValues } from '../load/event-values.ts'
import { prepareBatches, type PreparedBatches } from '../load/prepared-batches.ts'
import { ownCpuSeconds } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

const SCHEMA_ID = 1
/** As many as a busy server has under way. */
const BATCHES_AHEAD = 32

/**
 * The part of ingest's cost above the limit that is the hand-over between threads: the same bytes through a worker lane and
 * a worker encoder, as the broker uses them, without network, log or commits.
 */
export async function lanes(run: BenchRun): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const schemaType of ['AVRO', 'JSON', 'PROTOBUF'] as const) figures.push(...(await lanesOf(schemaType, run)))
  return figures
}

async function lanesOf(schemaType: SchemaType, { sizes, say }: BenchRun): Promise<Figure[]> {
  const { records, batchRecords, rounds } = sizes
  const prepared = prepareBatches({
    nextValue: await eventValues(schemaType, SCHEMA_ID),
    recordCount: records,
    recordsPerBatch: batchRecords,
    compression: 'none',
  })
  const table = await eventTable(schemaType, SCHEMA_ID)
  const threads = new LaneAndEncoder(table, prepared)
  const limitCosts: number[] = []
  const laneCosts: number[] = []
  for (let round = 0; round <= rounds; round++) {
    say(`${schemaType}: round ${round} of ${rounds}`)
    const limit = await ownCpuSeconds(() => decodeAndEncode(table, prepared, records))
    const throughLanes = await ownCpuSeconds(() => threads.write(records))
    if (round === 0) continue
    limitCosts.push(limit / (records / 1e6))
    laneCosts.push(throughLanes / (records / 1e6))
  }
  await threads.close()
  const limit = median(limitCosts)
  const throughLanes = median(laneCosts)
  return [
    { name: `${schemaType}: limit CPU`, value: limit, unit: 's per million records' },
    { name: `${schemaType}: lane and encoder CPU`, value: throughLanes, unit: 's per million records' },
    { name: `${schemaType}: lane and encoder / limit`, value: throughLanes / limit, unit: 'times' },
  ]
}

class LaneAndEncoder {
  readonly #table: EventTable
  readonly #prepared: PreparedBatches
  readonly #lane = workerLane({ name: 'lane', onCrash: rethrow })
  readonly #encoder = workerEncoder({ name: 'encoder', onCrash: rethrow })

  constructor(table: EventTable, prepared: PreparedBatches) {
    this.#table = table
    this.#prepared = prepared
    this.#lane.defineSchema(table.schema)
  }

  /** One file of so many records. */
  async write(recordCount: number): Promise<void> {
    const { rowType } = this.#table
    const { batches, recordsPerBatch } = this.#prepared
    this.#lane.openTable({ tableKey: 'table', rowType, partitionBy: 'day' })
    const { rowGroupRows, rowGroupBytes } = limits
    this.#encoder.open({ fileKey: 'file', rowType, rowGroupRows, rowGroupBytes })
    const batchCount = Math.ceil(recordCount / recordsPerBatch)
    let writing = Promise.resolve()
    for (let first = 0; first < batchCount; first += BATCHES_AHEAD) {
      const count = Math.min(BATCHES_AHEAD, batchCount - first)
      const buffered = await Promise.all(
        Array.from({ length: count }, (_, index) => {
          const turn = first + index
          // A batch that is judged is transferred.
          const batch = (batches[turn % batches.length] as Uint8Array<ArrayBuffer>).slice()
          return this.#judgeAndAdopt(this.#lane, batch, BigInt(turn * recordsPerBatch))
        }),
      )
      if (Math.max(...buffered) < limits.chunkBytes) continue
      await writing
      writing = this.#handOver(this.#lane.cut('table'))
    }
    await writing
    await this.#handOver(this.#lane.cut('table'))
    await this.#encoder.finish('file')
  }

  async close(): Promise<void> {
    await Promise.all([this.#lane.close(), this.#encoder.close()])
  }

  async #judgeAndAdopt(lane: Lane, batch: Uint8Array<ArrayBuffer>, baseOffset: bigint): Promise<number> {
    const verdict = await lane.judge({ topic: 'bench', partition: 0, batch, judgement: this.#table.judgement })
    assert(verdict.kind === 'valid', 'the events of the benchmark do not fit their schema')
    const outcome = await lane.adopt({ ticket: verdict.ticket, tableKey: 'table', partition: 0, baseOffset, logAppendTimeMs: null })
    assert(outcome.kind === 'adopted', 'judged rows that are gone')
    return outcome.bufferedBytes
  }

  async #handOver(chunks: Promise<Chunk[]>): Promise<void> {
    for (const chunk of await chunks) await this.#encoder.write('file', chunk)
  }
}

function rethrow(error: Error): never {
  throw error
}
