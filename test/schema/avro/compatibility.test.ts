import { describe, expect, test } from 'vitest'
import { avro } from '../../../src/schema/avro/language.ts'
import { checkAvroCompatibility } from '../../../src/schema/avro/compatibility.ts'
import type { Incompatibility } from '../../../src/schema/compatibility.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'

type Json = string | readonly Json[] | { readonly [attribute: string]: unknown }

const parse = (schema: Json, references: readonly ResolvedReference[] = []) =>
  avro.parse({ schemaType: 'AVRO', text: JSON.stringify(schema), references })

/** BACKWARD: what stops the new schema from reading what was written with the old one. */
const backward = (older: Json, newer: Json): Incompatibility[] =>
  checkAvroCompatibility({ reader: parse(newer), writer: parse(older), names: { reader: 'new', writer: 'old' }, policy: 'STRICT' })

const forward = (older: Json, newer: Json): Incompatibility[] =>
  checkAvroCompatibility({ reader: parse(older), writer: parse(newer), names: { reader: 'old', writer: 'new' }, policy: 'STRICT' })

const told = (incompatibilities: readonly Incompatibility[]): string[] =>
  incompatibilities.map(({ errorType, path, additionalInfo }) => `${errorType} ${path} ${additionalInfo}`)

const record = (...fields: readonly unknown[]): Json => ({ type: 'record', name: 'R', fields })
const field = (name: string, type: Json, rest: object = {}): object => ({ name, type, ...rest })
const holding = (type: Json): Json => record(field('f', type))
const enumOf = (symbols: string, rest: object = {}): Json => ({ type: 'enum', name: 'E', symbols: symbols.split(' '), ...rest })
const fixedOf = (size: number, rest: object = {}): Json => ({ type: 'fixed', name: 'F', size, ...rest })
const listOf = (items: Json): Json => ({ type: 'array', items })
const mapOf = (values: Json): Json => ({ type: 'map', values })
const mismatch = (path: string, reader: string, writer: string): string =>
  `TYPE_MISMATCH ${path} reader type: ${reader} not compatible with writer type: ${writer}`
const lacking = (path: string, type: string): string => `MISSING_UNION_BRANCH ${path} reader union lacking writer type: ${type}`

/** Rule, old schema, new schema, what BACKWARD tells, what FORWARD tells. */
type Case = readonly [rule: string, older: Json, newer: Json, backward: readonly string[], forward: readonly string[]]

function judged(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [rule, older, newer, whenBackward, whenForward] of cases) {
      test(`${rule}, backward`, () => expect(told(backward(older, newer))).toEqual(whenBackward))
      test(`${rule}, forward`, () => expect(told(forward(older, newer))).toEqual(whenForward))
    }
  })
}

describe('a primitive type reads itself and what promotes to it', () => {
  const kinds = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const
  const readable: { readonly [reader: string]: readonly string[] } = {
    long: ['int'],
    float: ['int', 'long'],
    double: ['int', 'long', 'float'],
    bytes: ['string'],
    string: ['bytes'],
  }
  for (const writer of kinds)
    for (const reader of kinds) {
      const isReadable = reader === writer || (readable[reader]?.includes(writer) ?? false)
      test(`${reader} ${isReadable ? 'reads' : 'does not read'} ${writer}`, () => {
        const expected = (path: string): string[] => (isReadable ? [] : [mismatch(path, reader.toUpperCase(), writer.toUpperCase())])
        expect(told(backward(writer, reader))).toEqual(expected('/'))
        expect(told(forward(reader, writer))).toEqual(expected('/'))
        expect(told(backward(holding(writer), holding(reader)))).toEqual(expected('/fields/0/type'))
        expect(told(backward(listOf(mapOf(writer)), listOf(mapOf(reader))))).toEqual(expected('/items/values'))
        const inUnion = isReadable ? [] : [lacking('/', writer.toUpperCase())]
        if (writer !== 'null') expect(told(backward(writer, reader === 'null' ? [reader] : ['null', reader]))).toEqual(inUnion)
      })
    }
})

