/**
 * What lanes and encoders cost beside the work itself, in CPU seconds of all threads per million records:
 *
 *     node test/bench/lanes.bench.ts [records] [records per batch]
 *
 * The limit is a plain loop in one thread: walk each batch, decode each value and its metadata into columns, encode them as
 * zstd Parquet. Beside it the same bytes through a worker lane and a worker encoder, as the broker uses them.
 */
import type { Chunk, Judgement, Lane } from '../../src/lanes/lane.ts'
import { ValueJudge } from '../../src/lanes/value-judge.ts'
import { judgeBatch } from '../../src/lanes/batch-judge.ts'
import { SchemaDecoders } from '../../src/lanes/schema-decoders.ts'
import { TableRows } from '../../src/lanes/table-rows.ts'
import { tableShape } from '../../src/lanes/table-shape.ts'
import { workerEncoder } from '../../src/lanes/worker-encoder.ts'
import { workerLane } from '../../src/lanes/worker-lane.ts'
import { ParquetWriter } from '../../src/parquet/writer.ts'
import { WireFrame } from '../../src/schema/wire-framing.ts'
import { limits } from '../../src/shared/limits.ts'
import { type BenchCase, benchCases, SCHEMA_ID } from './lane-cases.ts'

const recordCount = Number(process.argv[2] ?? 1_000_000)
const batchRecords = Number(process.argv[3] ?? 100)
const BATCHES_AHEAD = 32
const ROUNDS = 3

const judgement: Judgement = {
  value: { kind: 'framed', framing: 'auto', allowedSchemaIds: [SCHEMA_ID] },
  tableKey: 'table',
  isKeyRequired: false,
}

for (const benchCase of await benchCases({ recordCount, batchRecords })) {
  const through = lanesUnder(benchCase)
  let limitBest = Infinity
  let throughBest = Infinity
  // The first round warms up. Of the others the best counts: whatever else the machine does only adds.
  for (let round = 0; round <= ROUNDS; round++) {
    const limitSeconds = await cpuSeconds(() => plainLoop(benchCase))
    const throughSeconds = await cpuSeconds(() => through.run())
    if (round === 0) continue
    limitBest = Math.min(limitBest, limitSeconds)
    throughBest = Math.min(throughBest, throughSeconds)
  }
  await through.close()
  const perMillion = (seconds: number): string => ((seconds * 1e6) / recordCount).toFixed(2)
  const overhead = ((throughBest / limitBest - 1) * 100).toFixed(0)
  console.log(
    `${benchCase.name.padEnd(9)} ${benchCase.valueBytes} B values, ${batchRecords} a batch: limit ${perMillion(limitBest)} s, lanes ${perMillion(throughBest)} s per million (${overhead}% more)`,
  )
}

async function plainLoop({ batches, rowType, schema, language }: BenchCase): Promise<void> {
  const schemas = new SchemaDecoders()
  schemas.addLanguage(language)
  schemas.define(schema)
  const wire = new WireFrame()
  const writer = new ParquetWriter({ rowType, rowGroupRows: limits.rowGroupRows })
  const rows = new TableRows(tableShape(rowType))
  const write = async (): Promise<void> => {
    const count = rows.length
    await writer.write(rows.columns.finish().children, count)
  }
  for (const batch of batches) {
    const values = new ValueJudge({ topic: 'bench', value: judgement.value, schemas, wire, rows, isStored: false })
    const judged = judgeBatch({ batch, partition: 0, judgement, values, rows, skipCount: 0, isStored: false })
    if (judged.kind !== 'valid') throw new Error(JSON.stringify(judged))
    if (rows.columns.byteLength >= limits.chunkBytes) await write()
  }
  await write()
  await writer.finish()
}

function lanesUnder({ batches, rowType, schema }: BenchCase): { run(): Promise<void>; close(): Promise<unknown> } {
  const onCrash = (error: Error): never => {
    throw error
  }
  const lane = workerLane({ name: 'lane', onCrash })
  const encoder = workerEncoder({ name: 'encoder', onCrash })
  lane.defineSchema(schema)
  const hand = async (chunks: Promise<Chunk[]>): Promise<void> => {
    for (const chunk of await chunks) await encoder.write('file', chunk)
  }
  return {
    async run() {
      lane.openTable({ tableKey: 'table', rowType, partitionBy: 'day' })
      encoder.open({ fileKey: 'file', rowType, rowGroupRows: limits.rowGroupRows })
      let writing = Promise.resolve()
      for (let first = 0; first < batches.length; first += BATCHES_AHEAD) {
        const ahead = batches.slice(first, first + BATCHES_AHEAD)
        const offset = (index: number): bigint => BigInt((first + index) * batchRecords)
        const buffered = await Promise.all(ahead.map((batch, index) => judgeAndAdopt(lane, batch.slice(), offset(index))))
        if (Math.max(...buffered) < limits.chunkBytes) continue
        await writing
        writing = hand(lane.cut('table'))
      }
      await writing
      await hand(lane.cut('table'))
      await encoder.finish('file')
    },
    close: () => Promise.all([lane.close(), encoder.close()]),
  }
}

async function judgeAndAdopt(lane: Lane, batch: Uint8Array<ArrayBuffer>, baseOffset: bigint): Promise<number> {
  const verdict = await lane.judge({ topic: 'bench', partition: 0, batch, judgement })
  if (verdict.kind !== 'valid') throw new Error(JSON.stringify(verdict))
  const outcome = await lane.adopt({ ticket: verdict.ticket, tableKey: 'table', partition: 0, baseOffset, logAppendTimeMs: null })
  if (outcome.kind !== 'adopted') throw new Error(outcome.kind)
  return outcome.bufferedBytes
}

async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}
