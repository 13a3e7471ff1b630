import { describe, expect, test } from 'vitest'
import type { Incompatibility } from '../../../src/schema/compatibility.ts'
import type { ResolvedReference } from '../../../src/schema/language.ts'
import { checkProtobufCompatibility } from '../../../src/schema/protobuf/compatibility.ts'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'

interface Source {
  readonly text: string
  readonly references: readonly ResolvedReference[]
}

const source = (text: string, references: readonly ResolvedReference[] = []): Source => ({ text, references })
const file = (body: string): Source => source(`syntax = "proto3"; ${body}`)
const message = (fields: string): Source => file(`message M { ${fields} }`)
const message2 = (fields: string): Source => source(`syntax = "proto2"; message M { ${fields} }`)

/** BACKWARD: the new schema reads what was written with the old one. */
function backward(older: Source, newer: Source): readonly Incompatibility[] {
  const [reader, writer] = [parseProtobuf(newer), parseProtobuf(older)] as [ProtobufSchema, ProtobufSchema]
  return checkProtobufCompatibility({ reader, writer, names: { reader: 'new', writer: 'old' }, policy: 'STRICT' })
}

function forward(older: Source, newer: Source): readonly Incompatibility[] {
  const [reader, writer] = [parseProtobuf(older), parseProtobuf(newer)] as [ProtobufSchema, ProtobufSchema]
  return checkProtobufCompatibility({ reader, writer, names: { reader: 'old', writer: 'new' }, policy: 'STRICT' })
}

const told = (incompatibilities: readonly Incompatibility[]): string[] =>
  incompatibilities.map(({ errorType, path }) => `${errorType} ${path}`)

/** Rule, old schema, new schema, what BACKWARD tells, what FORWARD tells. */
type Case = readonly [rule: string, older: Source, newer: Source, backward: readonly string[], forward: readonly string[]]

function judged(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [rule, older, newer, whenBackward, whenForward] of cases) {
      test(`${rule}, backward`, () => expect(told(backward(older, newer))).toEqual(whenBackward))
      test(`${rule}, forward`, () => expect(told(forward(older, newer))).toEqual(whenForward))
    }
  })
}

judged('the package', [
  ['changed', file('package a; message M {}'), file('package b; message M {}'), ['PACKAGE_CHANGED #/'], ['PACKAGE_CHANGED #/']],
  ['added', file('message M {}'), file('package b.c; message M {}'), ['PACKAGE_CHANGED #/'], ['PACKAGE_CHANGED #/']],
  [
    'changed, and a field of one of its messages with it',
    file('package a; message M { N n = 1; } message N {}'),
    file('package b; message M { N n = 1; } message N {}'),
    ['PACKAGE_CHANGED #/'],
    ['PACKAGE_CHANGED #/'],
  ],
])

judged('messages', [
  ['added', file('message M {}'), file('message M {} message N {}'), [], ['MESSAGE_REMOVED #/N']],
  [
    'added in front',
    file('message M { int32 a = 1; }'),
    file('message N { string a = 1; } message M { int32 a = 1; }'),
    [],
    ['MESSAGE_REMOVED #/N'],
  ],
  ['reordered', file('message M { int32 a = 1; } message N {}'), file('message N {} message M { int32 a = 1; }'), [], []],
  ['renamed', file('message M {}'), file('message N {}'), ['MESSAGE_REMOVED #/M'], ['MESSAGE_REMOVED #/N']],
  ['added inside', message(''), message('message N { message O {} }'), [], ['MESSAGE_REMOVED #/M/N']],
  [
    'moved inside',
    file('message M {} message N {}'),
    file('message M { message N {} }'),
    ['MESSAGE_REMOVED #/N'],
    ['MESSAGE_REMOVED #/M/N'],
  ],
  [
    'changed inside',
    message('message N { int32 a = 1; }'),
    message('message N { string a = 1; }'),
    ['FIELD_SCALAR_KIND_CHANGED #/M/N/1'],
    ['FIELD_SCALAR_KIND_CHANGED #/M/N/1'],
  ],
  ['a map and its entry message', message('map<string, int32> m = 1;'), message(''), [], []],
])

judged('enums', [
  ['added', message(''), message('enum E { A = 0; }'), [], []],
  ['a value added', message('enum E { A = 0; } E e = 1;'), message('enum E { A = 0; B = 1; } E e = 1;'), [], []],
  ['a value renumbered', message('enum E { A = 0; B = 1; } E e = 1;'), message('enum E { A = 0; B = 2; } E e = 1;'), [], []],
  ['another enum', message('enum E { A = 0; } E e = 1;'), message('enum F { B = 0; } F e = 1;'), [], []],
])

