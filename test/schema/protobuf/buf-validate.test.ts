import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseProtobuf, type ProtobufSchema } from '../../../src/schema/protobuf/language.ts'
import type { FieldType, MessageType } from '../../../src/schema/protobuf/link/types.ts'

const parse = (body: string): ProtobufSchema =>
  parseProtobuf({ text: `syntax = "proto3"; import "buf/validate/validate.proto"; ${body}`, references: [] })

function lineOf({ fullName }: MessageType, { name, number, type, repetition, oneof }: FieldType): string {
  const typeName = type.kind === 'scalar' ? type.scalar : type.kind === 'enum' ? type.fullName : type.message.fullName
  return `${fullName} ${number} ${repetition === 'repeated' ? 'repeated ' : ''}${typeName} ${name}${oneof ? ` in ${oneof.name}` : ''}`
}

test('the bundled rules have the names, numbers and types of those in @bufbuild/protovalidate 1.3.0', () => {
  const messages = [...parse('').linked.messages.values()].filter(({ fullName }) => fullName.startsWith('buf.validate.'))
  const lines = messages.flatMap((message) => message.fields.map((field) => lineOf(message, field)))
  expect(lines.sort()).toEqual(readFileSync('test/golden/protobuf/buf-validate-fields.txt', 'utf8').trim().split('\n'))
})

describe('rules on a schema', () => {
  const schema = parse(`message Order {
    option (buf.validate.message).cel = { id: "total" message: "too much" expression: "this.a + this.b < 10" };
    string a = 1 [(buf.validate.field).string.min_len = 1];
    oneof choice { option (buf.validate.oneof).required = true; int32 b = 2 [(buf.validate.field).int32 = { gte: 0 lt: 100 in: [1, 2] }]; }
  }`)

  test('stand in its descriptor as options', () => {
    const bytes = Buffer.from(schema.formattedText('serialized') as string, 'base64').toString('hex')
    // FieldOptions: 1159 (field) is 14 (string) is 2 (min_len) is 1; OneofOptions: 1159 (oneof) is 1 (required) is true.
    expect(bytes).toContain('ba480472021001')
    expect(bytes).toContain('ba48020801')
  })

  test('come back from it', () => {
    const again = parseProtobuf({ text: schema.formattedText('serialized') as string, references: [] })
    expect(again.normalizedText()).toBe(schema.normalizedText())
    expect(again.canonicalText).toContain('(.buf.validate.field)')
  })

  test('of an earlier version, which are not declared any more, do not stop it', () => {
    const earlier = parse('message M { string a = 1 [(buf.validate.field).skipped = true]; }')
    expect(earlier.canonicalText).toContain('[(buf.validate.field).skipped = true]')
    expect(earlier.compileDecoder().rowType.fields.map(({ name }) => name)).toEqual(['a'])
  })
})
