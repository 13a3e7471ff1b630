import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'
import { wellKnownFile } from '../../../src/schema/protobuf/well-known/well-known-files.ts'
import { corpusFiles } from './corpus.ts'
import { protoText, schemaWithValues } from './schema-arbitrary.ts'

const parse = (text: string): ProtobufSchema => parseProtobuf({ text, references: [] })
const normalized = (text: string): string => parse(text).normalizedText()

describe('the normal form', () => {
  test('has one order and full names, whatever the text', () => {
    const text = `
      syntax = "proto2"; package a.b;
      import "google/protobuf/descriptor.proto"; import public "google/protobuf/timestamp.proto"; import "google/protobuf/any.proto";
      option java_package = "com"; option (b.file).y = 0x10; option cc_enable_arenas = true; option (file).x = 1;
      enum E { FIRST = 7; C = 2; A = 2; B = -1; option allow_alias = true; reserved "z", "y"; reserved 100 to max, 50; }
      extend google.protobuf.FileOptions { optional M file = 50000; }
      message M {
        optional E e = 9; map<string, E> m = 5; optional N n = 3; optional group G = 2 { optional .a.b.M m = 2; optional int32 i = 1; }
        oneof late { string s = 20; N t = 10; } oneof early { int32 u = 6; }
        message N {} optional int32 x = 31; optional int32 y = 32;
        extensions 200 to max, 100; reserved 18, 15 to 16; reserved "q", "p";
        extend M { optional int32 two = 201; } extend b.M { optional int32 one = 100; }
      }
      service S { rpc R (M) returns (stream M.N); }
      extend .google.protobuf.FieldOptions { optional string note = 50000; }`
    expect(normalized(text)).toBe(`package a.b;

import "google/protobuf/any.proto";
import "google/protobuf/descriptor.proto";
import public "google/protobuf/timestamp.proto";

option (.a.b.file) = {
  x: 1,
  y: 16
};
option cc_enable_arenas = true;
option java_package = "com";

message M {
  reserved 15 to 16;
  reserved 18;
  reserved "p";
  reserved "q";

  optional .a.b.M.N n = 3;
  map<string, .a.b.E> m = 5;
  optional .a.b.E e = 9;
  optional int32 x = 31;
  optional int32 y = 32;

  oneof early {
    int32 u = 6;
  }
  oneof late {
    .a.b.M.N t = 10;
    string s = 20;
  }

  optional group G = 2 {
    optional int32 i = 1;
    optional .a.b.M m = 2;
  }

  extensions 100;
  extensions 200 to max;

  extend .a.b.M {
    optional int32 one = 100;
    optional int32 two = 201;
  }

  message N {}
}
enum E {
  reserved 50;
  reserved 100 to max;
  reserved "y";
  reserved "z";

  option allow_alias = true;
  FIRST = 7;
  B = -1;
  A = 2;
  C = 2;
}

extend .google.protobuf.FieldOptions {
  optional string note = 50000;
}
extend .google.protobuf.FileOptions {
  optional .a.b.M file = 50000;
}

service S {
  rpc R (.a.b.M) returns (stream .a.b.M.N);
}
`)
  })

  const options = (statements: string): string => `syntax = "proto3"; import "google/protobuf/descriptor.proto";
    extend google.protobuf.MessageOptions { O one = 50000; repeated O many = 50001; double rate = 50002; repeated int32 numbers = 50003; }
    message O { int32 n = 1; O inner = 2; repeated int32 list = 3; string s = 4; }
    message M { ${statements} }`
  for (const [name, left, right] of [
    ['options in another order', 'option deprecated = true; option (rate) = 1;', 'option (rate) = 1; option deprecated = true;'],
    ['a custom option by another name', 'option (one).n = 1;', 'option (.one).n = 1;'],
    ['part by part and as an aggregate', 'option (one).n = 1; option (one).inner.n = 2;', 'option (one) = { inner < n: 2 >; n: 1 };'],
    [
      'parts of a part',
      'option (one).inner.s = "a"; option (one).n = 0; option (one).inner.n = 2;',
      'option (one) = { n: 0 inner: { n: 2 s: "a" } };',
    ],
    ['entries and lists', 'option (one) = { list: 1 list: 2 };', 'option (one) = { list: [1, 2] };'],
    ['an empty list', 'option (one) = { n: 1 list: [] };', 'option (one) = { n: 1 };'],
    ['integers in another base', 'option (numbers) = 0x1F; option (numbers) = 017;', 'option (numbers) = 31; option (numbers) = 15;'],
    ['one double in many ways', 'option (rate) = 1.50;', 'option (rate) = +15e-1;'],
    ['a whole double', 'option (rate) = 1.0;', 'option (rate) = 1;'],
    ['strings in pieces and quotes', `option (one) = { s: 'a"' "\\x62" };`, 'option (one) = { s: "a\\"b" };'],
  ] as const)
    test(`joins what is written in two ways: ${name}`, () => expect(normalized(options(left))).toBe(normalized(options(right))))

  for (const [name, left, right] of [
    ['the items of a repeated option', 'option (numbers) = 1; option (numbers) = 2;', 'option (numbers) = 2; option (numbers) = 1;'],
    ['the items of a list', 'option (one) = { list: [1, 2] };', 'option (one) = { list: [2, 1] };'],
    ['two messages of a repeated option', 'option (many) = { n: 1 }; option (many) = { n: 2 };', 'option (many) = { n: 1 n: 2 };'],
    ['the sign of zero', 'option (rate) = -0.0;', 'option (rate) = 0;'],
    ['messages', 'message A {} message B {}', 'message B {} message A {}'],
    ['enums', 'enum A { X = 0; } enum B { Y = 0; }', 'enum B { Y = 0; } enum A { X = 0; }'],
  ] as const)
    test(`keeps apart what is not the same: ${name}`, () => expect(normalized(options(left))).not.toBe(normalized(options(right))))

  test('leaves the first value of an enum in front, which is what an absent one means', () => {
    expect(normalized('syntax = "proto3"; enum E { ZERO = 0; TWO = 2; MINUS = -1; }')).toBe(
      'syntax = "proto3";\n\nenum E {\n  ZERO = 0;\n  MINUS = -1;\n  TWO = 2;\n}\n',
    )
  })

  test('is read back however deep an option is', () => {
    const path = Array.from({ length: 60 }, () => 'inner').join('.')
    const deep = options(`option (one).${path} = { ${'inner { '.repeat(50)} n: 1 ${'}'.repeat(50)} };`)
    expect(normalized(normalized(deep))).toBe(normalized(deep))
  })

  test('does not depend on the order of fields', () => {
    fc.assert(
      fc.property(schemaWithValues, ({ model }) => {
        const reversed = { ...model, fields: model.fields.toReversed() }
        // Nested messages keep their order, so only models without any can be turned round.
        if (model.fields.some(({ type }) => typeof type === 'object')) return
        expect(normalized(protoText(reversed))).toBe(normalized(protoText(model)))
      }),
      { numRuns: 300 },
    )
  })
})

