import { HeadgateError } from '../../shared/errors.ts'
import { NO_OFFSET } from './ast.ts'

/** Text with the name that messages call it by: an import path, or empty for the schema itself. */
export interface SourceText {
  readonly name: string
  readonly text: string
}

/** The error of a place in a .proto file: `common/money.proto:3:14: expected ";"`. */
export function schemaError(source: SourceText, offset: number, message: string): HeadgateError {
  if (offset === NO_OFFSET) return new HeadgateError('invalid-schema', prefixed(source.name, message))
  const { line, column } = positionOf(source.text, offset)
  return new HeadgateError('invalid-schema', prefixed(source.name, `${line}:${column}: ${message}`, ':'), { facts: { line, column } })
}

function prefixed(name: string, message: string, separator = ': '): string {
  return name === '' ? message : `${name}${separator}${message}`
}

/** Lines and columns count from 1; a column is a UTF-16 unit. */
function positionOf(text: string, offset: number): { line: number; column: number } {
  let line = 1
  let lineStart = 0
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', end + 1)) {
    line++
    lineStart = end + 1
  }
  return { line, column: offset - lineStart + 1 }
}
