import protobufjs from 'protobufjs'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import type { MessageNode, ProtoFile } from '../../../src/schema/protobuf/ast.ts'
import type { MessageType } from '../../../src/schema/protobuf/link/types.ts'
import { link } from '../../../src/schema/protobuf/link/link.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'
import { parseProtoFile } from '../../../src/schema/protobuf/parse/parse-file.ts'
import { canonicalText } from '../../../src/schema/protobuf/print/canonical.ts'
import { wellKnownFile, wellKnownPaths } from '../../../src/schema/protobuf/well-known/well-known-files.ts'
import { corpusFiles, findInCorpus } from './corpus.ts'

const parse = (text: string): unknown => parseProtobuf({ text, references: [] })

function errorOf(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (isErrorOfKind(error, 'invalid-schema')) return error.message
    throw error
  }
  return 'accepted'
}

describe('a file that is no .proto file is refused with line and column', () => {
  for (const [text, message] of [
    ['message M {\n  int32 a = 1\n}', '3:1: expected ";", got "}"'],
    ['syntax = "proto4";', '1:1: syntax "proto4" is not known; use proto2, proto3 or edition 2023'],
    ['edition = "2024";', '1:1: edition "2024" is not known; use proto2, proto3 or edition 2023'],
    ['message {}', '1:9: expected a message name, got "{"'],
    ['message M', '1:10: expected "{", got the end of the text'],
    ['/* no end', '1:1: a comment that starts with /* does not end'],
    ['import "a\n";', '1:8: a string does not end on its line'],
    ['option a = "\\q";', '1:13: a string has an escape that does not exist'],
    ['option a = "\\ud800";', '1:13: a string has an escape that does not exist'],
    ['import "\\xff";', '1:8: an import path in quotes is not valid UTF-8'],
    ['message M { optional int32 a = 08; }', '1:32: a field number must be within 1 and 536870911'],
    ['message M { optional int32 a = 1x; }', '1:33: a number and a name need a space between them'],
    ['message M { optional int32 a = 536870912; }', '1:32: a field number must be within 1 and 536870911'],
    ['message M { optional int32 a = 0; }', '1:32: a field number must be within 1 and 536870911'],
    ['message M { reserved 5 to 3; }', '1:22: a range ends before it starts'],
    ['enum E { A = 2147483648; }', '1:14: the number of an enum value must be within -2147483648 and 2147483647'],
    ['package a; package b;', '1:12: a file has one package'],
    ['import "missing.proto";', '1:1: import "missing.proto" was not found; register it and name it as a reference'],
    ['message M { optional group lower = 1 {} }', '1:28: the name of a group starts with a capital letter'],
    ['option a = { b 1 };', '1:16: expected ":", got "1"'],
    ['option a = -b;', '1:13: expected a number, got "b"'],
    ['§', '1:1: unexpected character "§"'],
    [`message M { optional ${'x'.repeat(50)}! a = 1; }`, '1:72: unexpected character "!"'],
    ['message M { '.repeat(65), '1:769: messages are nested deeper than 64'],
    [`option a = ${'{ b: '.repeat(70)}`, `1:${11 + 65 * 5 + 1}: an option value is nested deeper than 64`],
    [`option ${'a.'.repeat(70)}b = 1;`, '1:1: an option name has too many parts'],
    [`package ${'p.'.repeat(70)}p;`, 'the package name has more than 64 parts'],
    [`message M { optional ${'p.'.repeat(700)}p a = 1; }`, '1:22: a name is too long'],
  ] as const)
    test(`${text.slice(0, 40)}: ${message}`, () => expect(errorOf(text)).toBe(message))
})

