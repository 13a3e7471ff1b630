/**
 * The pieces of JSON text that every parser of the fast path reads. A parser takes the position of a value's first byte
 * and answers the position behind its last, or LEAVE when anything is not as expected, valid or not. It may read past
 * `end`, into the next record: then it answers a position past `end`, which whoever started it refuses.
 */
export type ParseValue = (bytes: Uint8Array, position: number, end: number) => number

export const LEAVE = -1

export function skipSpace(bytes: Uint8Array, position: number, end: number): number {
  let next = position
  while (next < end && isSpace(bytes[next] as number)) next++
  return next
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

/** Whether the bytes at a position are these. */
export function matchesAt(bytes: Uint8Array, position: number, expected: Uint8Array): boolean {
  for (let index = 0; index < expected.length; index++) if (bytes[position + index] !== expected[index]) return false
  return true
}

/**
 * Where the string whose content starts at a position ends, at its closing quote; LEAVE when it has an escape or a
 * control character, or no end. Bytes of other than ASCII are passed over: whoever keeps the string checks them.
 */
export function plainStringEnd(bytes: Uint8Array, position: number, end: number): number {
  for (let next = position; next < end; next++) {
    const byte = bytes[next] as number
    if (byte === QUOTE) return next
    if (byte < 0x20 || byte === BACKSLASH) return LEAVE
  }
  return LEAVE
}

export const QUOTE = 0x22
const BACKSLASH = 0x5c
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const LETTER_N = 0x6e
