import { describe, expect, test } from 'vitest'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'

const canonical = (text: string): string => parseProtobuf({ text, references: [] }).canonicalText

describe('the canonical text', () => {
  test('keeps declarations and options, drops comments and layout, and has one order', () => {
    const text = `
      // A comment.
      syntax='proto2' ; package  a . b;
      option java_package = "com" ".acme";
      import "google/protobuf/descriptor.proto"; import public "google/protobuf/any.proto"; import weak "google/protobuf/duration.proto";
      service S { rpc A (M) returns (stream M) { option deprecated = true; } rpc B(stream .a.b.M) returns (M); ; }
      enum E { option allow_alias = true; A = 0; B = 0x10 [deprecated = true]; C = -017; reserved 5 to 7, -3; reserved "X"; reserved 100 to max; }
      extend google.protobuf.FieldOptions { optional string note = 50000; repeated M more = 50001; }
      message M {
        enum Inner { Z = 0; } message Deep {}
        extensions 1000 to max [verification = UNVERIFIED]; extensions 500;
        oneof choice { option (.a.b.one) = 1; string s = 2; group G = 3 { optional int32 x = 1; } }
        optional group H = 4 { }
        required int32 id = 1 [(note) = 'it\\'s "\\n\\x01é', default = -5];
        repeated double d = 5 [packed = true, (more) = { id: 1 s: "x" [a.b.ext] { y: [1, 2] } deep < > }, (more).id = 2];
        map < string , .a.b.M > m = 6;
        reserved 7, 9 to 12; reserved "q", "r";
        option deprecated = true;
        extend M { optional M ext = 500; }
      }
      extend google.protobuf.OneofOptions { optional int32 one = 50000; }`
    expect(canonical(text)).toBe(`syntax = "proto2";
package a.b;

import "google/protobuf/descriptor.proto";
import weak "google/protobuf/duration.proto";
import public "google/protobuf/any.proto";

option java_package = "com.acme";

message M {
  reserved 7, 9 to 12;
  reserved "q", "r";

  option deprecated = true;

  required int32 id = 1 [
    (note) = "it\\'s \\"\\n\\001é",
    default = -5
  ];
  repeated double d = 5 [
    packed = true,
    (more) = {
      id: 1,
      s: "x",
      [a.b.ext]: {
        y: [
          1,
          2
        ]
      },
      deep: {}
    },
    (more).id = 2
  ];
  map<string, .a.b.M> m = 6;

  oneof choice {
    option (.a.b.one) = 1;

    string s = 2;
    group G = 3 {
      optional int32 x = 1;
    }
  }

  optional group H = 4 {}

  extensions 1000 to max [verification = UNVERIFIED];
  extensions 500;

  extend M {
    optional M ext = 500;
  }

  message Deep {}
  enum Inner {
    Z = 0;
  }
}
enum E {
  reserved 5 to 7, -3;
  reserved "X";
  reserved 100 to max;

  option allow_alias = true;
  A = 0;
  B = 16 [deprecated = true];
  C = -15;
}

extend google.protobuf.FieldOptions {
  optional string note = 50000;
  repeated M more = 50001;
}
extend google.protobuf.OneofOptions {
  optional int32 one = 50000;
}

service S {
  rpc A (M) returns (stream M) {
    option deprecated = true;
  }
  rpc B (stream .a.b.M) returns (M);
}
`)
  })
})

test('names of types stay as they were written', () => {
  const text = 'syntax = "proto3"; package com.acme; import "other.proto"; message MyRecord { string f1 = 1; OtherRecord f2 = 2; }'
  const references = [{ name: 'other.proto', text: 'syntax = "proto3"; package com.acme; message OtherRecord { int32 other_id = 1; }' }]
  expect(parseProtobuf({ text, references }).canonicalText).toBe(
    'syntax = "proto3";\npackage com.acme;\n\nimport "other.proto";\n\nmessage MyRecord {\n  string f1 = 1;\n  OtherRecord f2 = 2;\n}\n',
  )
})
