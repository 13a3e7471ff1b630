import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { keyOf } from '../../../src/objects/lake-root.ts'
import { RecordWalker } from '../../../src/protocol/records/record-walker.ts'
import { storedRecords, readBatchHeader } from '../../../src/protocol/records/batch.ts'
import { utf8Text } from '../../../src/shared/bytes.ts'
import { loadTable } from '../../../src/tables/iceberg/loaded-table.ts'
import { latestOwnSnapshot, progressOf } from '../../../src/tables/iceberg/progress.ts'
import { liveFiles } from '../../../src/tables/iceberg/snapshot-files.ts'
import type { SimulatedTopic } from './simulated-topic.ts'
import type { World } from './world.ts'

/** A row, or the record that it should be. */
export interface Row {
  readonly id: number
  readonly atMs: number
}

/** What a table holds, in the words of the files themselves. */
export interface FoundTable {
  readonly rows: readonly (Row & { readonly place: string })[]
  readonly nextOffsets: ReadonlyMap<number, bigint>
}

/** Looks at the stores themselves, past every fault. */
export class LakeTruth {
  readonly #world: World
  readonly #rowsByKey = new Map<string, FoundTable['rows']>()
  /** Records by topic and place, also those that retention removed since. */
  readonly #records = new Map<SimulatedTopic, Map<string, Row>>()

  constructor(world: World) {
    this.#world = world
  }

  /** Every record of the log by its place, as `partition:offset`. */
  async recordsOf(topic: SimulatedTopic): Promise<ReadonlyMap<string, Row>> {
    const { state, logTruth } = this.#world
    const records = this.#records.get(topic) ?? new Map<string, Row>()
    this.#records.set(topic, records)
    for (let partition = 0; partition < topic.plan.partitionCount; partition++) {
      const offsets = await state.partitionOffsets(topic.topicId, partition)
      for (let offset = offsets?.logStartOffset ?? 0n; offset < (offsets?.nextOffset ?? 0n);) {
        const place = { topicId: topic.topicId, partition, offset, bytesMax: 0, batchesMax: 1 }
        const [batch] = await state.findBatches(place)
        if (!batch) throw new Error(`no batch holds offset ${offset}`)
        if (!records.has(`${partition}:${batch.lastOffset}`)) {
          const bytes = await logTruth.getRange(`log/${batch.piece}`, { start: batch.position, length: batch.length })
          if (!bytes) throw new Error(`${batch.piece} is gone`)
          for (const { offsetDelta, ...row } of recordsIn(bytes))
            records.set(`${partition}:${batch.baseOffset + BigInt(offsetDelta)}`, {
              ...row,
              atMs: Number(batch.logAppendTimeMs ?? row.atMs),
            })
        }
        offset = batch.lastOffset + 1n
      }
    }
    return records
  }

  async icebergTable(topic: SimulatedTopic): Promise<FoundTable> {
    const { catalog, lakeTruth, lakeUri } = this.#world
    const root = { uri: lakeUri, store: lakeTruth }
    const table = await loadTable(catalog.truthOf(topic.table), root)
    if (!table) return { rows: [], nextOffsets: new Map() }
    const keys: string[] = []
    for await (const { uri } of liveFiles(table)) keys.push(keyOf(root, uri) ?? uri)
    return { rows: await this.#rowsOf(keys), nextOffsets: progressOf(latestOwnSnapshot(table.metadata, topic.topicId)).nextOffsets }
  }

  /** The log replayed from its first version, the plain way. */
  async deltaTable(topic: SimulatedTopic): Promise<FoundTable> {
    const { lakeTruth } = this.#world
    const folder = `${topic.table.namespace}/${topic.table.table}/data`
    const live = new Set<string>()
    const nextOffsets = new Map<number, bigint>()
    for (let version = 0; ; version++) {
      const bytes = await lakeTruth.get(`${folder}/_delta_log/${String(version).padStart(20, '0')}.json`)
      if (!bytes) break
      for (const line of utf8Text(bytes).trim().split('\n')) {
        const { add, txn } = JSON.parse(line) as { add?: { path: string }; txn?: { appId: string; version: number } }
        if (add && live.has(add.path)) throw new Error(`${add.path} was added twice`)
        if (add) live.add(add.path)
        if (txn) nextOffsets.set(Number(txn.appId.split('/').at(-1)), BigInt(txn.version))
      }
    }
    return { rows: await this.#rowsOf([...live].map((path) => `${folder}/${decodeURIComponent(path)}`)), nextOffsets }
  }

  async #rowsOf(keys: readonly string[]): Promise<FoundTable['rows']> {
    const rows: FoundTable['rows'][number][] = []
    for (const key of keys) {
      const known = this.#rowsByKey.get(key) ?? (await this.#readFile(key))
      this.#rowsByKey.set(key, known)
      rows.push(...known)
    }
    return rows
  }

  async #readFile(key: string): Promise<FoundTable['rows']> {
    const bytes = await this.#world.lakeTruth.get(key)
    if (!bytes) throw new Error(`${key} is in a table and not in the lake`)
    const file = bytes.slice().buffer
    const columns = ['id', '_kafka_partition', '_kafka_offset', '_kafka_timestamp']
    const found = await parquetReadObjects({ file, columns, compressors, parsers: { timestampFromMicroseconds: asMs } })
    return found.map((row) => ({
      id: Number(row['id']),
      place: `${row['_kafka_partition']}:${row['_kafka_offset']}`,
      atMs: Number(row['_kafka_timestamp']),
    }))
  }
}

function* recordsIn(batch: Uint8Array): Generator<Row & { readonly offsetDelta: number }> {
  const { recordsCount, baseTimestamp } = readBatchHeader(batch)
  const walker = new RecordWalker(storedRecords(batch), recordsCount)
  while (walker.next()) {
    const id = Number(utf8Text(walker.bytes.subarray(walker.keyStart, walker.keyEnd)))
    yield { id, offsetDelta: walker.offsetDelta, atMs: Number(baseTimestamp) + walker.timestampDelta }
  }
}

/** hyparquet would make a Date of it. */
function asMs(micros: bigint): Date {
  return Number(micros / 1_000n) as unknown as Date
}