judged('fields', [
  ['added', message(''), message('int32 a = 1;'), [], []],
  ['renamed', message('int32 a = 1;'), message('int32 b = 1;'), [], []],
  ['renumbered', message('int32 a = 1;'), message('int32 a = 2;'), [], []],
  ['added and required', message2(''), message2('required int32 a = 1;'), ['REQUIRED_FIELD_ADDED #/M/1'], ['REQUIRED_FIELD_REMOVED #/M/1']],
  [
    'required by a feature',
    source('edition = "2023"; message M {}'),
    source('edition = "2023"; message M { int32 a = 1 [features.field_presence = LEGACY_REQUIRED]; }'),
    ['REQUIRED_FIELD_ADDED #/M/1'],
    ['REQUIRED_FIELD_REMOVED #/M/1'],
  ],
  [
    'options, JSON name and reserved numbers',
    message('int32 a = 1; reserved 2;'),
    message('int32 a = 1 [json_name = "b", deprecated = true]; reserved 5;'),
    [],
    [],
  ],
  ['another syntax', message2('optional int32 a = 1;'), message('optional int32 a = 1;'), [], []],
  [
    'every field is told by its number',
    message('int32 a = 1; int32 b = 2; M c = 9;'),
    message('string a = 1; M b = 2; map<int32, M> d = 9;'),
    ['FIELD_SCALAR_KIND_CHANGED #/M/1', 'FIELD_KIND_CHANGED #/M/2', 'FIELD_KIND_CHANGED #/M/9'],
    ['FIELD_SCALAR_KIND_CHANGED #/M/1', 'FIELD_KIND_CHANGED #/M/2', 'FIELD_KIND_CHANGED #/M/9'],
  ],
])

describe('scalars of one kind are read as each other, and no others', () => {
  const kinds = [
    ['int32', 'int64', 'uint32', 'uint64', 'bool', 'E'],
    ['sint32', 'sint64'],
    ['string', 'bytes'],
    ['fixed32', 'sfixed32'],
    ['fixed64', 'sfixed64'],
    ['float'],
    ['double'],
  ]
  const schema = (type: string): Source => message(`${type} a = 1; map<string, ${type}> m = 2; enum E { A = 0; }`)
  for (const kind of kinds)
    for (const older of kind)
      test(older, () => {
        for (const newer of kinds.flat()) {
          const changed = kind.includes(newer) ? [] : ['FIELD_SCALAR_KIND_CHANGED #/M/1', 'FIELD_SCALAR_KIND_CHANGED #/M/2']
          expect(told(backward(schema(older), schema(newer)))).toEqual(changed)
        }
      })
})

judged('kinds of fields', [
  ['scalar and message', message('int32 a = 1;'), message('M a = 1;'), ['FIELD_KIND_CHANGED #/M/1'], ['FIELD_KIND_CHANGED #/M/1']],
  [
    'enum and message',
    message('enum E { A = 0; } E a = 1;'),
    message('enum E { A = 0; } M a = 1;'),
    ['FIELD_KIND_CHANGED #/M/1'],
    ['FIELD_KIND_CHANGED #/M/1'],
  ],
  ['message and map', message('M a = 1;'), message('map<int32, M> a = 1;'), ['FIELD_KIND_CHANGED #/M/1'], ['FIELD_KIND_CHANGED #/M/1']],
  [
    'group and message',
    message2('optional group A = 1 {}'),
    message2('optional M a = 1;'),
    ['FIELD_KIND_CHANGED #/M/1'],
    ['FIELD_KIND_CHANGED #/M/1'],
  ],
  [
    'a group under another name',
    message2('optional group A = 1 { optional int32 x = 1; }'),
    message2('optional group B = 1 { optional int64 x = 1; }'),
    [],
    [],
  ],
  [
    'a group that changed inside',
    message2('optional group A = 1 { optional int32 x = 2; }'),
    message2('optional group A = 1 { optional string x = 2; }'),
    ['FIELD_SCALAR_KIND_CHANGED #/M/1/2'],
    ['FIELD_SCALAR_KIND_CHANGED #/M/1/2'],
  ],
  [
    'keys of a map',
    message('map<int32, M> a = 1;'),
    message('map<string, M> a = 1;'),
    ['FIELD_SCALAR_KIND_CHANGED #/M/1'],
    ['FIELD_SCALAR_KIND_CHANGED #/M/1'],
  ],
  ['keys of a map of one kind', message('map<int32, M> a = 1;'), message('map<int64, M> a = 1;'), [], []],
  [
    'values of a map',
    message('map<int32, M> a = 1;'),
    message('map<int32, int32> a = 1;'),
    ['FIELD_KIND_CHANGED #/M/1'],
    ['FIELD_KIND_CHANGED #/M/1'],
  ],
])

