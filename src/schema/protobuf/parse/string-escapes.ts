import { utf8Bytes } from '../../../shared/bytes.ts'

/** Resolves the escapes of a string literal (`\n`, `\x41`, `\101`, `\u00e9`, `\U0001f600`); null when one is malformed. */
export function unescapeBytes(literal: Uint8Array): Uint8Array | null {
  // An escape is never shorter than what it stands for.
  const unescaped = new Uint8Array(literal.length)
  let length = 0
  for (let position = 0; position < literal.length;) {
    if (literal[position] !== BACKSLASH) {
      unescaped[length++] = literal[position++] as number
      continue
    }
    const escape = readEscape(literal, position + 1)
    if (!escape) return null
    unescaped.set(escape.bytes, length)
    length += escape.bytes.length
    position = escape.end
  }
  return unescaped.subarray(0, length)
}

interface Escape {
  readonly bytes: ArrayLike<number>
  readonly end: number
}

/** `position` is behind the backslash. */
function readEscape(literal: Uint8Array, position: number): Escape | null {
  const letter = String.fromCharCode(literal[position] ?? 0)
  const simple = SIMPLE_ESCAPES.get(letter)
  if (simple !== undefined) return { bytes: [simple], end: position + 1 }
  if (letter === 'x' || letter === 'X') return byteEscape(literal, position + 1, { radix: 16, digitsMax: 2 })
  if (letter === 'u') return unicodeEscape(literal, position + 1, 4)
  if (letter === 'U') return unicodeEscape(literal, position + 1, 8)
  return byteEscape(literal, position, { radix: 8, digitsMax: 3 })
}

function byteEscape(literal: Uint8Array, start: number, { radix, digitsMax }: { radix: number; digitsMax: number }): Escape | null {
  let end = start
  let value = 0
  for (; end < start + digitsMax; end++) {
    const digit = Number.parseInt(String.fromCharCode(literal[end] ?? 0), radix)
    if (Number.isNaN(digit)) break
    value = value * radix + digit
  }
  return end === start || value > 0xff ? null : { bytes: [value], end }
}

function unicodeEscape(literal: Uint8Array, start: number, digits: number): Escape | null {
  const hex = String.fromCharCode(...literal.subarray(start, start + digits))
  if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) return null
  const codePoint = Number.parseInt(hex, 16)
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) return null
  return { bytes: utf8Bytes(String.fromCodePoint(codePoint)), end: start + digits }
}

const BACKSLASH = 0x5c

const SIMPLE_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['b', 0x08],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
  ['?', 0x3f],
  ['\\', 0x5c],
  ["'", 0x27],
  ['"', 0x22],
])
