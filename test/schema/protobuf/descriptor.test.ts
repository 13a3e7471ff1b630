import {
  create,
  createFileRegistry,
  fromBinary,
  fromJson,
  getOption,
  hasOption,
  toBinary,
  toJson,
  type DescExtension,
  type FileRegistry,
  type JsonValue,
} from '@bufbuild/protobuf'
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt'
import { file_confluent_meta } from '@confluentinc/schemaregistry/dist/confluent/meta_pb.js'
import { file_confluent_types_decimal } from '@confluentinc/schemaregistry/dist/confluent/types/decimal_pb.js'
import { describe, expect, test } from 'vitest'
import { RecordError } from '../../../src/schema/language.ts'
import { descriptorBytes } from '../../../src/schema/protobuf/descriptor/to-descriptor.ts'
import { decodeProtobuf, encodeProtobuf } from '../../../src/schema/protobuf/json/json-encoding.ts'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'
import { link } from '../../../src/schema/protobuf/link/link.ts'
import { wellKnownFile } from '../../../src/schema/protobuf/well-known/well-known-files.ts'
import { corpusFiles, findInCorpus } from './corpus.ts'

const parse = (text: string, references: { name: string; text: string }[] = []): ProtobufSchema => parseProtobuf({ text, references })

/** The main file and what it imports, as a registry of protobuf-es. */
function registryOf(schema: ProtobufSchema, name = 'main.proto'): FileRegistry {
  const files = schema.linked.files.map((file) => {
    const isMain = file === schema.linked.main
    return fromBinary(FileDescriptorProtoSchema, descriptorBytes({ ...schema.linked, main: file }, isMain ? name : file.source.name))
  })
  return createFileRegistry(create(FileDescriptorSetSchema, { file: files }))
}

const RICH = `
  syntax = "proto3";
  package acme.v1;
  import "google/protobuf/timestamp.proto";
  import "google/protobuf/struct.proto";
  import "google/protobuf/wrappers.proto";
  import "google/protobuf/descriptor.proto";
  import "confluent/meta.proto";
  option java_package = "com.acme";
  option optimize_for = CODE_SIZE;
  extend google.protobuf.FieldOptions { string note = 50001; repeated Level levels = 50002; Rules rules = 50003; }
  message Rules { int32 max = 1; map<string, double> weights = 2; repeated string tags = 3; Rules inner = 4; bytes raw = 5; }
  enum Level { LOW = 0; HIGH = 1; }
  message Order {
    option deprecated = true;
    reserved 100 to 110, 200;
    reserved "old";
    string id = 1 [(note) = "the id", (levels) = HIGH, (levels) = LOW, deprecated = true, json_name = "ID"];
    optional int64 total = 2 [(rules) = { max: 0x10, weights: { key: "a", value: 1.5 }, weights: [{ key: "b", value: -inf }], tags: ["x", "y"], inner { raw: "\\xff\\x00" } }];
    map<string, Line> lines = 3;
    google.protobuf.Timestamp at = 4 [(rules).max = 3, (.acme.v1.rules).inner.max = 4];
    google.protobuf.Struct extra = 5;
    google.protobuf.Int64Value limit = 6;
    repeated sint32 deltas = 7 [packed = false];
    oneof payment { string card = 8; Cash cash = 9; }
    optional Level level = 10;
    message Line { int32 count = 1; Line next = 2; enum Unit { PIECE = 0; KILO = 1; } Unit unit = 3; }
    message Cash { double amount = 1; }
  }
  service Orders { rpc Watch (Order) returns (stream Order.Line) { option idempotency_level = IDEMPOTENT; } }
`

const PROTO2 = `
  syntax = "proto2";
  package old;
  message M {
    required int32 id = 1;
    optional string name = 2 [default = "a \\"b\\"\\n"];
    optional bytes raw = 3 [default = "\\377\\000x"];
    optional double ratio = 4 [default = -inf];
    optional E e = 5 [default = B];
    optional int64 big = 6 [default = -0x10];
    optional bool flag = 7 [default = true];
    repeated group Item = 8 { optional int32 n = 1; optional M parent = 2; }
    oneof o { group One = 9 { optional int32 x = 1; } string s = 10; }
    extensions 100 to 199, 1000 to max;
    enum E { A = 1; B = 2; reserved 5 to 7; }
    extend M { optional group Ext = 100 { optional int32 y = 1; } }
  }
  extend M { repeated int32 more = 101 [packed = true]; }
`

