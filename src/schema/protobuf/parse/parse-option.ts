import { limits } from '../../../shared/limits.ts'
import type { AggregateEntry, OptionNamePart, OptionNode, OptionValue } from '../ast.ts'
import type { TokenStream } from './token-stream.ts'

/** `name = value;`, behind the keyword `option`. */
export function parseOptionStatement(tokens: TokenStream, offset: number): OptionNode {
  const option = parseOption(tokens, offset)
  tokens.expect(';')
  return option
}

/** `[a = 1, (b).c = 2]`, or nothing. */
export function parseOptionList(tokens: TokenStream): OptionNode[] {
  const options: OptionNode[] = []
  if (!tokens.accept('[')) return options
  do options.push(parseOption(tokens, tokens.offset))
  while (tokens.accept(','))
  tokens.expect(']')
  return options
}

function parseOption(tokens: TokenStream, offset: number): OptionNode {
  const name: OptionNamePart[] = []
  do {
    if (name.length === limits.nestingMax) throw tokens.failure('an option name has too many parts', offset)
    name.push(parseNamePart(tokens))
  } while (tokens.accept('.'))
  tokens.expect('=')
  return { name, offset, value: parseValue(tokens, 0) }
}

function parseNamePart(tokens: TokenStream): OptionNamePart {
  if (!tokens.accept('(')) return { text: tokens.identifier('an option name'), isExtension: false }
  const text = tokens.dottedName('the name of a custom option')
  tokens.expect(')')
  return { text, isExtension: true }
}

/** A scalar, or an aggregate in the text format of Protobuf. */
function parseValue(tokens: TokenStream, depth: number): OptionValue {
  if (depth > limits.nestingMax) throw tokens.failure(`an option value is nested deeper than ${limits.nestingMax}`)
  if (tokens.kind === 'string') return { kind: 'string', bytes: tokens.stringLiteral('a string') }
  if (tokens.accept('{')) return parseAggregate(tokens, '}', depth)
  if (tokens.accept('<')) return parseAggregate(tokens, '>', depth)
  if (tokens.accept('[')) return parseList(tokens, depth)
  return parseScalar(tokens)
}

function parseScalar(tokens: TokenStream): OptionValue {
  const sign = tokens.accept('-') ? '-' : ''
  if (sign === '') tokens.accept('+')
  const { kind, text } = tokens
  if (kind !== 'integer' && kind !== 'float' && kind !== 'identifier') throw tokens.unexpected('a value')
  if (sign !== '' && kind === 'identifier' && !/^(inf|infinity|nan)$/i.test(text)) throw tokens.unexpected('a number')
  tokens.advance()
  return { kind: kind === 'identifier' ? 'identifier' : 'number', text: sign + text }
}

function parseAggregate(tokens: TokenStream, close: '}' | '>', depth: number): OptionValue {
  const entries: AggregateEntry[] = []
  while (!tokens.accept(close)) {
    const name = tokens.accept('[') ? parseBracketedName(tokens) : tokens.identifier('a field name')
    const hasColon = tokens.accept(':')
    if (!hasColon && !tokens.is('{') && !tokens.is('<') && !tokens.is('[')) throw tokens.unexpected('":"')
    entries.push({ name, value: parseValue(tokens, depth + 1) })
    if (!tokens.accept(',')) tokens.accept(';')
  }
  return { kind: 'message', entries }
}

/** `[pkg.extension]` or `[type.googleapis.com/pkg.Message]`. */
function parseBracketedName(tokens: TokenStream): string {
  const first = tokens.dottedName('the name of an extension')
  const name = tokens.accept('/') ? `${first}/${tokens.dottedName('a message type')}` : first
  tokens.expect(']')
  return `[${name}]`
}

function parseList(tokens: TokenStream, depth: number): OptionValue {
  const items: OptionValue[] = []
  if (tokens.accept(']')) return { kind: 'list', items }
  do items.push(parseValue(tokens, depth + 1))
  while (tokens.accept(','))
  tokens.expect(']')
  return { kind: 'list', items }
}
