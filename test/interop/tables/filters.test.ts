import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { avroCase } from './avro-case.ts'
import { filters } from './filter-cases.ts'
import { pyiceberg, readers, sortRows, type ReaderName } from './readers.ts'
import { produceCase } from './table-case.ts'

const { python } = readToolchains()

/** delta-rs' own engine compares moments in nanoseconds and refuses literals beyond them. */
const isBeyondNanoseconds = (filter: string): boolean => /^(?:micros|wall) .*'(?:0001|9999)/.test(filter)
const deltaRsEngine = 'delta-rs, by its own engine'

const filtering: readonly ReaderName[] = [pyiceberg, deltaRsEngine, 'DuckDB, by its Iceberg extension', 'DuckDB, by its Delta extension']

describe.skipIf(python.kind === 'missing')('files are left out by what the tables say of them, and no row with them', () => {
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta'])
    tool = ToolProcess.python(ready(python))
    await produceCase(avroCase, server, tool)
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  for (const reader of filtering)
    describe(reader, () => {
      for (const [filter, expected] of Object.entries(filters).filter(
        ([filter]) => reader !== deltaRsEngine || !isBeyondNanoseconds(filter),
      ))
        test(filter, async () => {
          const { rows, files } = await readers[reader]({ tool, dataDir: server.dataDir, table: avroCase.topic, filter })
          const found = sortRows(rows).map((row) => avroCase.records[Number(row['_kafka_offset'])]?.what)
          expect(found).toEqual(expected)
          if (files !== undefined) expect(files).toBe(expected.length)
        })
    })
})
