import { asBuffer } from '../../shared/bytes.ts'
import { parseJson, type JsonValue } from '../../shared/json.ts'

/**
 * A line of JSON as a value. Throws SyntaxError for what is none. Only an integer of 16 digits or more can be too large
 * for a double; without one, the engine's own parser gives the same four times as fast.
 */
export function valueOfLine(line: Uint8Array): JsonValue {
  const text = asBuffer(line).toString('utf8')
  return /\d{16}/.test(text) ? parseJson(text) : (JSON.parse(text) as JsonValue)
}

/** Whether there is nothing but white space, which means nothing between documents. */
export function isBlankLine(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
