import { ENUM_NUMBER_MAX, ENUM_NUMBER_MIN, type EnumNode, type EnumValueNode, type OptionNode, type ReservedNode } from '../ast.ts'
import { parseOptionList, parseOptionStatement } from './parse-option.ts'
import { parseReserved } from './parse-range.ts'
import type { TokenStream } from './token-stream.ts'

const ENUM_NUMBERS = { min: ENUM_NUMBER_MIN, max: ENUM_NUMBER_MAX }

/** `enum Name { ... }`, with the keyword already taken. */
export function parseEnum(tokens: TokenStream, offset: number): EnumNode {
  const name = tokens.identifier('an enum name')
  const options: OptionNode[] = []
  const values: EnumValueNode[] = []
  const reserved: ReservedNode[] = []
  tokens.expect('{')
  while (!tokens.accept('}')) {
    const { offset: memberOffset } = tokens
    if (tokens.accept('option')) options.push(parseOptionStatement(tokens, memberOffset))
    else if (tokens.accept('reserved')) reserved.push(parseReserved(tokens, memberOffset, ENUM_NUMBERS))
    else if (!tokens.accept(';')) values.push(parseValue(tokens))
  }
  return { name, offset, options, values, reserved }
}

function parseValue(tokens: TokenStream): EnumValueNode {
  const { offset } = tokens
  const name = tokens.identifier('the name of an enum value')
  tokens.expect('=')
  const number = tokens.integer('the number of an enum value', ENUM_NUMBERS)
  const options = parseOptionList(tokens)
  tokens.expect(';')
  return { name, offset, number, options }
}
