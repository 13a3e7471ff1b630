import { createRequire } from 'node:module'
import type * as Re2Module from 're2js'
import { messageOf } from '../../shared/errors.ts'
import { PatternError, toRe2Syntax } from './pattern-syntax.ts'

/** A compiled `pattern`: searches anywhere in the text, in time linear in the text. */
export interface LinearPattern {
  /** Steps of its program, roughly. */
  readonly size: number
  /** Characters that were compiled: a class of a Unicode property is some ten thousand. */
  readonly textLength: number
  readonly properties: ReadonlySet<string>
  test(text: string): boolean
  /** ajv tells patterns apart by their text. */
  toString(): string
}

/**
 * Compiles an ECMA-262 pattern for RE2JS. The flag u is tried first, as the standard asks; patterns that only plain
 * JavaScript takes (`\@`, `[\w-.]`) are common in schemas written for other engines and mean the same here.
 * Throws PatternError.
 */
export function compilePattern(pattern: string): LinearPattern {
  checkSyntax(pattern)
  try {
    const { text: re2Text, size, properties } = toRe2Syntax(pattern)
    const compiled = loadRe2().RE2JS.compile(re2Text)
    return { size, textLength: re2Text.length, properties, test: (text) => compiled.test(text), toString: () => pattern }
  } catch (error) {
    throw error instanceof PatternError ? error : new PatternError(messageOf(error), { cause: error })
  }
}

function checkSyntax(pattern: string): void {
  if (isSyntax(pattern, 'u') || isSyntax(pattern, '')) return
  throw new PatternError('not a regular expression of ECMA-262')
}

/** Compiling a RegExp runs nothing: only matching could take exponential time. */
function isSyntax(pattern: string, flags: string): boolean {
  try {
    return new RegExp(pattern, flags) instanceof RegExp
  } catch {
    return false
  }
}

const require = createRequire(import.meta.url)
let re2: typeof Re2Module | undefined

/** Loaded at the first pattern: most schemas have none. */
function loadRe2(): typeof Re2Module {
  re2 ??= require('re2js') as typeof Re2Module
  return re2
}
