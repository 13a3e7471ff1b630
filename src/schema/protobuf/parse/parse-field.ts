import { FIELD_NUMBER_MAX, type FieldLabel, type FieldNode, type FieldTypeNode, type OptionNode } from '../ast.ts'
import { parseOptionList } from './parse-option.ts'
import type { TokenStream } from './token-stream.ts'

export function parseLabel(tokens: TokenStream): FieldLabel | null {
  for (const label of ['optional', 'required', 'repeated'] as const) if (tokens.accept(label)) return label
  return null
}

/** `type name = 1 [options];`, behind the label. */
export function parseField(tokens: TokenStream, { label, offset }: { label: FieldLabel | null; offset: number }): FieldNode {
  const type = parseFieldType(tokens)
  const name = tokens.identifier('a field name')
  const number = parseNumber(tokens)
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { name, offset, label, type, number, options }
}

/** `Name = 1 [options]` of a group, behind the keyword and before its body. */
export function parseGroupHead(tokens: TokenStream): { name: string; number: number; options: OptionNode[] } {
  const { offset } = tokens
  const name = tokens.identifier('a group name')
  if (!/^[A-Z]/.test(name)) throw tokens.failure('the name of a group starts with a capital letter', offset)
  return { name, number: parseNumber(tokens), options: parseOptionList(tokens) }
}

function parseFieldType(tokens: TokenStream): FieldTypeNode {
  if (!tokens.is('map')) return { kind: 'named', name: tokens.dottedName('a type') }
  // `map` is a keyword only in front of "<"; otherwise it is the name of a type.
  const first = tokens.identifier('a type')
  if (!tokens.accept('<')) return { kind: 'named', name: tokens.is('.') ? first + tokens.dottedName('a type') : first }
  const key = tokens.dottedName('a key type')
  tokens.expect(',')
  const value = tokens.dottedName('a value type')
  tokens.expect('>')
  return { kind: 'map', key, value }
}

function parseNumber(tokens: TokenStream): number {
  tokens.expect('=')
  return tokens.integer('a field number', { min: 1, max: FIELD_NUMBER_MAX })
}
