import type { MethodNode, OptionNode, ServiceNode } from '../ast.ts'
import { parseOptionStatement } from './parse-option.ts'
import type { TokenStream } from './token-stream.ts'

/** `service Name { ... }`, with the keyword already taken. Services mean nothing to a topic; they are kept as text. */
export function parseService(tokens: TokenStream, offset: number): ServiceNode {
  const name = tokens.identifier('a service name')
  const options: OptionNode[] = []
  const methods: MethodNode[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const { offset: memberOffset } = tokens
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens, memberOffset))
    else if (tokens.accept('rpc')) methods.push(parseMethod(tokens, memberOffset))
    else if (!tokens.accept(';')) throw tokens.unexpected('rpc, option or "}"')
  }
  return { name, offset, options, methods }
}

function parseMethod(tokens: TokenStream, offset: number): MethodNode {
  const name = tokens.identifier('a method name')
  const input = parseMethodType(tokens)
  tokens.expect('returns')
  const output = parseMethodType(tokens)
  const options = parseMethodOptions(tokens)
  return {
    name,
    offset,
    options,
    input: input.type,
    output: output.type,
    isClientStreaming: input.isStreaming,
    isServerStreaming: output.isStreaming,
  }
}

function parseMethodType(tokens: TokenStream): { type: string; isStreaming: boolean } {
  tokens.expect('(')
  // `stream` is the keyword unless it is the whole name of the type.
  const isStreamFirst = tokens.accept('stream')
  const isStreaming = isStreamFirst && !tokens.is(')')
  const type = isStreamFirst && !isStreaming ? 'stream' : tokens.dottedName('a message type')
  tokens.expect(')')
  return { type, isStreaming }
}

function parseMethodOptions(tokens: TokenStream): OptionNode[] {
  const options: OptionNode[] = []
  if (tokens.accept(';')) return options
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const { offset } = tokens
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens, offset))
    else tokens.expect(';')
  }
  return options
}
