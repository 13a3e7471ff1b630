import { messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { compileWithAjv, type Judge } from './ajv.ts'
import { judgeSchema } from './judge-schema.ts'
import { compilePattern, type LinearPattern } from './pattern.ts'
import { PatternError } from './pattern-syntax.ts'
import { invalidSchema, pointerTo } from './raw-schema.ts'
import { everyNode, type UnifiedSchema } from './unified-schema.ts'

/** The patterns of a schema by their text, compiled once for the check at registration and for the judge. */
export type CompiledPatterns = ReadonlyMap<string, LinearPattern>

/**
 * Compiles a schema into the function that judges a parsed value. Call `checkUnfolding` first, which bounds the work.
 * Throws HeadgateError `invalid-schema` for what only shows here.
 */
export function compileJudge(schema: UnifiedSchema, patterns: CompiledPatterns): Judge {
  try {
    return compileWithAjv(judgeSchema(schema), {
      compilePattern: (pattern) => patterns.get(pattern) ?? compilePattern(pattern),
    })
  } catch (error) {
    throw invalidSchema('#', `cannot be compiled: ${messageOf(error)}`)
  }
}

/** Throws HeadgateError `invalid-schema` that names where a pattern stands that cannot be judged in linear time. */
export function compilePatterns(schema: UnifiedSchema): CompiledPatterns {
  const patterns = new Map<string, LinearPattern>()
  const together = new PatternTotals()
  const compile = (pattern: string, path: string): void => {
    if (patterns.has(pattern)) return
    const compiled = compiledAt(path, pattern)
    together.add(compiled, path)
    patterns.set(pattern, compiled)
  }
  for (const node of everyNode(schema)) {
    const path = schema.paths.get(node) ?? '#'
    if (node.pattern !== undefined) compile(node.pattern, pointerTo(path, 'pattern'))
    for (const name of Object.keys(node.patternProperties ?? {})) compile(name, pointerTo(path, 'patternProperties', name))
  }
  return patterns
}

/** What the patterns of one schema take together. */
class PatternTotals {
  readonly #properties = new Set<string>()
  #size = 0
  #textLength = 0

  /** Throws HeadgateError `invalid-schema`. */
  add({ size, textLength, properties }: LinearPattern, path: string): void {
    this.#size += size
    this.#textLength += textLength
    for (const name of properties) this.#properties.add(name)
    if (this.#size > limits.patternSizeTotalMax) throw tooMuch(`unfold to more than ${limits.patternSizeTotalMax} steps`)
    if (this.#textLength > limits.patternTextTotalMax)
      throw tooMuch(`have more than ${limits.patternTextTotalMax} characters, their Unicode properties written out`)
    if (this.#properties.size > limits.patternPropertiesMax)
      throw tooMuch(`name more than ${limits.patternPropertiesMax} Unicode properties`)

    function tooMuch(what: string): Error {
      return invalidSchema(path, `the patterns together ${what}`)
    }
  }
}

function compiledAt(path: string, pattern: string): LinearPattern {
  try {
    return compilePattern(pattern)
  } catch (error) {
    if (!(error instanceof PatternError)) throw error
    throw invalidSchema(path, `the pattern ${JSON.stringify(pattern)} cannot be used: ${error.message}`)
  }
}
