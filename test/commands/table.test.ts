import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startForCommands, type CommandServer } from './command-server.ts'
import { jsonLines } from './run-command.ts'

let server: CommandServer
beforeAll(async () => {
  server = await startForCommands({ 'default-lake-commit-interval-ms': 1_000 })
  const schema = server.file('order.avsc', JSON.stringify({ type: 'record', name: 'Order', fields: [{ name: 'id', type: 'long' }] }))
  for (const topic of ['orders', 'sales-orders', 'other-orders', 'empty']) {
    const namespace = topic === 'sales-orders' ? 'sales.' : topic === 'other-orders' ? 'other.' : ''
    const configs = namespace === '' ? [] : ['--config', `lake.table=${namespace}shared`]
    await server.succeed(['topic', 'create', topic, ...configs])
    await server.succeed(['schema', 'register', schema, '--subject', `${topic}-value`])
  }
  await server.succeed(['produce', 'orders'], { stdin: '{"id": 1}\n{"id": 2}\n' })
})
afterAll(() => server.close())

describe('table', () => {
  test('flush answers the versions that hold everything acknowledged before', async () => {
    expect(await server.succeed(['table', 'flush', 'orders'])).toMatch(
      /^default\.orders is flushed: Iceberg snapshot \d+, Delta version 1\n$/,
    )
    await server.succeed(['produce', 'orders'], { stdin: '{"id": 3}' })
    const flushed = jsonLines(await server.run(['table', 'flush', 'default.orders', '--json']))
    expect(flushed).toEqual([{ icebergSnapshotId: expect.anything() as number, deltaVersion: 2 }])
    const [described] = jsonLines(await server.run(['table', 'describe', 'orders', '--json']))
    expect(described).toMatchObject({ rowCount: 3, fileCount: 2, icebergSnapshotId: flushed[0]?.['icebergSnapshotId'], deltaVersion: 2 })
  })

  test('list names tables, topics, formats and places', async () => {
    const text = await server.succeed(['table', 'list'])
    expect(text).toMatch(/^TABLE +TOPIC +FORMATS +LOCATION\n/)
    expect(text).toMatch(/^sales\.shared +sales-orders +iceberg,delta +file:\/\/.*\/lake\/sales\/shared$/m)
    expect(jsonLines(await server.run(['table', 'list', '--json'])).map(({ topic }) => topic)).toEqual(
      expect.arrayContaining(['orders', 'sales-orders', 'other-orders', 'empty']),
    )
  })

  test('describe shows columns with their ids', async () => {
    await server.succeed(['table', 'flush', 'orders'])
    const text = await server.succeed(['table', 'describe', 'orders'])
    expect(text).toMatch(/^ 1 {2}id +long +yes$/m)
    expect(text).toMatch(/^partitioned by {2}day\(_kafka_timestamp\)$/m)
  })

  test('files lists each live file with its partition, and snapshots each version', async () => {
    await server.succeed(['table', 'flush', 'orders'])
    const files = jsonLines(await server.run(['table', 'files', 'orders', '--json']))
    expect(files.map(({ partition }) => partition)).toEqual(
      files.map(() => expect.stringMatching(/^_kafka_timestamp_day=\d{4}-\d\d-\d\d$/) as string),
    )
    expect(await server.succeed(['table', 'files', 'orders'])).toMatch(/^FILE +ROWS +SIZE +PARTITION\n/)
    const text = await server.succeed(['table', 'snapshots', 'orders'])
    expect(text).toMatch(/^iceberg +\d+ {2}\d{4}-\d\d-\d\dT[\d:.]+Z {2}append +/m)
    expect(text).toMatch(/^delta +0 {2}.*CREATE TABLE/m)
  })

  test('flush of a topic without records commits nothing and says so', async () => {
    expect(await server.succeed(['table', 'flush', 'empty'])).toBe('default.empty is flushed: nothing committed yet\n')
  })

  test('flush shows that it works, on a terminal only, and leaves a clean line', async () => {
    const { stderr } = await server.run(['table', 'flush', 'orders'], { terminal: { columns: 80 } })
    expect(stderr).toBe('\r\u001b[Kflushing default.orders\r\u001b[K')
    expect((await server.run(['table', 'flush', 'orders'])).stderr).toBe('')
  })

  test('a table name that two namespaces have must be qualified', async () => {
    const { code, stderr } = await server.run(['table', 'describe', 'shared'])
    expect(code).toBe(2)
    expect(stderr).toBe('headgate: shared is ambiguous: other.shared or sales.shared\n')
  })

  for (const verb of ['describe', 'files', 'snapshots', 'flush'])
    test(`${verb} of a table that does not exist ends with exit code 3`, async () => {
      for (const name of ['missing', 'default.missing']) {
        const { code, stderr } = await server.run(['table', verb, name])
        expect(code).toBe(3)
        expect(stderr).toContain('missing does not exist')
      }
    })
})