const EDITION = `
  edition = "2023";
  package ed;
  option features.field_presence = IMPLICIT;
  message M { int32 a = 1; int32 b = 2 [features.field_presence = EXPLICIT]; N n = 3 [features.message_encoding = DELIMITED]; E e = 4 [features.field_presence = EXPLICIT];
    message N { repeated int32 x = 1 [features.repeated_field_encoding = EXPANDED]; } enum E { option features.enum_type = CLOSED; A = 1; } }
`

describe('protobuf-es loads our descriptors', () => {
  test('a file with imports, maps, oneofs, optional fields and services', () => {
    const registry = registryOf(parse(RICH))
    const order = registry.getMessage('acme.v1.Order')
    expect(
      order?.fields.map(
        ({ name, jsonName, number, fieldKind, proto }) =>
          `${name} ${jsonName} ${number} ${fieldKind} ${proto.proto3Optional ? 'optional' : ''}`,
      ),
    ).toMatchInlineSnapshot(`
      [
        "id ID 1 scalar ",
        "total total 2 scalar optional",
        "lines lines 3 map ",
        "at at 4 message ",
        "extra extra 5 message ",
        "limit limit 6 message ",
        "deltas deltas 7 list ",
        "level level 10 enum optional",
        "card card 8 scalar ",
        "cash cash 9 message ",
      ]
    `)
    expect(order?.oneofs.map(({ name }) => name)).toEqual(['payment'])
    expect(registry.getService('acme.v1.Orders')?.methods.map(({ methodKind, idempotency }) => [methodKind, idempotency])).toEqual([
      ['server_streaming', 2],
    ])
  })

  test('with custom options as the extensions they are', () => {
    const registry = registryOf(parse(RICH))
    const order = registry.getMessage('acme.v1.Order')
    const option = (field: string, name: string): unknown => {
      const desc = order?.fields.find((candidate) => candidate.name === field)
      const extension = registry.getExtension(`acme.v1.${name}`) as DescExtension
      if (!desc || !hasOption(desc, extension)) return undefined
      const value = getOption(desc, extension) as never
      return extension.fieldKind === 'message' ? toJson(extension.message, value) : value
    }
    expect(option('id', 'note')).toBe('the id')
    expect(option('id', 'levels')).toEqual([1, 0])
    expect(option('total', 'rules')).toEqual({ max: 16, weights: { a: 1.5, b: '-Infinity' }, tags: ['x', 'y'], inner: { raw: '/wA=' } })
    expect(option('at', 'rules')).toEqual({ max: 3, inner: { max: 4 } })
  })

  test('proto2 with groups, defaults and extensions', () => {
    const registry = registryOf(parse(PROTO2))
    const message = registry.getMessage('old.M')
    const defaults = message?.fields.map((field) => [field.name, 'getDefaultValue' in field ? field.getDefaultValue?.() : undefined])
    expect(defaults).toEqual([
      ['id', undefined],
      ['name', 'a "b"\n'],
      ['raw', Uint8Array.of(0xff, 0, 0x78)],
      ['ratio', -Infinity],
      ['e', 2],
      ['big', -16n],
      ['flag', true],
      ['one', undefined],
      ['s', undefined],
      ['item', undefined],
    ])
    expect(message?.fields.find(({ name }) => name === 'item')?.proto.type).toBe(10)
    expect(registry.getExtension('old.more')?.number).toBe(101)
    expect(registry.getExtension('old.M.ext')?.extendee.typeName).toBe('old.M')
  })

  test('editions with their features', () => {
    const message = registryOf(parse(EDITION)).getMessage('ed.M')
    expect(message?.fields.map(({ presence }) => presence)).toEqual([2, 1, 1, 1])
    expect(message?.fields[2]).toMatchObject({ delimitedEncoding: true })
    expect(message?.nestedMessages[0]?.fields[0]).toMatchObject({ packed: false })
    expect(message?.nestedEnums[0]?.open).toBe(false)
  })

  test('every file of Google and gRPC', () => {
    for (const { path, text } of corpusFiles) {
      const references = corpusFiles.map((file) => ({ name: file.path, text: file.text }))
      const schema = parse(text, references)
      const own = schema.linked.main.messages.map(({ fullName }) => fullName)
      const registry = registryOf(schema, path)
      expect(own.filter((fullName) => !registry.getMessage(fullName))).toEqual([])
    }
  })

  test('and none of them leaves an option uninterpreted', () => {
    for (const { path, text } of corpusFiles) {
      const schema = parse(
        text,
        corpusFiles.map((file) => ({ name: file.path, text: file.text })),
      )
      const descriptor = fromBinary(FileDescriptorProtoSchema, descriptorBytes(schema.linked, path))
      expect(JSON.stringify(toJson(FileDescriptorProtoSchema, descriptor))).not.toContain('uninterpretedOption')
    }
    expect(findInCorpus('google/api/http.proto')).toBeDefined()
  })
})

