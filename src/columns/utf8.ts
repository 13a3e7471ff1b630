/**
 * Whether `bytes[start, end)` is well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
 * A plain loop without views: it is called once per string value, and most values are short.
 */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let position = start
  while (position < end) {
    const first = bytes[position] as number
    if (first < 0x80) {
      position++
      continue
    }
    const size = sequenceLength(first)
    if (size === 0 || position + size > end) return false
    if (!isSecondByte(first, bytes[position + 1] as number)) return false
    for (let index = 2; index < size; index++) if (((bytes[position + index] as number) & 0xc0) !== 0x80) return false
    position += size
  }
  return true
}

/** Bytes of the sequence that a byte above 0x7f starts; 0 when none starts with it. */
function sequenceLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 0
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

/** The second byte carries the limits of the first: overlong forms, surrogates, the end of Unicode. */
function isSecondByte(first: number, second: number): boolean {
  if ((second & 0xc0) !== 0x80) return false
  if (first === 0xe0) return second >= 0xa0
  if (first === 0xed) return second < 0xa0
  if (first === 0xf0) return second >= 0x90
  if (first === 0xf4) return second < 0x90
  return true
}