judged('labels', [
  [
    'a number from optional to repeated',
    message('optional int32 a = 1;'),
    message('repeated int32 a = 1;'),
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
  ],
  [
    'an enum from optional to repeated',
    message('enum E { A = 0; } optional E a = 1;'),
    message('enum E { A = 0; } repeated E a = 1;'),
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
  ],
  [
    'a number that was required',
    message2('required double a = 1;'),
    message2('optional double a = 1;'),
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
    ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
  ],
  ['a number without a label becomes repeated', message('int32 a = 1;'), message('repeated int32 a = 1;'), [], []],
  ['a number without a label becomes optional', message('int32 a = 1;'), message('optional int32 a = 1;'), [], []],
  ['a string', message('optional string a = 1;'), message('repeated string a = 1;'), [], []],
  ['bytes, to a string', message('optional bytes a = 1;'), message('repeated string a = 1;'), [], []],
  ['a message', message('optional M a = 1;'), message('repeated M a = 1;'), [], []],
])

judged('named types', [
  [
    'another message',
    message('message A {} message B {} A a = 1;'),
    message('message A {} message B {} B a = 1;'),
    ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
    ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
  ],
  [
    'of the same simple name, elsewhere',
    file('message A {} message M { A a = 1; }'),
    file('message A {} message M { message A {} A a = 1; }'),
    ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
    ['FIELD_NAMED_TYPE_CHANGED #/M/1', 'MESSAGE_REMOVED #/M/A'],
  ],
  [
    'written in full',
    file('package p; message A {} message M { A a = 1; }'),
    file('package p; message A {} message M { .p.A a = 1; }'),
    [],
    [],
  ],
  [
    'a map of another message',
    message('message A {} message B {} map<int32, A> a = 1;'),
    message('message A {} message B {} map<int32, B> a = 1;'),
    ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
    ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
  ],
])

judged('oneofs', [
  ['a oneof added', message(''), message('oneof c { int32 a = 1; string b = 2; }'), [], []],
  [
    'a member added',
    message('oneof c { int32 a = 1; }'),
    message('oneof c { int32 a = 1; string b = 2; }'),
    [],
    ['ONEOF_FIELD_REMOVED #/M/c/2'],
  ],
  ['a oneof renamed', message('oneof c { int32 a = 1; string b = 2; }'), message('oneof d { int32 a = 1; string b = 2; }'), [], []],
  [
    'a oneof renamed and a member removed',
    message('oneof c { int32 a = 1; string b = 2; }'),
    message('oneof d { int32 a = 1; }'),
    ['ONEOF_FIELD_REMOVED #/M/c/2'],
    [],
  ],
  [
    'every member replaced',
    message('oneof c { int32 a = 1; }'),
    message('oneof c { int32 a = 2; }'),
    ['ONEOF_FIELD_REMOVED #/M/c/1'],
    ['ONEOF_FIELD_REMOVED #/M/c/2'],
  ],
  [
    'a member changed',
    message('oneof c { int32 a = 1; }'),
    message('oneof c { string a = 1; }'),
    ['FIELD_SCALAR_KIND_CHANGED #/M/1'],
    ['FIELD_SCALAR_KIND_CHANGED #/M/1'],
  ],
  [
    'one field moved into a new oneof',
    message('int32 a = 1;'),
    message('oneof c { int32 a = 1; string b = 2; }'),
    [],
    ['ONEOF_FIELD_REMOVED #/M/c/2'],
  ],
  ['one field moved in alone', message('int32 a = 1;'), message('oneof c { int32 a = 1; }'), [], []],
  ['an optional field moved into a new oneof', message('optional int32 a = 1;'), message('oneof c { int32 a = 1; }'), [], []],
  [
    'two fields moved into a new oneof',
    message('int32 a = 1; string b = 2;'),
    message('oneof c { int32 a = 1; string b = 2; }'),
    ['MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/c'],
    [],
  ],
  [
    'a field moved into an existing oneof',
    message('oneof c { int32 a = 1; } string b = 2;'),
    message('oneof c { int32 a = 1; string b = 2; }'),
    ['FIELD_MOVED_TO_EXISTING_ONEOF #/M/c'],
    [],
  ],
  [
    'two fields moved into an existing oneof',
    message('oneof c { int32 a = 1; } string b = 2; string d = 3;'),
    message('oneof c { int32 a = 1; string b = 2; string d = 3; }'),
    ['MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/c'],
    [],
  ],
  [
    'two oneofs joined',
    message('oneof c { int32 a = 1; } oneof d { string b = 2; }'),
    message('oneof c { int32 a = 1; string b = 2; }'),
    ['FIELD_MOVED_TO_EXISTING_ONEOF #/M/c'],
    [],
  ],
])

const importing = (text: string): Source =>
  source('syntax = "proto3"; import "money.proto"; message M { money.Money price = 3; }', [
    { name: 'money.proto', text: `syntax = "proto3"; package money; ${text}` },
  ])