describe('a file that breaks a rule of Protobuf is refused with line and column', () => {
  for (const [text, message] of [
    ['syntax = "proto3"; message M { int32 a = 19000; }', '1:32: field a: the numbers 19000 to 19999 belong to Protobuf itself'],
    ['syntax = "proto3"; message M { int32 a = 1; int32 b = 1; }', '1:45: field b: number 1 is taken by a'],
    ['syntax = "proto3"; message M { int32 a = 1; oneof o { int32 b = 1; } }', '1:55: field b: number 1 is taken by a'],
    ['syntax = "proto3"; message M { int32 a = 1; int32 a = 2; }', '1:45: "M.a" is already defined'],
    ['syntax = "proto3"; message M {} enum M { A = 0; }', '1:33: "M" is already defined'],
    ['syntax = "proto3"; enum E { A = 0; } enum F { A = 0; }', '1:47: "A" is already defined'],
    ['syntax = "proto3"; message M { oneof o {} }', '1:32: oneof o has no fields'],
    ['syntax = "proto3"; message M { oneof o { repeated int32 a = 1; } }', '1:42: field a: a member of a oneof of M cannot be repeated'],
    ['syntax = "proto3"; message M { oneof o { map<int32, int32> a = 1; } }', '1:42: field a: a member of a oneof of M cannot be a map'],
    ['syntax = "proto3"; message M { repeated map<int32, int32> a = 1; }', '1:32: field a: a map cannot be repeated'],
    [
      'syntax = "proto3"; message M { map<double, int32> a = 1; }',
      '1:32: field a: the key of a map cannot be double; it is an integer, bool or string',
    ],
    ['syntax = "proto3"; message M { required int32 a = 1; }', '1:32: field a: proto3 has no required fields'],
    ['syntax = "proto3"; message M { int32 a = 1 [default = 3]; }', '1:32: field a: proto3 has no explicit defaults'],
    ['syntax = "proto3"; message M { repeated group A = 1 {} }', '1:32: field a: proto3 has no groups'],
    ['syntax = "proto3"; message M { extensions 5; }', '1:32: proto3 has no extension ranges'],
    ['syntax = "proto3"; message M {} extend M { int32 a = 1; }', '1:44: extension a: proto3 extends nothing but options'],
    ['syntax = "proto3"; message M { int32 a_b = 1; int32 aB = 2; }', '1:47: field aB has the JSON name of a_b'],
    ['syntax = "proto3"; enum E { A = 1; }', '1:29: the first value of enum E must be 0'],
    ['syntax = "proto3"; enum E {}', '1:20: enum E has no values'],
    ['syntax = "proto3"; enum E { A = 0; B = 0; }', '1:36: enum E has two values of number 0; set allow_alias if that is meant'],
    ['enum E { reserved 1 to 5; A = 3; }', '1:27: the number 3 is reserved'],
    ['enum E { reserved "A"; A = 3; }', '1:24: the name "A" is reserved'],
    ['message M { reserved 2 to max; optional int32 a = 9; }', '1:32: the number 9 is reserved'],
    ['message M { reserved 2, 1 to 3; }', '1:13: two ranges share the number 2'],
    ['message M { extensions 5 to 8; optional int32 a = 6; }', '1:32: field a: number 6 is set aside for extensions'],
    ['message M { extensions 5; } extend M { optional int32 a = 6; }', '1:40: extension a: M has not set number 6 aside for extensions'],
    [
      'message M { extensions 5; } extend M { optional int32 a = 5; optional int32 b = 5; }',
      '1:62: extension b: number 5 of M is extended twice',
    ],
    ['message M { int32 a = 1; }', '1:13: field a: expected optional, required or repeated in proto2'],
    [
      'edition = "2023"; message M { optional int32 a = 1; }',
      '1:31: field a: edition 2023 has features.field_presence instead of optional',
    ],
    ['syntax = "proto3"; message M { N a = 1; }', '1:32: field a: type "N" is not defined'],
    ['syntax = "proto3"; message M { google.protobuf.Timestamp a = 1; }', '1:32: field a: type "google.protobuf.Timestamp" is not defined'],
    ['syntax = "proto3"; service S { rpc A (X) returns (X); }', '1:32: message type "X" is not defined'],
    ['message M { required E e = 1; } enum E { A = 1; }', 'accepted'],
  ] as const)
    test(text, () => expect(errorOf(text)).toBe(message))

  test('a closed enum has no place in a field without presence', () => {
    const references = [{ name: 'e.proto', text: 'enum E { A = 1; }' }]
    const text = 'syntax = "proto3"; import "e.proto"; message M { E e = 1; }'
    expect(() => parseProtobuf({ text, references })).toThrow('the closed enum E (proto2) cannot be the type of a field without presence')
  })
})

