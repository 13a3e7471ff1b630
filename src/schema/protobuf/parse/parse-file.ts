import type { EnumNode, ExtendNode, ImportNode, MessageNode, OptionNode, ProtoFile, ServiceNode, Syntax } from '../ast.ts'
import type { SourceText } from '../source-text.ts'
import { parseEnum } from './parse-enum.ts'
import { parseExtend, parseMessage } from './parse-message.ts'
import { parseOptionStatement } from './parse-option.ts'
import { parseService } from './parse-service.ts'
import { TokenStream } from './token-stream.ts'

/**
 * Parses .proto text (proto2, proto3, edition 2023) in time proportional to its length. What the grammar cannot say,
 * such as unique numbers and names that resolve, is judged by `link`.
 */
export function parseProtoFile(source: SourceText): ProtoFile {
  const tokens = new TokenStream(source)
  const file = { syntax: parseSyntax(tokens), packageName: '', ...emptyFile() }
  while (tokens.kind !== 'end') parseStatement(tokens, file)
  return file
}

interface MutableFile {
  readonly syntax: Syntax | null
  packageName: string
  readonly imports: ImportNode[]
  readonly options: OptionNode[]
  readonly messages: MessageNode[]
  readonly enums: EnumNode[]
  readonly extends: ExtendNode[]
  readonly services: ServiceNode[]
}

function emptyFile(): Omit<MutableFile, 'syntax' | 'packageName'> {
  return { imports: [], options: [], messages: [], enums: [], extends: [], services: [] }
}

function parseSyntax(tokens: TokenStream): Syntax | null {
  const { text: keyword, offset } = tokens
  if (!tokens.accept('syntax') && !tokens.accept('edition')) return null
  tokens.expect('=')
  const version = tokens.textLiteral(`a ${keyword} in quotes`)
  tokens.expect(';')
  const isKnown = keyword === 'syntax' ? version === 'proto2' || version === 'proto3' : version === '2023'
  if (!isKnown) throw tokens.failure(`${keyword} "${version}" is not known; use proto2, proto3 or edition 2023`, offset)
  return version as Syntax
}

function parseStatement(tokens: TokenStream, file: MutableFile): void {
  const { offset } = tokens
  if (tokens.accept(';')) return
  if (tokens.accept('message')) file.messages.push(parseMessage(tokens, offset))
  else if (tokens.accept('enum')) file.enums.push(parseEnum(tokens, offset))
  else if (tokens.accept('extend')) file.extends.push(parseExtend(tokens, offset))
  else if (tokens.accept('service')) file.services.push(parseService(tokens, offset))
  else if (tokens.accept('option')) file.options.push(parseOptionStatement(tokens, offset))
  else if (tokens.accept('import')) file.imports.push(parseImport(tokens, offset))
  else if (tokens.accept('package')) file.packageName = parsePackage(tokens, file, offset)
  else throw tokens.unexpected('message, enum, extend, service, option, import or package')
}

function parseImport(tokens: TokenStream, offset: number): ImportNode {
  const modifier = tokens.accept('public') ? 'public' : tokens.accept('weak') ? 'weak' : null
  const path = tokens.textLiteral('an import path in quotes')
  tokens.expect(';')
  return { path, modifier, offset }
}

function parsePackage(tokens: TokenStream, file: MutableFile, offset: number): string {
  if (file.packageName !== '') throw tokens.failure('a file has one package', offset)
  if (tokens.is('.')) throw tokens.unexpected('a package name')
  const name = tokens.dottedName('a package name')
  tokens.expect(';')
  return name
}
