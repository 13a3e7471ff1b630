import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildBatch } from '../../src/protocol/records/build-batch.ts'
import { startInProcess, type InProcessServer } from '../support/in-process-server.ts'
import { deltaFiles, icebergFiles, icebergMetadata, icebirdRows } from '../support/lake-readers.ts'
import { flushTable, registerSchema } from '../support/registry-client.ts'
import { WireClient } from '../support/wire-client.ts'
import { avroSample } from './read-back/avro-sample.ts'
import { jsonSample } from './read-back/json-sample.ts'
import { protobufSample } from './read-back/protobuf-sample.ts'
import {
  asHyparquet,
  asIcebird,
  duckdbRows,
  hyparquetRows,
  icebergFields,
  inOrder,
  parquetFields,
  parquetjsFooter,
} from './read-back/readers.ts'
import type { Cell, Row, Sample } from './read-back/values.ts'

/**
 * One topic per schema language, with every type and its extremes, encoded by others; the tables are read back by others,
 * value by value. Two flushes, so that a table is more than one file.
 */
let server: InProcessServer

beforeAll(async () => {
  server = await startInProcess({ 'default-lake-formats': 'iceberg,delta' })
})

afterAll(() => server.close())

for (const [name, sampleOf] of [
  ['avro_values', avroSample],
  ['json_values', jsonSample],
  ['protobuf_values', protobufSample],
] as const)
  describe(name, () => {
    const sample = sampleOf()
    let files: string[]

    beforeAll(async () => {
      await produceInTwoFlushes(name, sample)
      files = (await icebergFiles(server.dataDir, name)).map((uri) => uri.replace(/^file:\/\//, ''))
    })

    test('by DuckDB, over the live files', async () => {
      expectRows(await duckdbRows(files), sample.rows, (cell) => cell)
    })

    test('by hyparquet', async () => {
      expectRows(await hyparquetRows(files), sample.rows, asHyparquet)
    })

    test('by icebird, from the metadata that the catalog points to', async () => {
      expectRows(inOrder(await icebirdRows(server.dataDir, name)), sample.rows, asIcebird)
    })

    test('the Delta log names the same files', async () => {
      expect(files.length).toBeGreaterThan(1)
      expect(deltaFiles(server.dataDir, name).toSorted()).toEqual(files.toSorted())
    })

    test('every field of a file has the id of the Iceberg schema, at every level', () => {
      const metadata = icebergMetadata(server.dataDir, name)
      const schema = metadata?.schemas.find((candidate) => candidate['schema-id'] === metadata['current-schema-id'])
      const expected = icebergFields(schema as never)
      expect(new Set(expected.map(({ fieldId }) => fieldId)).size).toBe(expected.length)
      for (const file of files) expect(byPath(parquetFields(file))).toEqual(byPath(expected))
    })
  })

// It knows no decimals either, which a table of JSON values has none of.
test('parquetjs-lite finds the columns and the rows that the footers promise', async () => {
  const { rows } = jsonSample()
  const files = deltaFiles(server.dataDir, 'json_values')
  const footers = await Promise.all(files.map(parquetjsFooter))
  expect(footers.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(rows.length)
  for (const { columns } of footers) expect(columns).toEqual(expect.arrayContaining(Object.keys(rows[0] ?? {})))
})

async function produceInTwoFlushes(topic: string, { schemaType, schema, values }: Sample): Promise<void> {
  const schemaId = await registerSchema(server.http, `${topic}-value`, { schemaType, schema })
  const client = await WireClient.connect(server.kafka)
  await client.topic(topic)
  const middle = Math.ceil(values.length / 2)
  for (const part of [values.slice(0, middle), values.slice(middle)]) {
    const records = part.map((value) => ({ timestampMs: 1_700_000_000_000n, value: framed(schemaId, schemaType, value) }))
    const { errorCode, errorMessage } = await client.produce(topic, buildBatch({ records }))
    expect([errorCode, errorMessage]).toEqual([0, null])
    await flushTable(server.http, topic)
  }
  client.close()
}

/** Magic byte, id, for Protobuf the index of the first message; the value. */
function framed(schemaId: number, schemaType: Sample['schemaType'], value: Uint8Array): Buffer {
  const prefix = Buffer.alloc(schemaType === 'PROTOBUF' ? 6 : 5)
  prefix.writeInt32BE(schemaId, 1)
  return Buffer.concat([prefix, value])
}

/** Column by column, so that a difference names its column. */
function expectRows(read: readonly Record<string, unknown>[], rows: readonly Row[], view: (cell: Cell) => unknown): void {
  expect(read).toHaveLength(rows.length)
  for (const column of Object.keys(rows[0] ?? {}))
    expect(
      read.map((row) => row[column] ?? null),
      column,
    ).toEqual(rows.map((row) => view(row[column] ?? null)))
}

function byPath(fields: ReturnType<typeof parquetFields>): string[] {
  return fields.map(({ path, fieldId }) => `${path} ${fieldId}`).toSorted()
}
