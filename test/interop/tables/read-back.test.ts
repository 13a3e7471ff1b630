import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Value } from '../support/notation.ts'
import { startTestServer, type TestServer } from '../support/test-server.ts'
import { ToolProcess } from '../support/tool-process.ts'
import { readToolchains, ready } from '../toolchains/toolchain.ts'
import { avroCase } from './avro-case.ts'
import { jsonCase } from './json-case.ts'
import { protobufCase } from './protobuf-case.ts'
import { asPyicebergReads, pyiceberg, readers, sortRows } from './readers.ts'
import { expectedRows, metadataColumns, produceCase } from './table-case.ts'

const { python } = readToolchains()

describe.skipIf(python.kind === 'missing')('tables, by readers that nobody here wrote', () => {
  let server: TestServer
  let tool: ToolProcess

  beforeAll(async () => {
    server = await startTestServer(['--default-lake-formats', 'iceberg,delta'])
    tool = ToolProcess.python(ready(python))
  })
  afterAll(async () => {
    await tool?.stop()
    await server?.close()
  })

  for (const tableCase of [avroCase, jsonCase, protobufCase]) {
    const { topic, language, schema, columns, records } = tableCase
    describe(`a topic in ${language}`, () => {
      beforeAll(async () => {
        await produceCase(tableCase, server, tool)
      })

      for (const [name, read] of Object.entries(readers))
        test(`${name} finds every value as it was produced`, async () => {
          const found = await read({ tool, dataDir: server.dataDir, table: topic })
          expect(found.columns).toEqual({ ...columns, ...metadataColumns })
          expect(sortRows(found.rows)).toEqual(
            expectedRows({ columns, records }).map((row) => (name === pyiceberg ? asPyicebergReads(row, columns) : row)),
          )
        })

      test("Confluent's deserializer finds what its serializer was given", async () => {
        const values = records.map(({ value }) => value)
        const { given, found } = await tool.call<{ given: Value[]; found: Value[] }>('serializers.round_trip', {
          bootstrap: server.kafka,
          registry: server.http,
          topic,
          language,
          schema,
          values,
        })
        expect(found).toEqual(given)
      })
    })
  }
})
