import { describe, expect, test } from 'vitest'
import { listType, mapType, rowField, structType, type RowType } from '../../../src/columns/row-type.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import { isErrorOfKind, type HeadgateError } from '../../../src/shared/errors.ts'
import type { SchemaJson } from './avro-arbitraries.ts'
import { logical, logicalFixed, recordOf } from './schemas.ts'

function parsed(schema: SchemaJson) {
  return avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references: [] })
}

function refusalOf(schema: SchemaJson): string {
  try {
    parsed(schema).rowType()
  } catch (error) {
    if (isErrorOfKind(error, 'unsupported')) return (error as HeadgateError).message
    throw error
  }
  return ''
}

const string: RowType = { kind: 'string' }
const long: RowType = { kind: 'long' }

describe('each type has its column in the portable profile', () => {
  for (const [schema, type] of [
    ['boolean', { kind: 'boolean' }],
    ['int', long],
    ['long', long],
    ['float', { kind: 'double' }],
    ['double', { kind: 'double' }],
    ['bytes', { kind: 'binary' }],
    ['string', string],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, string],
    [{ type: 'fixed', name: 'F', size: 4 }, { kind: 'binary' }],
    [logical('bytes', 'decimal', { precision: 38, scale: 3 }), { kind: 'decimal', precision: 38, scale: 3 }],
    [logical('bytes', 'decimal', { precision: 39 }), string],
    [logicalFixed(16, 'decimal', { precision: 38 }), { kind: 'decimal', precision: 38, scale: 0 }],
    [logical('bytes', 'big-decimal'), string],
    [logical('string', 'uuid'), string],
    [logicalFixed(16, 'uuid'), string],
    [logical('int', 'date'), { kind: 'date' }],
    [logical('int', 'time-millis'), string],
    [logical('long', 'time-micros'), string],
    [logical('long', 'timestamp-millis'), { kind: 'timestamp', isUtc: true }],
    [logical('long', 'timestamp-micros'), { kind: 'timestamp', isUtc: true }],
    [logical('long', 'timestamp-nanos'), { kind: 'timestamp', isUtc: true }],
    [logical('long', 'local-timestamp-millis'), { kind: 'timestamp', isUtc: false }],
    [logical('long', 'local-timestamp-nanos'), { kind: 'timestamp', isUtc: false }],
    [logicalFixed(12, 'duration'), structType([rowField('months', long), rowField('days', long), rowField('millis', long)])],
    [logicalFixed(15, 'uuid'), { kind: 'binary' }],
    [logical('int', 'timestamp-millis'), long],
    [{ type: 'array', items: 'string' }, listType(string)],
    [{ type: 'array', items: ['null', 'string'] }, listType(string)],
    [{ type: 'array', items: 'null' }, listType({ kind: 'json' })],
    [{ type: 'map', values: 'long' }, mapType(string, long)],
    [['null', 'string'], string],
    [['string', 'null'], string],
    [['string'], string],
    [{ type: 'record', name: 'R', fields: [] }, { kind: 'json' }],
    [recordOf(['a', 'null']), { kind: 'json' }],
  ] as const satisfies [SchemaJson, RowType][])
    test(JSON.stringify(schema), () => {
      expect(parsed(schema).rowType()).toEqual(structType([rowField('value', type)]))
      expect(parsed(schema).compileDecoder().rowType).toEqual(parsed(schema).rowType())
    })
})

describe('a record', () => {
  test('is one column per field, nullable, with its doc, its source the name; null has none', () => {
    const schema = {
      type: 'record',
      name: 'Outer',
      fields: [
        { name: 'Id', type: 'long', doc: 'The id.' },
        { name: 'nothing', type: 'null' },
        { name: 'at', type: 'long', logicalType: 'timestamp-micros' },
        { name: 'inner', type: recordOf(['a', 'int']) },
      ],
    }
    expect(parsed(schema).rowType().fields).toEqual([
      { name: 'Id', type: long, isNullable: true, fieldId: 0, source: 'Id', doc: 'The id.' },
      { name: 'at', type: { kind: 'timestamp', isUtc: true }, isNullable: true, fieldId: 0, source: 'at' },
      { name: 'inner', type: structType([rowField('a', long)]), isNullable: true, fieldId: 0, source: 'inner' },
    ])
  })

  test('null alone has no columns', () => {
    expect(parsed('null').rowType().fields).toEqual([])
  })
})

describe('what has no column yet is refused by name and path, though the schema is valid', () => {
  const self = { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] }
  for (const [name, schema, message] of [
    [
      'a union of several types',
      recordOf(['a', { type: 'array', items: recordOf2('b', ['null', 'int', 'string']) }]),
      '$.a[].b: a union of 2 types beside null has no column',
    ],
    [
      'a union under a key',
      recordOf(['a', { type: 'map', values: ['int', 'string'] }]),
      '$.a{}: a union of 2 types beside null has no column',
    ],
    ['a union of null', recordOf(['a', ['null']]), '$.a: a union without a type beside null has no column'],
    ['a union of nothing', recordOf(['a', []]), '$.a: a union without a type beside null has no column'],
    ['recursion', recordOf(['a', self]), '$.a.next: record Node inside itself: recursive types have no columns'],
    [
      'names that differ in case',
      recordOf(['ab', 'int'], ['aB', 'int']),
      '$.aB: the name differs from ab only in case, which tables cannot tell apart',
    ],
    [
      'nested names that differ in case',
      recordOf(['x', recordOf2('ab', 'int', 'AB')]),
      '$.x.AB: the name differs from ab only in case, which tables cannot tell apart',
    ],
    [
      'reserved names',
      recordOf(['_Kafka_offset', 'int']),
      '$._Kafka_offset: columns whose names start with _kafka_ hold the record metadata',
    ],
    [
      'very wide decimals',
      recordOf(['a', logical('bytes', 'decimal', { precision: 1001 })]),
      '$.a: a decimal of 1001 digits; at most 1000 are supported',
    ],
  ] as const satisfies [string, SchemaJson, string][])
    test(name, () => {
      expect(refusalOf(schema)).toBe(`Avro schema, ${message}`)
      expect(() => parsed(schema).compileDecoder()).toThrow(message)
    })

  function recordOf2(name: string, type: SchemaJson, ...more: string[]): SchemaJson {
    return { type: 'record', name: 'Inner', fields: [name, ...more].map((field) => ({ name: field, type })) }
  }

  test('types used so often that the columns would be too many, without writing them all out', () => {
    // Level n holds level n + 1 twice: 2^40 columns.
    const level = (depth: number): SchemaJson =>
      depth === 40
        ? 'int'
        : {
            type: 'record',
            name: `L${depth}`,
            fields: [
              { name: 'a', type: level(depth + 1) },
              { name: 'b', type: depth === 39 ? 'int' : `L${depth + 1}` },
            ],
          }
    expect(refusalOf(level(0))).toContain('more than 2000 columns')
  })
})
