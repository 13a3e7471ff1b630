import { expect, test } from 'vitest'
import { rowField } from '../../src/columns/row-type.ts'
import { schemalessRowType, tableRowType } from '../../src/lanes/metadata-columns.ts'

test('a table has its values first, then where each row came from', () => {
  const { fields } = tableRowType([rowField('id', { kind: 'long' })])
  expect(fields.map(({ name, type, isNullable }) => `${name} ${type.kind}${isNullable ? '' : '!'}`)).toEqual([
    'id long',
    '_kafka_partition int!',
    '_kafka_offset long!',
    '_kafka_timestamp timestamp!',
    '_kafka_timestamp_type int',
    '_kafka_key binary',
    '_kafka_headers list',
    '_kafka_schema_id int',
  ])
})

test('a table without a schema has key and value as bytes, and the key once', () => {
  expect(schemalessRowType().fields.map(({ name }) => name)).toEqual([
    'key',
    'value',
    '_kafka_partition',
    '_kafka_offset',
    '_kafka_timestamp',
    '_kafka_timestamp_type',
    '_kafka_headers',
    '_kafka_schema_id',
  ])
})

for (const name of ['_kafka_offset', '_KAFKA_own'])
  test(`a value may not be called ${name}`, () => {
    expect(() => tableRowType([rowField(name, { kind: 'long' })])).toThrow(`field ${name}: names that start with _kafka_`)
  })