judged('constructed types', [
  ['array of another type', listOf('int'), listOf('long'), [], [mismatch('/items', 'INT', 'LONG')]],
  ['map of another type', mapOf('int'), mapOf('long'), [], [mismatch('/values', 'INT', 'LONG')]],
  ['array and map', listOf('int'), mapOf('int'), [mismatch('/', 'MAP', 'ARRAY')], [mismatch('/', 'ARRAY', 'MAP')]],
  ['record and map', holding('int'), mapOf('int'), [mismatch('/', 'MAP', 'RECORD')], [mismatch('/', 'RECORD', 'MAP')]],
  ['primitive and array', 'int', listOf('int'), [mismatch('/', 'ARRAY', 'INT')], [mismatch('/', 'INT', 'ARRAY')]],
  [
    'enum and fixed of one name',
    enumOf('A'),
    fixedOf(1, { name: 'E' }),
    [mismatch('/', 'FIXED', 'ENUM')],
    [mismatch('/', 'ENUM', 'FIXED')],
  ],
  ['a record and an error of one name', holding('int'), { type: 'error', name: 'R', fields: [field('f', 'int')] }, [], []],
])

judged('logical types do not matter', [
  ['a decimal of another scale', decimal(9, 2), decimal(18, 4), [], []],
  ['a timestamp and a plain long', { type: 'long', logicalType: 'timestamp-millis' }, 'long', [], []],
  [
    'micros instead of millis',
    { type: 'long', logicalType: 'timestamp-millis' },
    { type: 'long', logicalType: 'timestamp-micros' },
    [],
    [],
  ],
  [
    'a date read as a timestamp',
    { type: 'int', logicalType: 'date' },
    { type: 'long', logicalType: 'timestamp-micros' },
    [],
    [mismatch('/', 'INT', 'LONG')],
  ],
])

function decimal(precision: number, scale: number): Json {
  return { type: 'bytes', logicalType: 'decimal', precision, scale }
}

judged('fixed', [
  [
    'another size',
    fixedOf(4),
    fixedOf(5),
    ['FIXED_SIZE_MISMATCH /size expected: 4, found: 5'],
    ['FIXED_SIZE_MISMATCH /size expected: 5, found: 4'],
  ],
  ['another name', fixedOf(4), fixedOf(4, { name: 'G' }), ['NAME_MISMATCH /name expected: F'], ['NAME_MISMATCH /name expected: G']],
  [
    'another name and size',
    fixedOf(4),
    fixedOf(5, { name: 'G' }),
    ['NAME_MISMATCH /name expected: F', 'FIXED_SIZE_MISMATCH /size expected: 4, found: 5'],
    ['NAME_MISMATCH /name expected: G', 'FIXED_SIZE_MISMATCH /size expected: 5, found: 4'],
  ],
])

judged('names: without their namespaces, or by an alias of the reader', [
  ['another namespace', fixedOf(4, { namespace: 'a' }), fixedOf(4, { namespace: 'b' }), [], []],
  [
    'another name is told in full',
    fixedOf(4, { namespace: 'a' }),
    fixedOf(4, { name: 'b.G' }),
    ['NAME_MISMATCH /name expected: a.F'],
    ['NAME_MISMATCH /name expected: b.G'],
  ],
  ['an alias', fixedOf(4, { name: 'a.F' }), fixedOf(4, { name: 'b.G', aliases: ['a.F'] }), [], ['NAME_MISMATCH /name expected: b.G']],
  [
    'an alias in the namespace of the type',
    fixedOf(4, { name: 'a.F' }),
    fixedOf(4, { name: 'a.G', aliases: ['F'] }),
    [],
    ['NAME_MISMATCH /name expected: a.G'],
  ],
  [
    'an alias of another namespace',
    fixedOf(4, { name: 'a.F' }),
    fixedOf(4, { name: 'b.G', aliases: ['F'] }),
    ['NAME_MISMATCH /name expected: a.F'],
    ['NAME_MISMATCH /name expected: b.G'],
  ],
  ['an enum', enumOf('A'), enumOf('A', { name: 'G' }), ['NAME_MISMATCH /name expected: E'], ['NAME_MISMATCH /name expected: G']],
  [
    'a nested record, and its fields besides',
    holding({ type: 'record', name: 'A', fields: [] }),
    holding({ type: 'record', name: 'B', fields: [field('x', 'int')] }),
    ['NAME_MISMATCH /fields/0/type/name expected: A', 'READER_FIELD_MISSING_DEFAULT_VALUE /fields/0/type/fields/0 x'],
    ['NAME_MISMATCH /fields/0/type/name expected: B'],
  ],
])

judged('enums', [
  ['a symbol added', enumOf('A B'), enumOf('A B C'), [], ['MISSING_ENUM_SYMBOLS /symbols [C]']],
  ['symbols in another order', enumOf('A B C'), enumOf('C A B'), [], []],
  ['missing symbols are sorted', enumOf('D A C B'), enumOf('A'), ['MISSING_ENUM_SYMBOLS /symbols [B, C, D]'], []],
  ['the reader has a default', enumOf('A B C'), enumOf('A', { default: 'A' }), [], []],
  ['only the writer has a default', enumOf('A B', { default: 'A' }), enumOf('A'), ['MISSING_ENUM_SYMBOLS /symbols [B]'], []],
])

