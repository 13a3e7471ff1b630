import type { BytesColumn } from '../../columns/bytes-column.ts'
import { quotedText, type ValueCursor } from './value-cursor.ts'
import { readSize, take } from './value-readers.ts'

/** uuid on a string, which must look like one (RFC 9562, any version, either case), and on 16 bytes. */

const TEXT_LENGTH = 36
const DASH = 0x2d

export function readUuidText(cursor: ValueCursor, column: BytesColumn): void {
  const size = readSize(cursor)
  const start = cursor.position
  if (size !== TEXT_LENGTH || !isUuid(cursor.bytes, start))
    cursor.fail(`expected a UUID such as 123e4567-e89b-12d3-a456-426614174000, got ${quotedText(cursor.bytes, start, start + size)}`)
  column.append(cursor.bytes, start, start + size)
  cursor.position = start + size
}

function isUuid(bytes: Uint8Array, start: number): boolean {
  for (let index = 0; index < TEXT_LENGTH; index++) {
    const byte = bytes[start + index] as number
    if (isDashAt(index) ? byte !== DASH : !isHexDigit(byte)) return false
  }
  return true
}

function isDashAt(index: number): boolean {
  return index === 8 || index === 13 || index === 18 || index === 23
}

function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66)
}

const text = new Uint8Array(TEXT_LENGTH).fill(DASH)
const hexDigits = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0))

export function readUuidFixed(cursor: ValueCursor, column: BytesColumn): void {
  const start = take(cursor, 16, 'uuid')
  let position = 0
  for (let index = 0; index < 16; index++) {
    const byte = cursor.bytes[start + index] as number
    if (isDashAt(position)) position++
    text[position++] = hexDigits[byte >> 4] as number
    text[position++] = hexDigits[byte & 15] as number
  }
  column.append(text, 0, TEXT_LENGTH)
}
