import { limits } from '../../../shared/limits.ts'
import {
  FIELD_NUMBER_MAX,
  type EnumNode,
  type ExtendNode,
  type ExtensionRangeNode,
  type FieldNode,
  type MessageNode,
  type OneofNode,
  type OptionNode,
  type ReservedNode,
} from '../ast.ts'
import { parseEnum } from './parse-enum.ts'
import { parseField, parseGroupHead, parseLabel } from './parse-field.ts'
import { parseOptionList, parseOptionStatement } from './parse-option.ts'
import { parseRanges, parseReserved } from './parse-range.ts'
import type { TokenStream } from './token-stream.ts'

/** `message Name { ... }`, with the keyword already taken; `offset` is where that was. */
export function parseMessage(tokens: TokenStream, offset: number, depth = 1): MessageNode {
  const name = tokens.identifier('a message name')
  return parseMessageBody(tokens, { name, offset, depth })
}

interface MutableMessage {
  readonly name: string
  readonly offset: number
  readonly options: OptionNode[]
  readonly fields: FieldNode[]
  readonly oneofs: OneofNode[]
  readonly messages: MessageNode[]
  readonly enums: EnumNode[]
  readonly extends: ExtendNode[]
  readonly extensionRanges: ExtensionRangeNode[]
  readonly reserved: ReservedNode[]
}

function parseMessageBody(tokens: TokenStream, { name, offset, depth }: { name: string; offset: number; depth: number }): MessageNode {
  if (depth > limits.nestingMax) throw tokens.failure(`messages are nested deeper than ${limits.nestingMax}`, offset)
  const message: MutableMessage = {
    name,
    offset,
    options: [],
    fields: [],
    oneofs: [],
    messages: [],
    enums: [],
    extends: [],
    extensionRanges: [],
    reserved: [],
  }
  tokens.expect('{')
  while (!tokens.accept('}')) parseMember(tokens, message, depth)
  return message
}

function parseMember(tokens: TokenStream, message: MutableMessage, depth: number): void {
  const { offset } = tokens
  if (tokens.accept(';')) return
  if (tokens.accept('message')) message.messages.push(parseMessage(tokens, offset, depth + 1))
  else if (tokens.accept('enum')) message.enums.push(parseEnum(tokens, offset))
  else if (tokens.accept('oneof')) message.oneofs.push(parseOneof(tokens, offset, depth))
  else if (tokens.accept('option')) message.options.push(parseOptionStatement(tokens, offset))
  else if (tokens.accept('reserved')) message.reserved.push(parseReserved(tokens, offset, { min: 1, max: FIELD_NUMBER_MAX }))
  else if (tokens.accept('extensions')) message.extensionRanges.push(parseExtensionRange(tokens, offset))
  else if (tokens.accept('extend')) message.extends.push(parseExtend(tokens, offset, depth))
  else message.fields.push(parseFieldOrGroup(tokens, depth))
}

function parseFieldOrGroup(tokens: TokenStream, depth: number): FieldNode {
  const { offset } = tokens
  const label = parseLabel(tokens)
  if (!tokens.accept('group')) return parseField(tokens, { label, offset })
  const { name, number, options } = parseGroupHead(tokens)
  const message = parseMessageBody(tokens, { name, offset, depth: depth + 1 })
  // A group is a message type and a field at once; the field bears the name in lower case.
  return { name: name.toLowerCase(), offset, label, type: { kind: 'group', message }, number, options }
}

function parseOneof(tokens: TokenStream, offset: number, depth: number): OneofNode {
  const name = tokens.identifier('the name of a oneof')
  const options: OptionNode[] = []
  const fields: FieldNode[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const { offset: memberOffset } = tokens
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens, memberOffset))
    else if (!tokens.accept(';')) fields.push(parseFieldOrGroup(tokens, depth))
  }
  return { name, offset, options, fields }
}

export function parseExtend(tokens: TokenStream, offset: number, depth = 0): ExtendNode {
  const extendee = tokens.dottedName('the message to extend')
  const fields: FieldNode[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) if (!tokens.accept(';')) fields.push(parseFieldOrGroup(tokens, depth))
  return { extendee, offset, fields }
}

function parseExtensionRange(tokens: TokenStream, offset: number): ExtensionRangeNode {
  const ranges = parseRanges(tokens, { min: 1, max: FIELD_NUMBER_MAX })
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { ranges, offset, options }
}
