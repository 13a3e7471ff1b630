import { describe, expect, test } from 'vitest'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { deltaLogOf } from '../../../src/tables/delta/delta-table.ts'
import { readTable, recentVersions } from '../../../src/tables/delta/read-table.ts'
import { appendOf, newTable, openOn } from './table-fixture.ts'

const logKey = (version: number): string => `default/orders/data/_delta_log/${String(version).padStart(20, '0')}.json`

async function linesOf(store: MemoryObjectStore, version: number): Promise<{ [kind: string]: unknown }[]> {
  const text = Buffer.from((await store.get(logKey(version))) ?? []).toString('utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { [kind: string]: unknown })
}

describe('a Delta table', () => {
  test('is created once, with the lowest protocol that every reader takes', async () => {
    const store = new MemoryObjectStore()
    await Promise.all([openOn(store, { seed: 1 }), openOn(store, { seed: 2 })])
    const [, protocol, metaData] = await linesOf(store, 0)
    expect(protocol).toEqual({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } })
    const { schemaString } = (metaData ?? {})['metaData'] as { schemaString: string }
    expect(JSON.parse(schemaString)).toMatchObject({
      fields: [
        { name: 'id', type: 'long' },
        { name: 'name', type: 'string' },
        { name: '_kafka_offset', type: 'long', nullable: false },
      ],
    })
    expect(await store.get(logKey(1))).toBeUndefined()
  })

  test('a table whose files Iceberg shares stops a VACUUM', async () => {
    const store = new MemoryObjectStore()
    await openOn(store, { table: { ...newTable, isShared: true } })
    const { state } = await readTable(deltaLogOf({ uri: 'memory://lake', store }, newTable))
    expect(state.metaData.configuration['delta.deletedFileRetentionDuration']).toBe('interval 36500 days')
  })

  test('an append carries its files and one txn per partition with the next offset', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    expect(
      await table.append(
        appendOf('a', [
          [0, 0, 10],
          [3, 0, 5],
        ]),
      ),
    ).toEqual({ kind: 'committed', version: 1n })
    const lines = await linesOf(store, 1)
    expect(lines.filter(({ txn }) => txn)).toMatchObject([
      { txn: { appId: `headgate/${newTable.topicId}/0`, version: 10 } },
      { txn: { appId: `headgate/${newTable.topicId}/3`, version: 5 } },
    ])
    expect(lines.find(({ add }) => add)).toMatchObject({ add: { path: 'a.parquet', size: 1000, dataChange: true } })
    expect((await table.progress()).nextOffsets).toEqual(
      new Map([
        [0, 10n],
        [3, 5n],
      ]),
    )
  })

  test('the same append twice is in the table once, and both are told the version that holds it', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    await table.append(appendOf('a', [[0, 0, 10]]))
    await table.append(appendOf('b', [[0, 10, 20]]))
    const other = await openOn(store)
    expect(await other.append(appendOf('a', [[0, 0, 10]]))).toEqual({ kind: 'committed', version: 2n })
    expect(await store.get(logKey(3))).toBeUndefined()
  })

  test('an append that does not start where the table is, is stale', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    await table.append(appendOf('a', [[0, 0, 10]]))
    expect(await table.append(appendOf('b', [[0, 11, 20]]))).toMatchObject({ kind: 'stale' })
    expect(await table.append(appendOf('b', [[0, 5, 20]]))).toMatchObject({ kind: 'stale', progress: { nextOffsets: new Map([[0, 10n]]) } })
  })

  test('a foreign commit that takes the version is stepped over', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    const foreign = { add: { path: 'foreign.parquet', partitionValues: {}, size: 1, modificationTime: 1, dataChange: true } }
    await store.put(logKey(1), utf8Bytes(`${JSON.stringify({ commitInfo: {} })}\n${JSON.stringify(foreign)}\n`))
    expect(await table.append(appendOf('a', [[0, 0, 10]]))).toEqual({ kind: 'committed', version: 2n })
    const { files } = await readTable(deltaLogOf({ uri: 'memory://lake', store }, newTable))
    expect(files.map(({ path }) => path)).toEqual(['foreign.parquet', 'a.parquet'])
  })

  test('another topic is refused, and so is a table that nobody here made', async () => {
    const store = new MemoryObjectStore()
    await openOn(store)
    await expect(openOn(store, { table: { ...newTable, topicId: '99999999-2222-4333-8444-555555555555' } })).rejects.toThrow(
      /belongs to the topic/,
    )
  })

  test('a protocol that asks more of writers is refused by name', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    const protocol = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: [], writerFeatures: ['generatedColumns'] }
    await store.put(logKey(1), utf8Bytes(`${JSON.stringify({ protocol })}\n`))
    await expect(table.append(appendOf('a', [[0, 0, 10]]))).rejects.toThrow(/generatedColumns/)
  })

  test('what version 7 lists by name and an append keeps anyhow is no reason to refuse', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    const writerFeatures = ['appendOnly', 'invariants', 'deletionVectors']
    const protocol = { minReaderVersion: 3, minWriterVersion: 7, readerFeatures: ['deletionVectors'], writerFeatures }
    await store.put(logKey(1), utf8Bytes(`${JSON.stringify({ protocol })}\n`))
    expect(await table.append(appendOf('a', [[0, 0, 10]]))).toEqual({ kind: 'committed', version: 2n })
  })

  test('a column invariant that somebody set is refused', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    const { state } = await readTable(deltaLogOf({ uri: 'memory://lake', store }, newTable))
    const schema = JSON.parse(state.metaData.schemaString) as { fields: { metadata: object }[] }
    if (schema.fields[0]) schema.fields[0].metadata = { 'delta.invariants': '{"expression":{"expression":"id > 0"}}' }
    const metaData = { id: state.metaData.id, format: { provider: 'parquet', options: {} }, schemaString: JSON.stringify(schema) }
    const line = JSON.stringify({ metaData: { ...metaData, partitionColumns: [], configuration: state.metaData.configuration } })
    await store.put(logKey(1), utf8Bytes(`${line}\n`))
    await expect(table.append(appendOf('a', [[0, 0, 10]]))).rejects.toThrow(/column invariant/)
  })

  test('checkpoints hold everything: the table opens without the commits before them', async () => {
    const store = new MemoryObjectStore()
    const table = await openOn(store)
    for (let commit = 0; commit < 25; commit++)
      await table.append(appendOf(`f${commit}`, [[commit % 2, Math.floor(commit / 2) * 10, Math.floor(commit / 2) * 10 + 10]]))
    const log = deltaLogOf({ uri: 'memory://lake', store }, newTable)
    const before = await readTable(log)
    const pointer = JSON.parse(Buffer.from((await store.get(`${log.logPrefix}/_last_checkpoint`)) ?? []).toString()) as {
      version: number
      numOfAddFiles: number
    }
    expect(pointer).toMatchObject({ version: 20, numOfAddFiles: 20 })
    for (let version = 0; version < 20; version++) await store.delete(logKey(version))
    const after = await readTable(log)
    expect(after.state.txns).toEqual(
      new Map([...before.state.txns].map(([appId, txn]) => [appId, { ...txn, setAt: after.state.txns.get(appId)?.setAt }])),
    )
    expect(after.state.metaData).toEqual(before.state.metaData)
    expect(after.state.protocol).toEqual(before.state.protocol)
    expect(after.files).toEqual(before.files)
    expect((await (await openOn(store)).progress()).nextOffsets).toEqual(
      new Map([
        [0, 130n],
        [1, 120n],
      ]),
    )
    expect(await recentVersions(log, { versionsMax: 3 })).toHaveLength(3)
  })

  for (const [what, pointer] of [
    ['missing', undefined],
    ['no JSON', 'garbage'],
    ['naming a checkpoint that is gone', '{"version":24}'],
  ] as const)
    test(`opens with a _last_checkpoint that is ${what}`, async () => {
      const store = new MemoryObjectStore()
      const table = await openOn(store)
      for (let commit = 0; commit < 12; commit++) await table.append(appendOf(`f${commit}`, [[0, commit * 10, commit * 10 + 10]]))
      const key = `${deltaLogOf({ uri: 'memory://lake', store }, newTable).logPrefix}/_last_checkpoint`
      if (pointer === undefined) await store.delete(key)
      else await store.put(key, utf8Bytes(pointer))
      expect((await (await openOn(store)).progress()).nextOffsets).toEqual(new Map([[0, 120n]]))
    })
})
