import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import { FaultyPointer, type PointerFault } from '../../../src/catalogs/faults.ts'
import { limits } from '../../../src/shared/limits.ts'
import { rowField, structType } from '../../../src/columns/row-type.ts'
import { filesAddedBy, liveFiles } from '../../../src/tables/iceberg/snapshot-files.ts'
import { edit, foreignAppend } from './foreign-writer.ts'
import { newTable, openTestTable, paperAppend, paperFile, smallRowType, testWorld, topicId, wideRowType } from './test-table.ts'
import { realFile } from './real-file.ts'

describe('opening a table', () => {
  test('creates it once; the second opener finds it', async () => {
    const world = await testWorld()
    await openTestTable(world)
    await openTestTable(world)
    expect(await world.catalog.listTables()).toEqual([{ namespace: 'default', table: 'orders' }])
  })

  test('two brokers that create it at the same time get the same table', async () => {
    const world = await testWorld()
    const [one, two] = await Promise.all([openTestTable(world), openTestTable(world)])
    expect((await one.load()).metadata['table-uuid']).toBe((await two.load()).metadata['table-uuid'])
  })

  test('what was created first wins: columns and partitioning are the table’s own', async () => {
    const world = await testWorld()
    await openTestTable(world, { rowType: wideRowType, partitionBy: 'day' })
    const again = await openTestTable(world, { rowType: smallRowType, partitionBy: 'none' })
    expect(again.rowType).toEqual(wideRowType)
    expect(again.partitionBy).toBe('day')
  })

  test('sets the properties that streaming needs, and forbids deletion by others only where files are shared', async () => {
    const world = await testWorld()
    const own = (await (await openTestTable(world)).load()).metadata.properties
    expect(own).toMatchObject({
      'headgate.topic-id': topicId,
      'headgate.mapping-version': '1',
      'write.metadata.delete-after-commit.enabled': 'true',
      'write.metadata.previous-versions-max': String(limits.previousMetadataFilesMax),
    })
    expect(own?.['gc.enabled']).toBeUndefined()
    const shared = await openTestTable(world, { table: 'shared', isShared: true })
    const { location, properties } = (await shared.load()).metadata
    expect(properties).toMatchObject({ 'gc.enabled': 'false', 'write.data.path': `${location}/data/_files` })
  })

  test('that gets a second log forbids deletion by others from then on, whoever else commits meanwhile', async () => {
    const world = await testWorld()
    await (await openTestTable(world)).append(paperAppend(world, { to: 3n }))
    const faults: PointerFault[] = ['conflict', 'lost-request', 'lost-answer']
    const pointer = new FaultyPointer(world.catalog.pointer(newTable()), () => faults.shift() ?? 'none')
    const table = await openTestTable(world, { isShared: true }, pointer)
    const { metadata } = await table.load()
    expect(metadata.properties).toMatchObject({ 'gc.enabled': 'false', 'headgate.topic-id': topicId })
    expect(await table.progress()).toEqual({ nextOffsets: new Map([[0, 3n]]) })
    expect(metadata['metadata-log']?.length).toBe(2)
  })

  test('of another topic is refused, naming the topic', async () => {
    const world = await testWorld()
    await openTestTable(world)
    await expect(openTestTable(world, { topicId: 'another' })).rejects.toThrow(`default.orders belongs to the topic with id ${topicId}`)
  })

  test('of nobody is refused', async () => {
    const world = await testWorld()
    await openTestTable(world)
    await edit(world, world.catalog.pointer(newTable()), (metadata) => ({ ...metadata, properties: {} }))
    await expect(openTestTable(world)).rejects.toMatchObject({ kind: 'already-exists' })
  })

  test('with a column of a type that Headgate does not write is refused by the column’s name', async () => {
    const world = await testWorld()
    await openTestTable(world)
    await edit(world, world.catalog.pointer(newTable()), (metadata) => ({
      ...metadata,
      schemas: metadata.schemas.map((schema) => ({
        ...schema,
        fields: [...schema.fields, { id: 99, name: 'when', required: false, type: 'time' }],
      })),
    }))
    await expect(openTestTable(world)).rejects.toThrow('column when has the Iceberg type "time"')
  })

  test('partitioned without the time of the record is a mistake', async () => {
    const world = await testWorld()
    await expect(openTestTable(world, { partitionBy: 'day', rowType: structType([rowField('a', { kind: 'int' })]) })).rejects.toThrow(
      '_kafka_timestamp',
    )
  })
})

