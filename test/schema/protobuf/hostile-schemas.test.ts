import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeadgateError } from '../../../src/shared/errors.ts'
import { descriptorBytes } from '../../../src/schema/protobuf/descriptor/to-descriptor.ts'
import { parseProtobuf } from '../../../src/schema/protobuf/language.ts'
import { decodeRows } from './read-rows.ts'

const TEXT = `
  syntax = "proto2"; package a.b; import "google/protobuf/descriptor.proto"; import "google/protobuf/any.proto";
  option java_package = "x\\n"; option (o) = { s: "x" n: [1, 2] [a.b.e] < t: -1.5e3 > };
  extend google.protobuf.FileOptions { optional O o = 50000; } message O { optional string s = 1; repeated int32 n = 2; extensions 5 to max; optional double t = 3; }
  extend O { optional O e = 7; }
  message M { reserved 3, 9 to 12; reserved "q"; optional E e = 1 [default = B]; map<string, M.N> m = 2; oneof c { N n = 4; group G = 5 { repeated sint64 z = 1; } }
    message N { required google.protobuf.Any any = 1; } enum E { option allow_alias = true; A = 0; B = 0; } }
  service S { rpc R (stream M) returns (O); }`

/** A schema is taken or refused with a reason, whatever it says; anything else that is thrown fails the test. */
function isTaken(text: string): boolean {
  try {
    const schema = parseProtobuf({ text, references: [] })
    // What is taken can be printed, normalised, described and, but for constructs that have no column, decoded.
    expect(parseProtobuf({ text: schema.canonicalText, references: [] }).canonicalText).toBe(schema.canonicalText)
    const normal = schema.normalizedText()
    expect(parseProtobuf({ text: normal, references: [] }).normalizedText()).toBe(normal)
    const base64 = Buffer.from(descriptorBytes(schema.linked, 'x.proto')).toString('base64')
    if (schema.linked.main.ast.messages.length > 0) parseProtobuf({ text: base64, references: [] })
    schema.compileDecoder()
    return true
  } catch (error) {
    if (!(error instanceof HeadgateError)) throw error
    return false
  }
}

describe('a hostile schema is refused and nothing else happens', () => {
  test('the schema itself is taken', () => expect(isTaken(TEXT)).toBe(true))

  test('prefixes', () => {
    for (let length = 0; length < TEXT.length; length += 2) isTaken(TEXT.slice(0, length))
  })

  test('every token left out', () => {
    const tokens = TEXT.match(/"(?:\\.|[^"])*"|[\w.]+|\S/g) ?? []
    for (const index of tokens.keys()) isTaken(tokens.toSpliced(index, 1).join(' '))
  })

  test('tokens at will', () => {
    const tokens = [
      ...new Set(TEXT.match(/"(?:\\.|[^"])*"|[\w.]+|\S/g) ?? []),
      '-',
      "'",
      '/*',
      '\0',
      '\u2028',
      '0x',
      '99999999999999999999',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...tokens), { maxLength: 30 }), (words) => void isTaken(words.join(' '))),
      { numRuns: 1_000 },
    )
  })

  test('a flipped bit in every byte of a descriptor', () => {
    const bytes = descriptorBytes(parseProtobuf({ text: TEXT, references: [] }).linked, 'x.proto')
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const flipped = Buffer.from(bytes)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      isTaken(flipped.toString('base64'))
    }
  })
})

test('names of JavaScript are names like any other', () => {
  const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'eval', 'arguments', 'b', 'p', 'end', 'scratch', 'columns']
  const text = `syntax = "proto3"; message constructor { ${names.map((name, index) => `string ${name} = ${index + 1};`).join(' ')} }`
  const [row] = decodeRows(parseProtobuf({ text, references: [] }).compileDecoder(), [Buffer.from('0a0178120179', 'hex')])
  expect(Object.entries(row ?? {}).slice(0, 3)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
    ['hasOwnProperty', ''],
  ])
})