describe('a schema may be registered as a FileDescriptorProto in base64', () => {
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

  for (const [name, text] of [
    ['proto3', RICH],
    ['proto2', PROTO2],
    ['editions', EDITION],
  ] as const)
    test(`${name}: it gives the same descriptor again`, () => {
      const bytes = descriptorBytes(parse(text).linked, 'main.proto')
      const again = parse(base64(bytes))
      expect(toJson(FileDescriptorProtoSchema, fromBinary(FileDescriptorProtoSchema, descriptorBytes(again.linked, 'main.proto')))).toEqual(
        toJson(FileDescriptorProtoSchema, fromBinary(FileDescriptorProtoSchema, bytes)),
      )
      expect(Buffer.from(descriptorBytes(again.linked, 'main.proto')).equals(bytes)).toBe(true)
      expect(parse(again.canonicalText).canonicalText).toBe(again.canonicalText)
    })

  test('every file of Google and gRPC gives the same descriptor again', () => {
    const references = corpusFiles.map((file) => ({ name: file.path, text: file.text }))
    for (const { path, text } of corpusFiles) {
      const bytes = descriptorBytes(parse(text, references).linked, path)
      const again = descriptorBytes(parse(base64(bytes), references).linked, path)
      expect([path, Buffer.from(again).equals(bytes)]).toEqual([path, true])
    }
  })

  test('a descriptor that protobuf-es made is read', () => {
    const file = create(FileDescriptorProtoSchema, {
      name: 'a.proto',
      syntax: 'proto3',
      package: 'p',
      dependency: ['google/protobuf/any.proto'],
      messageType: [
        {
          name: 'M',
          field: [
            {
              name: 'a',
              number: 1,
              type: FieldDescriptorProto_Type.MESSAGE,
              label: FieldDescriptorProto_Label.REPEATED,
              typeName: '.google.protobuf.Any',
              jsonName: 'a',
            },
          ],
        },
      ],
    })
    expect(parse(base64(toBinary(FileDescriptorProtoSchema, file))).canonicalText).toBe(
      'syntax = "proto3";\npackage p;\n\nimport "google/protobuf/any.proto";\n\nmessage M {\n  repeated .google.protobuf.Any a = 1;\n}\n',
    )
  })

  test('a reference may be one as well', () => {
    const bytes = descriptorBytes(parse('syntax = "proto3"; package r; message R { int32 x = 1; }').linked, 'r.proto')
    const schema = parse('syntax = "proto3"; import "r.proto"; message M { r.R r = 1; }', [{ name: 'r.proto', text: base64(bytes) }])
    expect(schema.rowType().fields[0]?.type.kind).toBe('struct')
  })

  for (const [name, file, message] of [
    ['names that would become other text', { messageType: [{ name: 'M {} message N' }] }, 'where a name belongs'],
    [
      'type names too',
      { messageType: [{ name: 'M', field: [{ name: 'a', number: 1, type: 11, typeName: '.p; x' }] }] },
      'where a name belongs',
    ],
    [
      'field numbers out of bounds',
      { messageType: [{ name: 'M', field: [{ name: 'a', number: 0, type: 5, label: 1 }] }] },
      'a field number must be within',
    ],
    [
      'types that are not there',
      { messageType: [{ name: 'M', field: [{ name: 'a', number: 1, type: 11, label: 1, typeName: '.N' }] }] },
      'type ".N" is not defined',
    ],
  ] as const)
    test(`${name} are refused`, () => {
      const bytes = toBinary(FileDescriptorProtoSchema, create(FileDescriptorProtoSchema, file as unknown as FileDescriptorProto))
      expect(() => parse(base64(bytes))).toThrow(message)
    })

  test('other words are refused as neither form', () => {
    for (const text of ['hello', 'AAAA', 'deadbeefdeadbeef'])
      expect(() => parse(text)).toThrow(/neither .proto text nor a FileDescriptorProto/)
  })
})