describe('files of Google and of gRPC', () => {
  const references = corpusFiles.filter(({ path }) => !wellKnownFile(path)).map(({ path, text }) => ({ name: path, text }))
  const sample = corpusFiles.filter((_, index) => index % 4 === 0)

  test('normalise to a fixed point, and to the same as their descriptors do', () => {
    for (const { path, text } of sample) {
      const schema = parseProtobuf({ text, references })
      const normal = schema.normalizedText()
      expect(parseProtobuf({ text: normal, references }).normalizedText(), path).toBe(normal)
      const serialized = schema.formattedText('serialized') as string
      expect(parseProtobuf({ text: serialized, references }).normalizedText(), path).toBe(normal)
    }
  })

  test('lose their extensions and nothing else with format=ignore_extensions', () => {
    for (const { path, text } of sample) {
      const schema = parseProtobuf({ text, references })
      const plain = schema.formattedText('ignore_extensions') as string
      expect(plain, path).not.toMatch(/^\s*(?:extend |option \()|\[\(/m)
      const read = parseProtobuf({ text: plain, references })
      expect(read.linked.main.messages.map(({ fullName }) => fullName)).toEqual(schema.linked.main.messages.map(({ fullName }) => fullName))
      expect(read.formattedText('ignore_extensions')).toBe(plain)
    }
  })
})

test('format=ignore_extensions drops custom options wherever they stand', () => {
  const text = `syntax = "proto3"; package p; import "google/protobuf/descriptor.proto"; option (f) = 1; option java_package = "x";
    extend google.protobuf.FileOptions { int32 f = 50000; } extend google.protobuf.FieldOptions { O o = 50000; } message O { int32 x = 1; }
    message M { int32 a = 1 [(o).x = 1, deprecated = true]; oneof c { int32 b = 2 [(o).x = 1]; } }
    enum E { A = 0 [(p.e) = 1]; } extend google.protobuf.EnumValueOptions { int32 e = 50000; }`
  expect(parse(text).formattedText('ignore_extensions')).toBe(`syntax = "proto3";
package p;

import "google/protobuf/descriptor.proto";

option java_package = "x";

message O {
  int32 x = 1;
}
message M {
  int32 a = 1 [deprecated = true];

  oneof c {
    int32 b = 2;
  }
}
enum E {
  A = 0;
}
`)
})

test('other forms are not known', () => {
  expect(parse('syntax = "proto3"; message M {}').formattedText('resolved')).toBeUndefined()
})
