import { describe, expect, test } from 'vitest'
import type { Encoder } from '../../src/lanes/encoder.ts'
import { inProcessEncoder } from '../../src/lanes/in-process-encoder.ts'
import { inProcessLane } from '../../src/lanes/in-process-lane.ts'
import type { Chunk, TimePartition } from '../../src/lanes/lane.ts'
import { FaultyObjectStore } from '../../src/objects/faults.ts'
import { MemoryObjectStore } from '../../src/objects/memory.ts'
import type { ObjectStore } from '../../src/objects/object-store.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { BufferMemory } from '../../src/sink/buffer-memory.ts'
import { CompressionRatio } from '../../src/sink/compression-ratio.ts'
import { FileGeneration } from '../../src/sink/file-generation.ts'
import { LaneUnderTest } from '../lanes/lane-under-test.ts'
import { DAY_MS, newYearMs, order, orderTable, tableKey } from '../lanes/orders.ts'
import { hyparquetRows } from '../parquet/read-back.ts'

const signal = new AbortController().signal

/** An encoder that remembers which files were begun and given up, and may fail. */
class WatchedEncoder implements Encoder {
  readonly opened: string[] = []
  readonly aborted: string[] = []
  failsToWrite = false
  readonly #encoder = inProcessEncoder()

  open(file: Parameters<Encoder['open']>[0]): void {
    this.opened.push(file.fileKey)
    this.#encoder.open(file)
  }

  write(fileKey: string, chunk: Chunk): ReturnType<Encoder['write']> {
    if (this.failsToWrite) return Promise.reject(new HeadgateError('store-unavailable', 'the encoder stopped'))
    return this.#encoder.write(fileKey, chunk)
  }

  finish(fileKey: string): ReturnType<Encoder['finish']> {
    return this.#encoder.finish(fileKey)
  }

  abort(fileKey: string): void {
    this.aborted.push(fileKey)
    this.#encoder.abort(fileKey)
  }

  close(): Promise<void> {
    return this.#encoder.close()
  }
}

function given({ store = new MemoryObjectStore() as ObjectStore } = {}) {
  const encoder = new WatchedEncoder()
  const memory = new BufferMemory(1 << 30)
  const context = {
    encoder,
    root: { uri: 'memory://lake', store },
    random: seededRandom(1),
    rowType: orderTable,
    rowGroupRows: 1_000_000,
    rowGroupBytes: 64_000_000,
    dataFolder: 'default/orders/data',
    compression: new CompressionRatio(),
  }
  return { encoder, memory, store, compression: context.compression, generation: new FileGeneration(context, memory.share()) }
}

/** Rows with these ids, each of the day of its number. */
async function chunksOf(
  ids: readonly number[],
  { partitionBy = 'none' as TimePartition, days = [] as readonly number[] } = {},
): Promise<Chunk[]> {
  const orders = new LaneUnderTest(inProcessLane())
  orders.openOrders(partitionBy)
  const records = ids.map((id, index) => order(id, { atMs: newYearMs + (days[index] ?? 0) * DAY_MS }))
  if (records.length > 0) await orders.adopt(await orders.ticketOf(records), 0n)
  return orders.lane.cut(tableKey)
}

async function idsIn(store: ObjectStore, key: string): Promise<unknown[]> {
  const bytes = await store.get(key)
  if (!bytes) throw new Error(`${key} is not there`)
  return (await hyparquetRows(bytes, orderTable)).map((row) => Number((row as { id: bigint }).id))
}

describe('the files of one commit', () => {
  test('hold the chunks in the order in which they were given, whichever came first', async () => {
    const { generation, store } = given()
    const slow = Promise.withResolvers<Chunk[]>()
    const written = [generation.write(slow.promise), generation.write(chunksOf([3, 4]))]
    slow.resolve(await chunksOf([1, 2]))
    await Promise.all(written)
    const [file] = await generation.finish(signal)
    expect(file).toMatchObject({ partitionValue: null, metrics: { rowCount: 4 } })
    expect(file?.key).toMatch(/^default\/orders\/data\/[0-9a-f-]{36}\.parquet$/)
    expect(await idsIn(store, file?.key ?? '')).toEqual([1, 2, 3, 4])
  })

  test('are one per partition value, over all chunks', async () => {
    const { generation, store } = given()
    void generation.write(chunksOf([1, 2, 3], { partitionBy: 'day', days: [0, 1, 0] }))
    void generation.write(chunksOf([4, 5], { partitionBy: 'day', days: [1, 2] }))
    const files = await generation.finish(signal)
    const newYear = newYearMs / DAY_MS
    expect(files.map(({ partitionValue }) => partitionValue)).toEqual([newYear, newYear + 1, newYear + 2])
    expect(await Promise.all(files.map(({ key }) => idsIn(store, key)))).toEqual([[1, 3], [2, 4], [5]])
  })

  test('are none where there are no rows', async () => {
    const { generation, encoder } = given()
    await generation.write(chunksOf([]))
    expect(await generation.finish(signal)).toEqual([])
    expect(encoder.opened).toEqual([])
  })

  test('are as large as the encoder said last of each', async () => {
    const { generation, encoder } = given()
    const answers = [10, 5, 30]
    encoder.write = async () => {
      const encodedBytes = answers.shift() ?? 0
      return { encodedBytes, openBytes: encodedBytes * 2 }
    }
    expect(generation.encodedBytes).toBe(0)
    await generation.write(chunksOf([1, 2], { partitionBy: 'day', days: [0, 1] }))
    expect(generation.encodedBytes).toBe(15)
    await generation.write(chunksOf([3], { partitionBy: 'day' }))
    expect(generation.encodedBytes).toBe(35)
    expect(generation.openBytes).toBe(70)
  })
})

