import { describe, expect, test } from 'vitest'
import { childFields, type RowField, type RowType } from '../../../src/columns/row-type.ts'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'

const IMPORTS = ['timestamp', 'duration', 'wrappers', 'struct', 'any', 'empty', 'field_mask']
  .map((name) => `import "google/protobuf/${name}.proto";`)
  .concat(['date', 'timeofday', 'decimal'].map((name) => `import "google/type/${name}.proto";`))
  .concat('import "confluent/meta.proto"; import "confluent/type/decimal.proto";')
  .join('\n')

const withImports = (text: string): string => `syntax = "proto3"; ${IMPORTS} ${text}`

const fieldsOf = (text: string, messageIndexes?: number[]): readonly RowField[] =>
  parseProtobuf({ text, references: [] }).rowType(messageIndexes ? { messageIndexes } : {}).fields

/** `list<struct<a long>>`, and so on. */
function shown(type: RowType): string {
  if (type.kind === 'decimal') return `decimal(${type.precision},${type.scale})`
  if (type.kind === 'timestamp') return type.isUtc ? 'timestamptz' : 'timestamp'
  const children = childFields(type)
  if (children.length === 0) return type.kind
  return `${type.kind}<${children.map(({ name, type: child }) => (type.kind === 'struct' ? `${name} ${shown(child)}` : shown(child))).join(', ')}>`
}

describe('every type of Protobuf has its column', () => {
  for (const [declaration, expected] of [
    ['bool a = 1;', 'boolean'],
    ['int32 a = 1;', 'long'],
    ['sint32 a = 1;', 'long'],
    ['sfixed32 a = 1;', 'long'],
    ['uint32 a = 1;', 'long'],
    ['fixed32 a = 1;', 'long'],
    ['int64 a = 1;', 'long'],
    ['sint64 a = 1;', 'long'],
    ['sfixed64 a = 1;', 'long'],
    ['uint64 a = 1;', 'decimal(20,0)'],
    ['fixed64 a = 1;', 'decimal(20,0)'],
    ['float a = 1;', 'double'],
    ['double a = 1;', 'double'],
    ['string a = 1;', 'string'],
    ['bytes a = 1;', 'binary'],
    ['E a = 1;', 'string'],
    ['N a = 1;', 'struct<x long>'],
    ['Nothing a = 1;', 'json'],
    ['repeated N a = 1;', 'list<struct<x long>>'],
    ['repeated E a = 1;', 'list<string>'],
    ['map<string, N> a = 1;', 'map<string, struct<x long>>'],
    ['map<uint64, bytes> a = 1;', 'map<decimal(20,0), binary>'],
    ['google.protobuf.Timestamp a = 1;', 'timestamptz'],
    ['repeated google.protobuf.Timestamp a = 1;', 'list<timestamptz>'],
    ['google.protobuf.Duration a = 1;', 'long'],
    ['google.protobuf.BoolValue a = 1;', 'boolean'],
    ['google.protobuf.Int32Value a = 1;', 'long'],
    ['google.protobuf.UInt32Value a = 1;', 'long'],
    ['google.protobuf.Int64Value a = 1;', 'long'],
    ['google.protobuf.UInt64Value a = 1;', 'decimal(20,0)'],
    ['google.protobuf.FloatValue a = 1;', 'double'],
    ['google.protobuf.DoubleValue a = 1;', 'double'],
    ['google.protobuf.StringValue a = 1;', 'string'],
    ['google.protobuf.BytesValue a = 1;', 'binary'],
    ['google.protobuf.Struct a = 1;', 'json'],
    ['google.protobuf.Value a = 1;', 'json'],
    ['google.protobuf.ListValue a = 1;', 'json'],
    ['google.protobuf.Any a = 1;', 'struct<type_url string, value binary>'],
    ['google.protobuf.FieldMask a = 1;', 'string'],
    ['google.protobuf.Empty a = 1;', 'boolean'],
    ['google.type.Date a = 1;', 'date'],
    ['google.type.TimeOfDay a = 1;', 'string'],
    ['google.type.Decimal a = 1;', 'string'],
    [
      'google.type.Decimal a = 1 [(confluent.field_meta) = { params: [{ key: "precision", value: "9" }, { key: "scale", value: "2" }] }];',
      'decimal(9,2)',
    ],
    ['confluent.type.Decimal a = 1;', 'string'],
    ['confluent.type.Decimal a = 1 [(confluent.field_meta).params = { key: "precision", value: "38" }];', 'decimal(38,0)'],
    [
      'map<string, confluent.type.Decimal> a = 1 [(confluent.field_meta).params = { key: "precision", value: "5" }];',
      'map<string, decimal(5,0)>',
    ],
  ] as const)
    test(`${declaration} ${expected}`, () => {
      const [field] = fieldsOf(withImports(`message M { ${declaration} } message N { int32 x = 1; } message Nothing {} enum E { A = 0; }`))
      expect(field && shown(field.type)).toBe(expected)
    })
})

