import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains } from '../toolchains/toolchain.ts'
import { avroCase } from './avro-case.ts'
import { pyiceberg, readers, sortRows, type ReaderName } from './readers.ts'
import { produceCase } from './table-case.ts'

const { python } = readToolchains()

/** Which records each filter leaves. Each record is alone in its file and day, so a wrong bound loses it. */
const filters: { readonly [filter: string]: readonly string[] } = {
  'large = 9223372036854775807': ['the largest'],
  'large < -9223372036854775807': ['the smallest'],
  'large > 1000': ['something of everything', 'the largest'],
  'real < -1.5': ['beyond numbers'],
  'flag = false': ['the smallest'],
  "text = ''": ['what is empty and not null'],
  "colour = 'GREEN'": ['something of everything'],
  "day = '0001-01-01'": ['the smallest'],
  "day >= '9999-12-31'": ['the largest'],
  "micros = '0001-01-01T00:00:00+00:00'": ['the smallest'],
  "micros >= '9999-12-31T23:59:59.999999+00:00'": ['the largest'],
  "micros < '1970-01-01T00:00:00+00:00'": ['something of everything', 'the smallest'],
  "wall <= '0001-01-01T00:00:00'": ['the smallest'],
  "amount = '99999999999999999999999999999.999999999'": ['the largest'],
  "amount < '-1.000000000'": ['the smallest'],
  'large IS NULL AND raw IS NOT NULL': ['what is empty and not null'],
  '_kafka_offset >= 7': ['minus zero', 'a tombstone'],
  "_kafka_timestamp >= '2024-01-08T00:00:00+00:00'": ['minus zero', 'a tombstone'],
  "_kafka_timestamp < '2024-01-02T00:00:00+00:00'": ['something of everything'],
}

/** delta-rs' own engine compares moments in nanoseconds and refuses literals beyond them. */
const isBeyondNanoseconds = (filter: string): boolean => /^(?:micros|wall) .*'(?:0001|9999)/.test(filter)
const deltaRsEngine = 'delta-rs, by its own engine'

const filtering: readonly ReaderName[] = [pyiceberg, deltaRsEngine, 'DuckDB, by its Iceberg extension', 'DuckDB, by its Delta extension']

describe.skipIf(python.kind === 'missing')('files are left out by what the tables say of them, and no row with them', () => {
  if (python.kind === 'missing') return
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta'])
    tool = ToolProcess.python(python)
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
