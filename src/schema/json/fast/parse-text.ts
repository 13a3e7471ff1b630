import type { BytesColumn } from '../../../columns/bytes-column.ts'
import type { BooleanColumn, Int32Column, Int64Column } from '../../../columns/fixed-width-columns.ts'
import { isUtf8 } from '../../../columns/utf8.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import { appendDateTime, parseDate } from '../date-time.ts'
import { stringEnd, textAt } from '../record-text.ts'
import { LEAVE, matchesAt, plainStringEnd, QUOTE, type ParseValue } from './bytes.ts'
import type { Length, TextCheck } from './plan.ts'

export function stringParser(column: BytesColumn, length: Length | undefined, checks: readonly TextCheck[]): ParseValue {
  return (bytes, position, end) => {
    if (bytes[position] !== QUOTE) return LEAVE
    const first = position + 1
    const last = plainStringEnd(bytes, first, end)
    if (last === LEAVE) return parseEscaped(bytes, position, end)
    if (length !== undefined && !isOfLength(bytes, first, last, length)) return LEAVE
    if (!column.appendUtf8(bytes, first, last)) return LEAVE
    if (checks.length > 0 && !passes(checks, textAt(bytes, first, last))) return LEAVE
    return last + 1
  }

  /** A string with escapes, which JSON.parse reads on its own. */
  function parseEscaped(bytes: Uint8Array, position: number, end: number): number {
    const last = stringEnd(bytes, position, end)
    const text = last < end && isUtf8(bytes, position, last) ? unescaped(textAt(bytes, position, last + 1)) : undefined
    if (text === undefined || !passes(checks, text)) return LEAVE
    if (length !== undefined && !isOfTextLength(text, length)) return LEAVE
    column.appendText(text)
    return last + 1
  }
}

/** Undefined for what is no JSON string, and for half a surrogate pair, which no column holds. */
function unescaped(quoted: string): string | undefined {
  try {
    const text = JSON.parse(quoted) as string
    return text.isWellFormed() ? text : undefined
  } catch {
    return undefined
  }
}

function passes(checks: readonly TextCheck[], text: string): boolean {
  for (const check of checks) if (!check(text)) return false
  return true
}

/** Counts code points, which is every byte but those that continue one. */
function isOfLength(bytes: Uint8Array, first: number, last: number, { least, most }: Length): boolean {
  let count = last - first
  for (let index = first; index < last; index++) if (((bytes[index] as number) & 0xc0) === 0x80) count--
  return count >= least && count <= most
}

function isOfTextLength(text: string, { least, most }: Length): boolean {
  let count = text.length
  for (let index = 0; index < text.length; index++) if ((text.charCodeAt(index) & 0xfc00) === 0xdc00) count--
  return count >= least && count <= most
}

/** The constants are compared as they stand in the text; one that the text escapes leaves. */
export function enumParser(column: BytesColumn, texts: readonly string[]): ParseValue {
  const quoted = texts.map((text) => utf8Bytes(`"${text}"`)).filter((_bytes, index) => isPlain(texts[index] ?? ''))
  return (bytes, position) => {
    for (const constant of quoted) {
      if (!matchesAt(bytes, position, constant)) continue
      column.append(constant, 1, constant.length - 1)
      return position + constant.length
    }
    return LEAVE
  }
}

/** Without characters that JSON text must escape, and with an encoding in UTF-8. */
function isPlain(text: string): boolean {
  return text.isWellFormed() && !/["\\\u0000-\u001f]/.test(text)
}

export function dateTimeParser(column: Int64Column): ParseValue {
  return (bytes, position, end) => {
    if (bytes[position] !== QUOTE) return LEAVE
    const last = plainStringEnd(bytes, position + 1, end)
    return last !== LEAVE && appendDateTime(column, bytes, position + 1, last) ? last + 1 : LEAVE
  }
}

export function dateParser(column: Int32Column): ParseValue {
  return (bytes, position, end) => {
    if (bytes[position] !== QUOTE) return LEAVE
    const last = plainStringEnd(bytes, position + 1, end)
    const days = last === LEAVE ? undefined : parseDate(bytes, position + 1, last)
    if (days === undefined) return LEAVE
    column.append(days)
    return last + 1
  }
}

export function booleanParser(column: BooleanColumn): ParseValue {
  return (bytes, position) => {
    const isTrue = bytes[position] === TRUE[0]
    const literal = isTrue ? TRUE : FALSE
    if (!matchesAt(bytes, position, literal)) return LEAVE
    column.append(isTrue)
    return position + literal.length
  }
}

const TRUE = utf8Bytes('true')
const FALSE = utf8Bytes('false')