describe('records of a schema read the same in protobuf-es', () => {
  const value = {
    ID: 'x',
    total: '-9007199254740993',
    lines: { a: { count: 1, unit: 'KILO' }, '': { next: { count: -1 } } },
    at: '2024-02-29T23:59:59.123456789Z',
    extra: { a: [1, null, { b: 'c' }], d: true },
    limit: '0',
    deltas: [-1, 2],
    cash: { amount: 'NaN' },
    level: 'HIGH',
  }

  test('from our JSON to bytes and back', () => {
    const schema = parse(RICH)
    const order = registryOf(schema).getMessage('acme.v1.Order')
    if (!order) throw new Error('no message')
    const indexes = [1]
    const bytes = encodeProtobuf(schema.linked, value, indexes)
    expect(toJson(order, fromBinary(order, bytes))).toEqual(value)
    expect(
      JSON.parse(JSON.stringify(decodeProtobuf(schema.linked, toBinary(order, fromJson(order, value as JsonValue)), indexes))),
    ).toEqual(value)
  })

  test('groups and extensions of proto2', () => {
    const schema = parse(PROTO2)
    const registry = registryOf(schema)
    const message = registry.getMessage('old.M')
    if (!message) throw new Error('no message')
    const old = { id: 1, item: [{ n: 1 }, { parent: { id: 2 } }], one: { x: 5 }, '[old.more]': [1, 2], '[old.M.ext]': { y: 3 } }
    const bytes = encodeProtobuf(schema.linked, old)
    expect(toJson(message, fromBinary(message, bytes), { registry })).toEqual(old)
    expect(JSON.parse(JSON.stringify(decodeProtobuf(schema.linked, bytes)))).toEqual(old)
  })

  test('an Any of a type that the schema knows', () => {
    const schema = parse(
      'syntax = "proto3"; import "google/protobuf/any.proto"; import "google/protobuf/duration.proto"; message M { repeated google.protobuf.Any a = 1; int32 b = 2; }',
    )
    const registry = registryOf(schema)
    const message = registry.getMessage('M')
    if (!message) throw new Error('no message')
    const any = {
      a: [
        { '@type': 'type.googleapis.com/M', b: 3 },
        { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1.500s' },
      ],
    }
    const bytes = encodeProtobuf(schema.linked, any)
    expect(toJson(message, fromBinary(message, bytes), { registry })).toEqual(any)
    expect(JSON.parse(JSON.stringify(decodeProtobuf(schema.linked, bytes)))).toEqual(any)
    expect(() => encodeProtobuf(schema.linked, { a: [{ '@type': 'x/Unknown' }] })).toThrow(RecordError)
  })
})

describe('the bundled files', () => {
  test('have descriptors that protobuf-es accepts', () => {
    const schema = parse('syntax = "proto3"; import "confluent/meta.proto"; import "google/protobuf/api.proto"; message M {}')
    expect(registryOf(schema).getExtension('confluent.field_meta')?.number).toBe(1088)
  })

  test('declare what the serializers of Confluent know under the same paths', () => {
    for (const { proto } of [file_confluent_meta, file_confluent_types_decimal]) {
      const path = proto.name
      const bundled = wellKnownFile(path)
      if (!bundled) throw new Error(path)
      const ours = fromBinary(FileDescriptorProtoSchema, descriptorBytes(link(bundled, wellKnownFile), path))
      // They differ in options of languages only.
      expect({ ...ours, options: undefined }).toEqual({ ...proto, options: undefined })
    }
  })
})