describe('columns', () => {
  test('are named as declared, known by number, and may all be null', () => {
    const fields = fieldsOf(
      'syntax = "proto3"; message M { int32 someName = 7; oneof o { string b = 3; N c = 9; } repeated N d = 1; message N { int32 x = 4; } }',
    )
    expect(fields.map(({ name, source, isNullable }) => [name, source, isNullable])).toEqual([
      ['someName', '7', true],
      ['d', '1', true],
      ['b', '3', true],
      ['c', '9', true],
    ])
    expect(fields[3]?.type).toMatchObject({ fields: [{ name: 'x', source: '4' }] })
  })

  test('have the same order whether the text was registered or is the stored one', () => {
    const schema = parseProtobuf({
      text: 'message M { oneof o { int32 a = 1; } optional int32 b = 2; repeated group G = 3 { optional int32 x = 1; } optional int32 c = 4; }',
      references: [],
    })
    expect(parseProtobuf({ text: schema.canonicalText, references: [] }).rowType()).toEqual(schema.rowType())
    expect(schema.rowType().fields.map(({ name }) => name)).toEqual(['b', 'c', 'a', 'g'])
  })

  test('take their doc from the annotation of Confluent', () => {
    const [a, b] = fieldsOf(
      withImports('message M { int32 a = 1 [(confluent.field_meta).doc = "how many"]; google.protobuf.Duration b = 2; }'),
    )
    expect([a?.doc, b?.doc]).toEqual(['how many', 'microseconds'])
  })

  test('a type of the same name that is not the bundled one is an ordinary message', () => {
    const [field] = fieldsOf(
      'syntax = "proto3"; package google.protobuf; message M { Timestamp a = 1; } message Timestamp { string text = 1; }',
    )
    expect(field && shown(field.type)).toBe('struct<text string>')
  })

  test('a message without fields has no columns', () => expect(fieldsOf('syntax = "proto3"; message M {}')).toEqual([]))
})

describe('message indexes pick the message', () => {
  const text =
    'syntax = "proto3"; message A { int32 a = 1; map<string, int32> m = 2; message B { int32 b = 1; message C { int32 c = 1; } } message D { int32 d = 1; } } message E { int32 e = 1; }'
  for (const [indexes, first] of [
    [undefined, 'a'],
    [[0], 'a'],
    [[1], 'e'],
    [[0, 0], 'b'],
    [[0, 0, 0], 'c'],
    [[0, 1], 'd'],
  ] as const)
    test(`[${indexes?.join(', ') ?? ''}]`, () => expect(fieldsOf(text, indexes && [...indexes])[0]?.name).toBe(first))

  for (const indexes of [[2], [-1], [0, 2], [0, 0, 1], [1, 0], []])
    test(`[${indexes.join(', ')}] is no message`, () =>
      expect(() => fieldsOf(text, indexes)).toThrow(`the schema has no message at indexes [${indexes.join(', ')}]`))

  test('a file without messages has none', () =>
    expect(() => fieldsOf('enum E { A = 0; }')).toThrow('the schema has no message at indexes [0]'))
})

describe('what has no place in a table is refused with its path', () => {
  const wide = (count: number): string => Array.from({ length: count }, (_, index) => `int32 f${index} = ${index + 1};`).join(' ')
  const deep = (levels: number): string => (levels === 0 ? 'int32 x = 1;' : `N${levels} n = 1; message N${levels} { ${deep(levels - 1)} }`)
  const doubling = Array.from({ length: 40 }, (_, index) => `message D${index} { D${index + 1} a = 1; D${index + 1} b = 2; }`).join(' ')
  for (const [name, text, message] of [
    [
      'a message in itself',
      'message M { N n = 1; } message N { string s = 1; repeated N again = 2; }',
      '$.n.again: the message N contains itself; recursive messages are not mapped to columns',
    ],
    [
      'a message in itself by way of a map',
      'message M { map<string, M> m = 1; }',
      '$.m.value: the message M contains itself; recursive messages are not mapped to columns',
    ],
    [
      'names that differ in case',
      'message M { N n = 1; } message N { int32 Ab = 1; int32 aB = 2; }',
      '$.n.aB: the name differs from Ab only in case, which tables do not tell apart',
    ],
    ['names of metadata', 'message M { int32 _kafka_offset = 1; }', '$._kafka_offset: names that start with _kafka_ are taken by metadata'],
    [
      'names of metadata in another case',
      'message M { int32 _Kafka_x = 1; }',
      '$._Kafka_x: names that start with _kafka_ are taken by metadata',
    ],
    ['too many columns', `message M { ${wide(2_001)} }`, '$.f2000: the message has more than 2000 columns'],
    [
      'a few messages that make many columns',
      `message M { D0 d = 1; } ${doubling} message D40 { int32 x = 1; }`,
      'the message has more than 2000 columns',
    ],
    ['too deep', `message M { ${deep(62)} } `, undefined],
    [
      'a decimal beyond 38 digits',
      'message M { google.type.Decimal a = 1 [(confluent.field_meta).params = { key: "precision", value: "39" }]; }',
      '$.a: a decimal of precision 39 and scale 0; the precision is 1 to 38 and not below the scale',
    ],
    [
      'a decimal that is no number',
      'message M { google.type.Decimal a = 1 [(confluent.field_meta).params = { key: "precision", value: "x" }]; }',
      '$.a: a decimal of precision x and scale 0',
    ],
  ] as const)
    test(name, () => {
      const schema = parseProtobuf({ text: withImports(text), references: [] })
      if (message === undefined) return expect(() => schema.rowType()).not.toThrow()
      expect(() => schema.rowType()).toThrow(message)
      expect(() => schema.compileDecoder()).toThrow(message)
      try {
        schema.rowType()
      } catch (error) {
        expect(isErrorOfKind(error, 'unsupported')).toBe(true)
      }
    })
})
