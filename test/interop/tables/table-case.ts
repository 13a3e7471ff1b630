import { expect } from 'vitest'
import { flushTable } from '../../support/registry-client.ts'
import { bytes, timestamp, type Row, type Value } from '../support/notation.ts'
import type { TestServer } from '../support/test-server.ts'
import type { ToolProcess } from '../support/tool-process.ts'

/** What is produced to one topic and what every reader must find in its table. */
export interface TableCase {
  readonly topic: string
  readonly language: 'AVRO' | 'JSON' | 'PROTOBUF'
  readonly schema: string
  /** Type of each value column, as Iceberg calls it. */
  readonly columns: { readonly [name: string]: string }
  readonly records: readonly CaseRecord[]
}

export interface CaseRecord {
  readonly what: string
  /** As the serializer takes it; null is a tombstone. */
  readonly value: Value
  /** Value columns, in full. Absent: all of them are null. */
  readonly row?: Row
}

/** Columns that every table has beside its values. */
export const metadataColumns = {
  _kafka_partition: 'int',
  _kafka_offset: 'long',
  _kafka_timestamp: 'timestamptz',
  _kafka_timestamp_type: 'int',
  _kafka_key: 'binary',
  _kafka_headers: 'list<struct<key: string, value: binary>>',
  _kafka_schema_id: 'int',
}

/** Produces the records by Confluent's serializer, a day apart, and waits until they are in the table. */
export async function produceCase(
  { topic, language, schema, records }: TableCase,
  { kafka, http }: TestServer,
  tool: ToolProcess,
): Promise<void> {
  const framed = records.map(({ value }, index) => ({ value, ...around(index) }))
  await tool.call('serializers.produce', { bootstrap: kafka, registry: http, topic, language, schema, records: framed })
  await flushTable(http, topic)
}

/** What comes with the value of each record. */
function around(index: number) {
  return {
    key: index % 2 === 0 ? Buffer.from(`key ${index}`).toString('hex') : null,
    partition: 0,
    timestampMs: Date.UTC(2024, 0, 1 + index),
    headers:
      index === 0
        ? [
            ['name', '00ff'],
            ['name', null],
          ]
        : [],
  }
}

/** In the order of their offsets. */
export function expectedRows({ columns, records }: Pick<TableCase, 'columns' | 'records'>): Row[] {
  const nulls = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
  return records.map(({ value, row = nulls }, index) => {
    const { key, timestampMs, headers } = around(index)
    return {
      ...row,
      _kafka_partition: 0,
      _kafka_offset: index,
      _kafka_timestamp: timestamp(new Date(timestampMs).toISOString().replace('Z', '000Z')),
      _kafka_timestamp_type: 0,
      _kafka_key: key === null ? null : bytes(key),
      _kafka_headers: headers.map(([name, hex]): Value => ({ key: name ?? null, value: typeof hex === 'string' ? bytes(hex) : null })),
      _kafka_schema_id: value === null ? null : expect.any(Number),
    }
  })
}
