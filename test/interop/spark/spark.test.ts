import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { avroCase } from '../tables/avro-case.ts'
import { filters } from '../tables/filter-cases.ts'
import { added, foreignRows, foreignWorkSuite, removed, type ForeignWork } from '../tables/foreign-work.ts'
import { jsonCase } from '../tables/json-case.ts'
import { protobufCase } from '../tables/protobuf-case.ts'
import { sortRows, type FoundTable } from '../tables/readers.ts'
import { expectedRows, metadataColumns, produceCase } from '../tables/table-case.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'

const { python, spark } = readToolchains()
const isMissing = python.kind === 'missing' || spark?.kind !== 'ready'

const readCalls = { Iceberg: 'spark_table.read_iceberg', Delta: 'spark_table.read_delta' }

describe.skipIf(isMissing)('Spark reads', () => {
  let server: TestServer
  let tool: ToolProcess
  let sparkTool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta'])
    tool = ToolProcess.python(ready(python))
    sparkTool = ToolProcess.spark(ready(spark))
    for (const tableCase of [avroCase, jsonCase, protobufCase]) await produceCase(tableCase, server, tool)
  })
  afterAll(async () => {
    await Promise.all([tool?.stop(), sparkTool?.stop()])
    await server?.close()
  })

  for (const [format, call] of Object.entries(readCalls)) {
    for (const { topic, language, columns, records } of [avroCase, jsonCase, protobufCase])
      test(`${format}: every value of a topic in ${language}`, async () => {
        const found = await sparkTool.call<FoundTable>(call, { data_dir: server.dataDir, table: topic })
        expect(found.columns).toEqual({ ...columns, ...metadataColumns })
        expect(sortRows(found.rows)).toEqual(expectedRows({ columns, records }))
      })

    for (const [filter, expected] of Object.entries(filters))
      test(`${format}: ${filter}`, async () => {
        const { rows } = await sparkTool.call<FoundTable>(call, { data_dir: server.dataDir, table: avroCase.topic, filter })
        expect(sortRows(rows).map((row) => avroCase.records[Number(row['_kafka_offset'])]?.what)).toEqual(expected)
      })
  }
})

const filter = 'id >= 0 and id < 5'
const works: { readonly [what: string]: ForeignWork } = {
  'Spark appends to Iceberg': { steps: [{ call: 'spark_table.append_iceberg', input: foreignRows }], iceberg: added },
  'Spark deletes from Iceberg': { steps: [{ call: 'spark_table.delete_iceberg', input: { filter } }], iceberg: removed },
  'Spark marks rows of Iceberg as deleted': {
    steps: [
      { call: 'spark_table.set_iceberg', input: { name: 'write.delete.mode', value: 'merge-on-read' } },
      { call: 'spark_table.delete_iceberg', input: { filter } },
    ],
    iceberg: removed,
  },
  'Spark compacts Iceberg and merges its manifests': {
    steps: [
      { call: 'spark_table.call_iceberg', input: { procedure: 'rewrite_data_files', options: ", options => map('min-input-files', '2')" } },
      { call: 'spark_table.call_iceberg', input: { procedure: 'rewrite_manifests' } },
    ],
  },
  'Spark may neither expire nor remove orphans of Iceberg while Delta names its files': {
    steps: [
      { call: 'spark_table.call_iceberg', input: { procedure: 'expire_snapshots' }, refusal: 'GC is disabled' },
      { call: 'spark_table.call_iceberg', input: { procedure: 'remove_orphan_files' }, refusal: 'GC is disabled' },
    ],
  },
  'Spark appends to Delta': { steps: [{ call: 'spark_table.append_delta', input: foreignRows }], delta: added },
  'Spark deletes from Delta': { steps: [{ call: 'spark_table.delete_delta', input: { filter } }], delta: removed },
  'Spark compacts Delta and vacuums': {
    steps: [{ call: 'spark_table.optimize_delta' }, { call: 'spark_table.vacuum_delta' }],
  },
  'Spark compacts Delta and vacuums at once, with its check of the retention switched off': {
    steps: [{ call: 'spark_table.optimize_delta' }, { call: 'spark_table.vacuum_delta', input: { retention: 'RETAIN 0 HOURS' } }],
  },
}

describe.skipIf(isMissing)('Headgate goes on where Spark wrote', () => {
  foreignWorkSuite(works, python, () => ToolProcess.spark(ready(spark)))
})