describe('names resolve by the scopes of Protobuf', () => {
  const typeOf = (text: string, references: Record<string, string> = {}): string | undefined => {
    const refs = Object.entries(references).map(([name, reference]) => ({ name, text: reference }))
    const field = parseProtobuf({ text, references: refs }).linked.main.messages[0]?.fields[0]?.type
    return field?.kind === 'message' ? field.message.fullName : field?.kind === 'enum' ? field.fullName : undefined
  }

  for (const [name, text, expected] of [
    ['the innermost first', 'syntax = "proto3"; package p; message M { N n = 1; message N {} } message N {}', 'p.M.N'],
    ['a leading dot is absolute', 'syntax = "proto3"; package p; message M { .p.N n = 1; message N {} } message N {}', 'p.N'],
    ['part of the package', 'syntax = "proto3"; package p.q; message M { q.N n = 1; } message N {}', 'p.q.N'],
    ['nested types from outside', 'syntax = "proto3"; package p; message M { N.O n = 1; } message N { message O {} }', 'p.N.O'],
    ['a field does not hide a type', 'syntax = "proto3"; message M { N N = 1; } message N {}', undefined],
    ['its own message', 'syntax = "proto3"; message M { M m = 1; }', 'M'],
    ['keywords are names', 'syntax = "proto3"; message M { map.message optional_ = 1; } message map { message message {} }', 'map.message'],
  ] as const)
    test(name, () => {
      if (expected === undefined) expect(() => typeOf(text)).not.toThrow()
      else expect(typeOf(text)).toBe(expected)
    })

  test('the scope that knows the first part decides, as in C++', () => {
    const text = 'syntax = "proto3"; package p; message M { N.O n = 1; message N {} } message N { message O {} }'
    expect(() => typeOf(text)).toThrow('type "N.O" is not defined')
  })

  test('imports are seen, what they import is not, unless it is public', () => {
    const text = 'syntax = "proto3"; import "a.proto"; message M { c.C c = 1; }'
    const c = 'syntax = "proto3"; package c; message C {}'
    const a = (modifier: string): string => `syntax = "proto3"; import ${modifier} "c.proto";`
    expect(typeOf(text, { 'a.proto': a('public'), 'c.proto': c })).toBe('c.C')
    expect(() => typeOf(text, { 'a.proto': a(''), 'c.proto': c })).toThrow('type "c.C" is not defined')
  })

  test('an import that goes in a circle is refused', () => {
    const references = { 'a.proto': 'import "b.proto";', 'b.proto': 'import "a.proto";' }
    expect(() => typeOf('import "a.proto";', references)).toThrow('b.proto:1:1: imports go in a circle: a.proto -> b.proto -> a.proto')
  })
})

describe('files that others wrote', () => {
  const shapeOf = ({ fields }: MessageType): string[] =>
    fields.map(({ name, number, repetition }) => `${name}=${number}${repetition === 'singular' ? '' : '*'}`).sort()

  test('parse, resolve and have the fields that protobufjs finds', () => {
    let messageCount = 0
    for (const { path, text } of corpusFiles) {
      const schema = link({ source: { name: path, text }, ast: parseProtoFile({ name: path, text }) }, findInCorpus)
      const { root } = protobufjs.parse(text, new protobufjs.Root(), { keepCase: true })
      for (const [fullName, message] of schema.messages) {
        if (message.file !== schema.main) continue
        messageCount++
        const theirs = root
          .lookupType(fullName)
          .fieldsArray.map(({ name, id, repeated, map }) => `${name}=${id}${repeated || map ? '*' : ''}`)
        expect(shapeOf(message)).toEqual(theirs.sort())
      }
    }
    expect(messageCount).toBeGreaterThan(500)
  })

  test('have a canonical text that is its own canonical text and means the same', () => {
    for (const { path, text } of corpusFiles) {
      const ast = parseProtoFile({ name: path, text })
      const printed = canonicalText(ast)
      const again = parseProtoFile({ name: path, text: printed })
      expect(canonicalText(again)).toBe(printed)
      const before = link({ source: { name: path, text }, ast }, findInCorpus)
      const after = link({ source: { name: path, text: printed }, ast: again }, findInCorpus)
      expect([...after.messages].map(([name, message]) => [name, shapeOf(message)])).toEqual(
        [...before.messages].map(([name, message]) => [name, shapeOf(message)]),
      )
    }
  })

  test('the bundled files declare what the originals declare', () => {
    const compared: string[] = []
    for (const path of wellKnownPaths) {
      const original = readOriginal(path)
      const bundled = wellKnownFile(path)
      if (!original || !bundled) continue
      compared.push(path)
      if (path === 'google/protobuf/descriptor.proto') expectPartOf(bundled.ast, original)
      else expect(canonicalText(withoutOptions(bundled.ast))).toBe(canonicalText(withoutOptions(original)))
    }
    expect(compared.length).toBeGreaterThan(25)
  })
})

