import type { NumberRange, ReservedNode } from '../ast.ts'
import type { TokenStream } from './token-stream.ts'

interface Bounds {
  readonly min: number
  readonly max: number
}

/** `1, 3 to 5, 7 to max`; `max` is the largest number there is. */
export function parseRanges(tokens: TokenStream, bounds: Bounds): NumberRange[] {
  const ranges: NumberRange[] = []
  do ranges.push(parseRange(tokens, bounds))
  while (tokens.accept(','))
  return ranges
}

function parseRange(tokens: TokenStream, bounds: Bounds): NumberRange {
  const { offset } = tokens
  const start = tokens.integer('a number', bounds)
  if (!tokens.accept('to')) return { start, end: start }
  const end = tokens.accept('max') ? bounds.max : tokens.integer('a number', bounds)
  if (end < start) throw tokens.failure('a range ends before it starts', offset)
  return { start, end }
}

/** A `reserved` statement behind its keyword: ranges, or names, in quotes or (editions) without. */
export function parseReserved(tokens: TokenStream, offset: number, bounds: Bounds): ReservedNode {
  const isOfNames = tokens.kind === 'string' || tokens.kind === 'identifier'
  const reserved = isOfNames
    ? { ranges: [], names: parseNames(tokens), offset }
    : { ranges: parseRanges(tokens, bounds), names: [], offset }
  tokens.expect(';')
  return reserved
}

function parseNames(tokens: TokenStream): string[] {
  const names: string[] = []
  do names.push(tokens.kind === 'identifier' ? tokens.identifier('a name') : tokens.textLiteral('a name in quotes'))
  while (tokens.accept(','))
  return names
}