judged('messages of other files are compared field by field', [
  ['the same', importing('message Money { int32 a = 1; }'), importing('message Money { int64 a = 1; }'), [], []],
  [
    'a field changed',
    importing('message Money { int32 a = 1; }'),
    importing('message Money { string a = 1; }'),
    ['FIELD_SCALAR_KIND_CHANGED #/Money/1', 'FIELD_NAMED_TYPE_CHANGED #/M/3'],
    ['FIELD_SCALAR_KIND_CHANGED #/Money/1', 'FIELD_NAMED_TYPE_CHANGED #/M/3'],
  ],
  [
    'changed inside',
    importing('message Money { message Unit { int32 a = 1; } }'),
    importing('message Money {}'),
    ['MESSAGE_REMOVED #/Money/Unit', 'FIELD_NAMED_TYPE_CHANGED #/M/3'],
    [],
  ],
  [
    'a message that nothing uses',
    importing('message Money {} message Other { int32 a = 1; }'),
    importing('message Money {} message Other { string a = 1; }'),
    [],
    [],
  ],
  [
    'through a further message, which contains itself',
    importing('message Money { Unit unit = 1; } message Unit { Money money = 1; int32 a = 2; }'),
    importing('message Money { Unit unit = 1; } message Unit { Money money = 1; string a = 2; }'),
    ['FIELD_SCALAR_KIND_CHANGED #/Unit/2', 'FIELD_NAMED_TYPE_CHANGED #/Money/1'],
    ['FIELD_SCALAR_KIND_CHANGED #/Unit/2', 'FIELD_NAMED_TYPE_CHANGED #/Money/1'],
  ],
  [
    'moved to another file of another package',
    file('message Money { int32 a = 1; } message M { Money price = 3; }'),
    importing('message Money { int32 a = 1; }'),
    ['MESSAGE_REMOVED #/Money'],
    [],
  ],
  [
    'well-known types',
    file(
      'import "google/protobuf/struct.proto"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Struct s = 1; google.protobuf.Timestamp t = 2; }',
    ),
    file('import "google/protobuf/struct.proto"; message M { google.protobuf.Struct s = 1; google.protobuf.Struct t = 2; }'),
    ['FIELD_NAMED_TYPE_CHANGED #/M/2'],
    ['FIELD_NAMED_TYPE_CHANGED #/M/2'],
  ],
])

describe('descriptions name the place and say which schema is which', () => {
  for (const [older, newer, description] of [
    [file('package a;'), file('package b;'), "The package (path '#/') is 'b' in the new schema and 'a' in the old schema"],
    [file('message M {}'), file(''), "The message at path '#/M' of the old schema is missing in the new schema"],
    [
      message('int32 a = 1;'),
      message('M b = 1;'),
      "The field 'b' at path '#/M/1' is a message in the new schema and a scalar in the old schema, which cannot be read as one another",
    ],
    [
      message('int32 a = 1;'),
      message('string b = 1;'),
      "The field 'b' at path '#/M/1' is string in the new schema and int32 in the old schema, which differ on the wire",
    ],
    [
      message('optional int32 a = 1;'),
      message('repeated int32 a = 1;'),
      "The field 'a' at path '#/M/1' is repeated in the new schema and optional in the old schema, which differ on the wire for numbers",
    ],
    [
      message('message N {} N a = 1;'),
      message('message N {} M a = 1;'),
      "The field 'a' at path '#/M/1' is message M in the new schema and message M.N in the old schema, which are not the same message",
    ],
    [
      message2(''),
      message2('required int32 a = 1;'),
      "The field 'a' at path '#/M/1' is required in the new schema and does not exist in the old schema",
    ],
    [
      message2('required int32 a = 1;'),
      message2(''),
      "The field 'a' at path '#/M/1' is required in the old schema and does not exist in the new schema",
    ],
    [
      message('oneof c { int32 a = 1; int32 b = 2; }'),
      message('oneof c { int32 b = 2; }'),
      "The field 'a' at path '#/M/c/1' is one of several in the old schema and does not exist in the new schema",
    ],
    [
      message('int32 a = 1; int32 b = 2;'),
      message('oneof c { int32 a = 1; int32 b = 2; }'),
      "The oneof at path '#/M/c' in the new schema joins what can be set together in the old schema: a, b",
    ],
    [
      message('int32 a = 1; oneof d { int32 b = 2; }'),
      message('oneof c { int32 a = 1; int32 b = 2; }'),
      "The oneof at path '#/M/c' in the new schema joins what can be set together in the old schema: a, d",
    ],
  ] as const) {
    test(description, () => {
      expect(backward(older, newer)[0]?.description).toBe(description)
      const swapped = description.replace(/\b(?:new|old)\b/g, (word) => (word === 'new' ? 'old' : 'new'))
      expect(forward(newer, older)[0]?.description).toBe(swapped)
    })
  }
})
