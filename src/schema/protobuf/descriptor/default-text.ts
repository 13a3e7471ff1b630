import { plainOption, type OptionValue } from '../ast.ts'
import { NO_OFFSET, type OptionNode } from '../ast.ts'
import type { FieldType } from '../link/types.ts'
import { unescapeBytes } from '../parse/string-escapes.ts'
import { printString } from '../print/print-option.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import { numberText } from './option-scalar.ts'

/** The `default_value` of a field as a descriptor holds it: bytes are escaped, strings are not, numbers are decimal. */
export function defaultText({ node, type }: FieldType): string | undefined {
  const value = plainOption(node?.options ?? [], 'default')
  if (value?.kind === 'number') return numberText(value.text)
  if (value?.kind === 'identifier') return value.text
  if (value?.kind !== 'string') return undefined
  const isBytes = type.kind === 'scalar' && type.scalar === 'bytes'
  return isBytes ? printString(value.bytes).slice(1, -1) : Buffer.from(value.bytes).toString()
}

/** The way back: `typeName` is that of a FieldDescriptorProto. */
export function defaultOption(text: string, typeName: string): OptionNode {
  return { name: [{ text: 'default', isExtension: false }], offset: NO_OFFSET, value: defaultValueOf(text, typeName) }
}

function defaultValueOf(text: string, typeName: string): OptionValue {
  if (typeName === 'TYPE_STRING') return { kind: 'string', bytes: utf8Bytes(text) }
  if (typeName === 'TYPE_BYTES') return { kind: 'string', bytes: unescapeBytes(utf8Bytes(text)) ?? utf8Bytes(text) }
  return { kind: /^-?[\d.]/.test(text) ? 'number' : 'identifier', text }
}