judged('fields of records', [
  ['added without a default', record(), holding('int'), ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 f'], []],
  ['added with a default', record(), record(field('f', 'int', { default: 1 })), [], []],
  ['added with a null default', record(), record(field('f', ['null', 'int'], { default: null })), [], []],
  ['optional, but without a default', record(), holding(['null', 'int']), ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 f'], []],
  ['reordered', record(field('a', 'int'), field('b', 'string')), record(field('b', 'string'), field('a', 'int')), [], []],
  [
    'renamed',
    record(field('a', 'int')),
    record(field('b', 'int')),
    ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 b'],
    ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a'],
  ],
  [
    'renamed with an alias',
    record(field('a', 'int')),
    record(field('b', 'int', { aliases: ['a'] })),
    [],
    ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a'],
  ],
  [
    'an alias for its own name',
    record(field('a', 'int')),
    record(field('a', 'long', { aliases: ['a'] })),
    [],
    [mismatch('/fields/0/type', 'INT', 'LONG')],
  ],
  [
    'an alias for a second field of the writer',
    record(field('a', 'int'), field('b', 'int')),
    record(field('c', 'int', { aliases: ['a', 'b'] })),
    ['READER_FIELD_AMBIGUOUS /fields/0 field c stands for a and b of the writer'],
    ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 a', 'READER_FIELD_MISSING_DEFAULT_VALUE /fields/1 b'],
  ],
  [
    'an enum added, whose own default does not serve',
    record(),
    holding(enumOf('A', { default: 'A' })),
    [mismatch('/fields/0/type', 'ENUM', 'RECORD')],
    [],
  ],
  ['an enum added with a default of the field', record(), record(field('f', enumOf('A', { default: 'A' }), { default: 'A' })), [], []],
  [
    'every field is told, each at its own index',
    record(field('a', 'int'), field('b', 'int'), field('c', 'int')),
    record(field('c', 'string'), field('b', 'boolean'), field('a', 'long')),
    [mismatch('/fields/0/type', 'STRING', 'INT'), mismatch('/fields/1/type', 'BOOLEAN', 'INT')],
    [mismatch('/fields/0/type', 'INT', 'LONG'), mismatch('/fields/1/type', 'INT', 'BOOLEAN'), mismatch('/fields/2/type', 'INT', 'STRING')],
  ],
])

judged('unions', [
  ['becoming optional', holding('int'), holding(['null', 'int']), [], [mismatch('/fields/0/type/0', 'INT', 'NULL')]],
  ['a single branch', 'int', ['int'], [], []],
  ['a branch promotes', 'int', ['null', 'double'], [], [mismatch('/0', 'INT', 'NULL'), mismatch('/1', 'INT', 'DOUBLE')]],
  [
    'no branch reads it',
    'string',
    ['null', 'int'],
    [lacking('/', 'STRING')],
    [mismatch('/0', 'STRING', 'NULL'), mismatch('/1', 'STRING', 'INT')],
  ],
  ['a branch added', ['null', 'int'], ['null', 'int', 'string'], [], [lacking('/2', 'STRING')]],
  ['branches reordered', ['null', 'int', 'string'], ['string', 'int', 'null'], [], []],
  ['branches promoted', ['null', 'int'], ['long', 'null'], [], [lacking('/0', 'LONG')]],
  [
    'several branches lost',
    ['null', 'int', 'string', 'boolean'],
    ['int'],
    [lacking('/0', 'NULL'), lacking('/2', 'STRING'), lacking('/3', 'BOOLEAN')],
    [],
  ],
  ['a list in a union', ['null', listOf('int')], ['null', listOf('long')], [], [lacking('/1', 'ARRAY')]],
  [
    'a list that becomes optional',
    listOf('int'),
    ['null', listOf('string')],
    [lacking('/', 'ARRAY')],
    [mismatch('/0', 'ARRAY', 'NULL'), mismatch('/1/items', 'INT', 'STRING')],
  ],
  [
    'a record is found by its name among others, and what breaks inside is not told',
    [named('A', field('x', 'int')), named('B', field('x', 'int'))],
    [named('B', field('x', 'long')), named('A', field('y', 'int'))],
    [lacking('/0', 'RECORD')],
    [lacking('/0', 'RECORD'), lacking('/1', 'RECORD')],
  ],
  ['a record of another name', [named('A')], [named('B')], [lacking('/0', 'RECORD')], [lacking('/0', 'RECORD')]],
  ['a record by its alias', ['null', named('a.A')], ['null', { ...named('b.B'), aliases: ['a.A'] }], [], [lacking('/1', 'RECORD')]],
  [
    'one of two records of one name',
    [named('a.A', field('x', 'int'))],
    [named('b.A', field('y', 'int')), named('c.A', field('x', 'int'))],
    [],
    [lacking('/0', 'RECORD')],
  ],
  [
    'a nested place',
    holding(listOf(['null', 'int'])),
    holding(listOf(['null', 'string'])),
    [lacking('/fields/0/type/items/1', 'INT')],
    [lacking('/fields/0/type/items/1', 'STRING')],
  ],
])

function named(name: string, ...fields: readonly object[]): { readonly [attribute: string]: unknown } {
  return { type: 'record', name, fields }
}

const chain = (payload: Json): Json => named('Node', field('next', ['null', 'Node'], { default: null }), field('payload', payload))

judged('types that contain themselves', [
  ['the same', chain('int'), chain('int'), [], []],
  ['promoted inside', chain('int'), chain('long'), [], [lacking('/fields/0/type/1', 'RECORD'), mismatch('/fields/1/type', 'INT', 'LONG')]],
  [
    'through a list',
    named('Tree', field('children', listOf('Tree')), field('label', 'int')),
    named('Tree', field('children', listOf('Tree')), field('label', 'string')),
    [mismatch('/fields/1/type', 'STRING', 'INT')],
    [mismatch('/fields/1/type', 'INT', 'STRING')],
  ],
])

test('a verdict that was assumed inside a cycle does not outlive the assumption', () => {
  // B holds A, and A breaks only after B was asked for inside of it; the union then has B as its only hope.
  const schema = (payload: Json): Json =>
    record(
      field('first', ['null', named('A', field('b', ['null', named('B', field('a', ['null', 'A']))]), field('payload', payload))]),
      field('second', ['null', 'B']),
    )
  expect(told(backward(schema('int'), schema('string')))).toEqual([
    lacking('/fields/0/type/1', 'RECORD'),
    lacking('/fields/1/type/1', 'RECORD'),
  ])
})

test('types of references are compared like any others', () => {
  const reference = (type: string): ResolvedReference[] => [
    { name: 'Money', text: JSON.stringify(named('Money', field('amount', type as Json))) },
  ]
  const question = { names: { reader: 'new', writer: 'old' }, policy: 'STRICT' } as const
  const [narrow, wide] = [parse(holding('Money'), reference('int')), parse(holding('Money'), reference('long'))]
  expect(told(checkAvroCompatibility({ ...question, reader: wide, writer: narrow }))).toEqual([])
  expect(told(checkAvroCompatibility({ ...question, reader: narrow, writer: wide }))).toEqual([
    mismatch('/fields/0/type/fields/0/type', 'INT', 'LONG'),
  ])
})

describe('descriptions name the place and say which schema is which', () => {
  for (const [older, newer, description] of [
    [holding('int'), holding('string'), "The type (path '/fields/0/type') of a field in the new schema does not match with the old schema"],
    [
      fixedOf(1),
      fixedOf(1, { name: 'G' }),
      "The type at path '/name' in the new schema has neither the name nor an alias of its counterpart in the old schema",
    ],
    [fixedOf(1), fixedOf(2), "The fixed type at path '/size' in the new schema has another size than in the old schema"],
    [enumOf('A B'), enumOf('A'), "The enum at path '/symbols' in the new schema has no default and lacks symbols of the old schema"],
    [['null', 'int'], ['null'], "The union at path '/1' in the new schema has no branch for a type of the old schema"],
    [record(), holding('int'), "The field 'f' at path '/fields/0' in the new schema has no default and does not exist in the old schema"],
    [
      record(field('a', 'int'), field('b', 'int')),
      record(field('a', 'int', { aliases: ['b'] })),
      "The field at path '/fields/0' in the new schema is by its name and aliases more than one field of the old schema",
    ],
  ] as const) {
    test(description, () => {
      expect(backward(older, newer)[0]?.description).toBe(description)
      const swapped = description.replace(/new|old/g, (word) => (word === 'new' ? 'old' : 'new'))
      expect(forward(newer, older)[0]?.description).toBe(swapped)
    })
  }
})
