import type { ColumnBuilder } from '../../../columns/column-builder.ts'
import type { ListColumn, StructColumn } from '../../../columns/nested-columns.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  isSpace,
  LEAVE,
  matchesAt,
  OPEN_BRACE,
  OPEN_BRACKET,
  skipSpace,
  type ParseValue,
} from './bytes.ts'
import type { FieldPlan } from './plan.ts'

/** A member of an object on the fast path. */
export interface FieldParser {
  readonly plan: FieldPlan
  readonly column: ColumnBuilder
  readonly parse: ParseValue
}

/**
 * Parses an object into the columns of its members. Producers write members in one order, whatever it is: after each
 * member the one that followed it last time is tried first.
 */
export function membersParser(fields: readonly FieldParser[]): ParseValue {
  const keys = fields.map(({ plan }) => utf8Bytes(JSON.stringify(plan.name)))
  /** By a member's index plus one, the member that followed; at 0 the first of all. */
  const followers = Uint16Array.from({ length: fields.length + 1 }, (_, index) => Math.min(index, fields.length - 1))
  const fieldCount = fields.length

  const find = (bytes: Uint8Array, position: number, previous: number): number => {
    for (let index = 0; index < fieldCount; index++) {
      if (!matchesAt(bytes, position, keys[index] as Uint8Array)) continue
      followers[previous] = index
      return index
    }
    return LEAVE
  }

  const fillAbsent = (row: number): boolean => {
    for (let index = 0; index < fieldCount; index++) {
      const { column, plan } = fields[index] as FieldParser
      if (column.length !== row) continue
      if (plan.isRequired) return false
      column.appendNull()
    }
    return true
  }

  return (bytes, start, end) => {
    const row = (fields[0] as FieldParser).column.length
    if (bytes[start] !== OPEN_BRACE) return LEAVE
    let position = spaceEnd(bytes, start + 1, end)
    let found = 0
    let previous = 0
    if (bytes[position] === CLOSE_BRACE) return fillAbsent(row) ? position + 1 : LEAVE
    for (;;) {
      let index = followers[previous] as number
      if (!matchesAt(bytes, position, keys[index] as Uint8Array)) index = find(bytes, position, previous)
      if (index === LEAVE) return LEAVE
      const { column, parse } = fields[index] as FieldParser
      position = spaceEnd(bytes, position + (keys[index] as Uint8Array).length, end)
      // A member that comes twice has its row already.
      if (bytes[position] !== COLON || column.length !== row) return LEAVE
      position = parse(bytes, spaceEnd(bytes, position + 1, end), end)
      if (position === LEAVE) return LEAVE
      found++
      position = spaceEnd(bytes, position, end)
      const byte = bytes[position++]
      if (byte === CLOSE_BRACE) break
      if (byte !== COMMA) return LEAVE
      position = spaceEnd(bytes, position, end)
      previous = index + 1
    }
    return found === fieldCount || fillAbsent(row) ? position : LEAVE
  }
}

/** Most texts have no space at all, or one. */
function spaceEnd(bytes: Uint8Array, position: number, end: number): number {
  return isSpace(bytes[position] as number) ? skipSpace(bytes, position, end) : position
}

export function structParser(column: StructColumn, parseMembers: ParseValue): ParseValue {
  return (bytes, position, end) => {
    const next = parseMembers(bytes, position, end)
    if (next !== LEAVE) column.appendPresent()
    return next
  }
}

/** What the lists of one record share. */
export interface ListState {
  items: number
}

export function listParser(
  column: ListColumn,
  parseElement: ParseValue,
  { minItems, maxItems }: { minItems: number; maxItems: number },
  state: ListState,
): ParseValue {
  return (bytes, start, end) => {
    if (bytes[start] !== OPEN_BRACKET) return LEAVE
    let position = spaceEnd(bytes, start + 1, end)
    let count = 0
    if (bytes[position] === CLOSE_BRACKET) position++
    else {
      for (;;) {
        position = parseElement(bytes, position, end)
        if (position === LEAVE || ++count > maxItems || ++state.items > ITEMS_MAX) return LEAVE
        position = spaceEnd(bytes, position, end)
        const byte = bytes[position++]
        if (byte === CLOSE_BRACKET) break
        if (byte !== COMMA) return LEAVE
        position = spaceEnd(bytes, position, end)
      }
    }
    if (count < minItems) return LEAVE
    column.appendPresent()
    return position
  }
}

/** Of one record; more are left to the plain path, which counts what a value grows to. */
const ITEMS_MAX = 4_000
