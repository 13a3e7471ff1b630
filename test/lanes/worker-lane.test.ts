import { describe, expect, test } from 'vitest'
import { structType } from '../../src/columns/row-type.ts'
import type { Chunk, Lane } from '../../src/lanes/lane.ts'
import { workerLane } from '../../src/lanes/worker-lane.ts'
import { workerEncoder } from '../../src/lanes/worker-encoder.ts'
import { laneConformance } from '../conformance/lane.ts'
import { batchOf, judgement, order, orderSchema, orderTable, tableKey, topic } from './orders.ts'

const onCrash = (error: Error): never => {
  throw error
}

laneConformance('the worker lane', () => workerLane({ name: 'lane under test', onCrash }))

describe('a lane whose thread dies', () => {
  test('rejects what was under way, says so, and starts again with nothing', async () => {
    const crashes: Error[] = []
    const lane = workerLane({ name: 'lane 3', onCrash: (error) => crashes.push(error) })
    lane.openTable({ tableKey, rowType: orderTable, partitionBy: 'none' })
    await judged(lane)
    // A table that has no offsets is nothing that a lane can be asked for.
    lane.openTable({ tableKey: 'broken', rowType: structType([]), partitionBy: 'none' })
    await expect(judged(lane)).rejects.toMatchObject({
      kind: 'store-unavailable',
      message: expect.stringContaining('lane 3 stopped: ') as string,
    })
    expect(crashes).toHaveLength(1)
    await expect(lane.cut(tableKey)).rejects.toMatchObject({ kind: 'not-found' })
    expect(await judged(lane)).toEqual({ kind: 'needs-table' })
    lane.defineTable({ tableKey, rowType: orderTable, partitionBy: 'none' })
    expect(await judged(lane)).toMatchObject({ kind: 'valid' })
    await expect(lane.cut(tableKey)).rejects.toMatchObject({ kind: 'not-found' })
    await lane.close()
    expect(crashes).toHaveLength(1)
  })

  test('rejects what is under way when it is closed', async () => {
    const lane = workerLane({ name: 'lane', onCrash })
    const verdict = judged(lane)
    await lane.close()
    await expect(verdict).rejects.toMatchObject({ kind: 'shutting-down' })
  })
})

test('a verdict never waits behind an encode', async () => {
  const lane = workerLane({ name: 'lane', onCrash })
  const encoder = workerEncoder({ name: 'encoder', onCrash })
  const [chunk] = await bigChunk(lane)
  encoder.open({ fileKey: 'file', rowType: orderTable, rowGroupRows: 1_000_000, rowGroupBytes: Infinity })
  const finished: string[] = []
  const encoding = encoder.write('file', chunk as Chunk).then(() => finished.push('encode'))
  for (let index = 0; index < 5; index++) await judged(lane).then(() => finished.push('verdict'))
  await encoding
  expect(finished).toEqual([...Array.from({ length: 5 }, () => 'verdict'), 'encode'])
  await Promise.all([lane.close(), encoder.close()])
})

test('the caller keeps a frame of which a batch was only a part', async () => {
  const lane = workerLane({ name: 'lane', onCrash })
  lane.defineSchema(orderSchema)
  lane.defineTable({ tableKey, rowType: orderTable, partitionBy: 'none' })
  const batch = batchOf([order(1)])
  const frame = new Uint8Array(batch.length * 2)
  frame.set(batch)
  frame.set(batch, batch.length)
  const parts = [frame.subarray(0, batch.length), frame.subarray(batch.length)]
  const verdicts = await Promise.all(parts.map((part) => lane.judge({ topic, partition: 0, batch: part, judgement })))
  expect(verdicts.map(({ kind }) => kind)).toEqual(['valid', 'valid'])
  expect(frame.subarray(0, batch.length)).toEqual(batch)
  await lane.close()
})

test('bytes that were given away already are refused, and the lane goes on', async () => {
  const lane = workerLane({ name: 'lane', onCrash })
  lane.defineSchema(orderSchema)
  const batch = batchOf([order(1)])
  structuredClone(batch, { transfer: [batch.buffer] })
  await expect(lane.judge({ topic, partition: 0, batch, judgement })).rejects.toThrow()
  // What was told in the same turn went with it.
  expect(await judged(lane)).toEqual({ kind: 'needs-table' })
  lane.defineTable({ tableKey, rowType: orderTable, partitionBy: 'none' })
  expect(await judged(lane)).toMatchObject({ kind: 'valid' })
  await lane.close()
})

function judged(lane: Lane) {
  lane.defineSchema(orderSchema)
  return lane.judge({ topic, partition: 0, batch: batchOf([order(1)]), judgement })
}

async function bigChunk(lane: Lane): Promise<Chunk[]> {
  lane.defineSchema(orderSchema)
  lane.openTable({ tableKey, rowType: orderTable, partitionBy: 'none' })
  const records = Array.from({ length: 2_000 }, (_, id) => order(id))
  for (let copy = 0; copy < 60; copy++)
    await lane.decode({ tableKey, topic, partition: 0, batches: [batchOf(records)], fromOffset: 0n, judgement })
  return lane.cut(tableKey)
}