describe('reading back', () => {
  const AT = 1_709_164_800_000_000n
  const rows = [
    { title: 'a title that is longer than sixteen', precise: 0.5, big: 7n, _kafka_partition: 0, _kafka_offset: 0n, _kafka_timestamp: AT },
    { title: 'b', precise: Number.NaN, big: null, _kafka_partition: 0, _kafka_offset: 1n, _kafka_timestamp: AT },
  ]

  test('a file comes back with its partition, counts and bounds', async () => {
    const world = await testWorld()
    const table = await openTestTable(world, { rowType: wideRowType, partitionBy: 'day' })
    const file = await realFile(world, { rowType: wideRowType, rows, partitionBy: 'day' })
    const outcome = await table.append({ files: [file], ranges: paperAppend(world, { to: 2n }).ranges, schemaIds: [1] })
    const [read] = await filesAddedBy(await table.load(), outcome.kind === 'committed' ? outcome.version : 0n)
    expect(read).toMatchObject({
      key: file.key,
      content: 'data',
      format: 'PARQUET',
      partitionValue: 19_782,
      partitionPath: '_kafka_timestamp_day=2024-02-29',
    })
    expect({ ...read?.metrics, columns: [] }).toEqual({ ...file.metrics, columns: [] })
    const column = (fieldId: number) => read?.metrics.columns.find((candidate) => candidate.fieldId === fieldId)
    expect(column(3)).toEqual({ fieldId: 3, compressedBytes: 10, valueCount: 2, nullCount: 1, lower: 7n, upper: 7n })
    expect(column(5)).toEqual({ fieldId: 5, compressedBytes: 10, valueCount: 2, nullCount: 0, nanCount: 1, lower: 0.5, upper: 0.5 })
    expect(column(7)).toMatchObject({ lower: utf8Bytes('a title that is '), upper: utf8Bytes('b') })
    expect(column(1)).toEqual({ fieldId: 1, compressedBytes: 10, valueCount: 2, nullCount: 2 })
  })

  test('an older snapshot shows the files it had', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    const first = await table.append(paperAppend(world, { to: 1n }))
    await table.append(paperAppend(world, { from: 1n, to: 2n }))
    const count = async (snapshotId?: bigint): Promise<number> => {
      let files = 0
      for await (const _file of liveFiles(await table.load(), snapshotId)) files++
      return files
    }
    expect(await count(first.kind === 'committed' ? first.version : 0n)).toBe(1)
    expect(await count()).toBe(2)
    await expect(count(5n)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('files of a foreign snapshot are told from those it found', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append(paperAppend(world, { to: 1n }))
    const inserted = paperFile(world)
    await foreignAppend(world, world.catalog.pointer(newTable()), inserted)
    const loaded = await table.load()
    const files = await filesAddedBy(loaded, BigInt(loaded.metadata['current-snapshot-id'] ?? 0))
    expect(files.map(({ key }) => key)).toEqual([inserted.key])
  })

  test('a manifest that is gone is named', async () => {
    const world = await testWorld()
    const table = await openTestTable(world)
    await table.append(paperAppend(world, { to: 1n }))
    for (const { key } of await world.store.list('default/orders/metadata/')) if (key.endsWith('-m0.avro')) await world.store.delete(key)
    const read = async (): Promise<void> => {
      for await (const _file of liveFiles(await table.load()));
    }
    await expect(read()).rejects.toThrow('is named by the table but is not there')
  })
})

describe('metrics of a very wide table', () => {
  test('are kept for the first columns and for the columns that say what a file holds', async () => {
    const world = await testWorld()
    const wide = structType([
      ...Array.from({ length: 300 }, (_, index) => ({ ...rowField(`c${index}`, { kind: 'long' }), fieldId: index + 1 })),
      { ...rowField('_kafka_offset', { kind: 'long' }, { isNullable: false }), fieldId: 301 },
    ])
    const table = await openTestTable(world, { rowType: wide })
    const columns = Array.from({ length: 301 }, (_, index) => ({
      fieldId: index + 1,
      compressedBytes: 1,
      valueCount: 1,
      nullCount: 0,
      lower: 1n,
      upper: 1n,
    }))
    const append = paperAppend(world, { to: 1n })
    const outcome = await table.append({
      ...append,
      files: append.files.map((file) => ({ ...file, metrics: { ...file.metrics, columns } })),
    })
    const [file] = await filesAddedBy(await table.load(), outcome.kind === 'committed' ? outcome.version : 0n)
    expect(file?.metrics.columns.map(({ fieldId }) => fieldId)).toEqual([...Array.from({ length: 100 }, (_, index) => index + 1), 301])
  })
})