describe('how much columns shrink', () => {
  test('is learnt from finished row groups, without what is still open', async () => {
    const { generation, encoder, compression } = given()
    encoder.write = async () => ({ encodedBytes: 2_000_000, openBytes: 4_000_000 })
    await generation.write(chunksOf([1]).then((chunks) => chunks.map((chunk) => ({ ...chunk, byteLength: 16_000_000 }))))
    expect(compression.value).toBe(6)
  })

  test('is learnt from finished files', async () => {
    const { generation, store, compression } = given()
    await generation.write(chunksOf([1]).then((chunks) => chunks.map((chunk) => ({ ...chunk, byteLength: 16_000_000 }))))
    expect(compression.value).toBe(4)
    const [file] = await generation.finish(signal)
    const fileBytes = (await store.get(file?.key ?? ''))?.byteLength ?? 0
    expect(compression.value).toBe(16_000_000 / fileBytes)
  })
})

describe('memory', () => {
  test('is taken by a chunk while it is encoded, and free afterwards', async () => {
    const { generation, memory, encoder } = given()
    const chunks = await chunksOf([1, 2])
    const during: number[] = []
    const write = encoder.write.bind(encoder)
    encoder.write = (fileKey, chunk) => {
      during.push(memory.bytes)
      return write(fileKey, chunk)
    }
    await generation.write(Promise.resolve(chunks))
    expect(during).toEqual([chunks[0]?.byteLength])
    expect(memory.bytes).toBe(0)
  })

  test('is taken by chunks that wait for the encoder, too', async () => {
    const { generation, memory, encoder } = given()
    const chunks = [await chunksOf([1]), await chunksOf([2, 3]), await chunksOf([4])]
    const sizes = chunks.map(([chunk]) => chunk?.byteLength ?? 0)
    const { promise: room, resolve: goOn } = Promise.withResolvers<void>()
    const write = encoder.write.bind(encoder)
    encoder.write = async (fileKey, chunk) => {
      await room
      return write(fileKey, chunk)
    }
    const written = chunks.map((given) => generation.write(Promise.resolve(given)))
    await new Promise((resolve) => setImmediate(resolve))
    expect(memory.bytes).toBe(sizes.reduce((sum, bytes) => sum + bytes, 0))
    goOn()
    await Promise.all(written)
    expect(memory.bytes).toBe(0)
  })

  test('is free also where the encoder failed', async () => {
    const { generation, memory, encoder } = given()
    encoder.failsToWrite = true
    await expect(generation.write(chunksOf([1]))).rejects.toThrow('the encoder stopped')
    expect(memory.bytes).toBe(0)
  })
})

describe('a failure', () => {
  test('of a lane is that of the write, and of everything behind it', async () => {
    const { generation } = given()
    const gone = Promise.reject(new HeadgateError('store-unavailable', 'the lane stopped'))
    const written = [generation.write(gone), generation.write(chunksOf([1]))]
    for (const write of written) await expect(write).rejects.toThrow('the lane stopped')
    await expect(generation.finish(signal)).rejects.toThrow('the lane stopped')
  })

  test('of chunks that nobody awaits yet is heard: others are still being encoded', async () => {
    const { generation } = given()
    const slow = Promise.withResolvers<Chunk[]>()
    const first = generation.write(slow.promise)
    const second = generation.write(Promise.reject(new HeadgateError('store-unavailable', 'the lane stopped')))
    second.catch(() => undefined)
    // An unhandled rejection would end the process, and this test run.
    await new Promise((resolve) => setImmediate(resolve))
    slow.resolve(await chunksOf([1]))
    await first
    await expect(second).rejects.toThrow('the lane stopped')
  })

  test('of the store leaves the files that were not finished to be given up', async () => {
    const clock = new ManualClock()
    const store = new FaultyObjectStore(new MemoryObjectStore(), { plan: () => ({ kind: 'refused' }), clock })
    const { generation, encoder } = given({ store })
    await generation.write(chunksOf([1, 2], { partitionBy: 'day', days: [0, 1] }))
    await expect(generation.finish(signal)).rejects.toMatchObject({ kind: 'store-unavailable' })
    generation.abort()
    expect(encoder.aborted).toEqual(encoder.opened.slice(1))
  })
})

describe('a generation that is given up', () => {
  test('gives up its open files in the encoder', async () => {
    const { generation, encoder, store } = given()
    await generation.write(chunksOf([1, 2], { partitionBy: 'day', days: [0, 1] }))
    generation.abort()
    expect(encoder.aborted).toEqual(encoder.opened)
    expect(await store.list('')).toEqual([])
  })

  test('opens no file any more for what still waits to be written', async () => {
    const { generation, encoder } = given()
    const slow = Promise.withResolvers<Chunk[]>()
    const written = generation.write(slow.promise)
    generation.abort()
    slow.resolve(await chunksOf([1]))
    await written
    expect(encoder.opened).toEqual([])
  })
})