function readOriginal(path: string): ProtoFile | undefined {
  const file = ['google-gax/build/protos', 'protobufjs']
    .map((folder) => join('node_modules', folder, path))
    .find((name) => existsSync(name))
  return file === undefined ? undefined : parseProtoFile({ name: path, text: readFileSync(file, 'utf8') })
}

/** Options for languages are of no use here. */
function withoutOptions<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(withoutOptions) as Node
  if (node === null || typeof node !== 'object') return node
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, name === 'options' ? [] : withoutOptions(value)])) as Node
}

/** Options of editions that are not spoken here are missing from ours. */
function expectPartOf(ours: ProtoFile, theirs: ProtoFile): void {
  const lines = ({ messages }: ProtoFile): string[] => linesOf('', messages)
  expect(lines(theirs)).toEqual(expect.arrayContaining(lines(ours)))
}

function linesOf(prefix: string, messages: readonly MessageNode[]): string[] {
  return messages.flatMap(({ name, fields, enums, messages: nested }) => [
    ...fields.map((field) => `${prefix}${name}.${field.name} = ${field.number} ${JSON.stringify(field.type)}`),
    ...enums.flatMap((node) => node.values.map((value) => `${prefix}${name}.${node.name}.${value.name} = ${value.number}`)),
    ...linesOf(`${prefix}${name}.`, nested),
  ])
}

describe('the time to parse grows with the text only', () => {
  for (const [name, text] of [
    [
      'a message of many oneofs',
      `syntax = "proto3"; message M { ${Array.from({ length: 30_000 }, (_, index) => `oneof o${index} { int32 f${index} = ${index < 18_000 ? index + 1 : index + 3_000}; }`).join('\n')} }`,
    ],
    [
      'an enum of many reserved ranges',
      `enum E { ${Array.from({ length: 40_000 }, (_, index) => `reserved ${index * 2};`).join(' ')} A = 1; }`,
    ],
    [
      'many names of long packages',
      `syntax = "proto3"; package ${'p.'.repeat(60)}p; ${Array.from({ length: 20_000 }, (_, index) => `message M${index} { M${index} m = 1; }`).join(' ')}`,
    ],
    ['one deep aggregate after another', `option a = { ${'b: { c: [1, 2] } '.repeat(40_000)} };`],
    [
      'many extensions of many ranges',
      `message M { ${Array.from({ length: 30_000 }, (_, index) => `extensions ${index * 2 + 20_000};`).join(' ')} } ${Array.from({ length: 30_000 }, (_, index) => `extend M { optional M e${index} = ${index * 2 + 20_000}; }`).join('\n')}`,
    ],
    ['a long comment', `/*${' *'.repeat(500_000)}*/ message M {}`],
    ['a long string', `option a = "${'\\x41'.repeat(250_000)}";`],
    ['a long number', `option a = ${'1'.repeat(1_000_000)};`],
  ] as const)
    test(name, () => {
      expect(text.length).toBeGreaterThan(400_000)
      parse(text)
    })
})
