import { BytesColumn } from '../../../columns/bytes-column.ts'
import type { ColumnBuilder } from '../../../columns/column-builder.ts'
import { BooleanColumn, FloatColumn, Int32Column, Int64Column } from '../../../columns/fixed-width-columns.ts'
import { ListColumn, StructColumn } from '../../../columns/nested-columns.ts'
import { assert } from '../../../shared/assert.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import type { DecodeRecord } from '../../language.ts'
import { LEAVE, LETTER_N, matchesAt, skipSpace, type ParseValue } from './bytes.ts'
import { listParser, membersParser, structParser, type ListState } from './parse-nested.ts'
import { doubleParser, longParser } from './parse-number.ts'
import { booleanParser, dateParser, dateTimeParser, enumParser, stringParser } from './parse-text.ts'
import type { FieldPlan, ScalarPlan, StructPlan, ValuePlan } from './plan.ts'

/**
 * A decoder that goes from bytes straight into columns wherever a record is as the plan expects, and hands it to the
 * plain decoder where it is not: unknown or repeated members, another type, a broken constraint, anything that
 * is not JSON. It never refuses a record itself, so that every refusal is the plain path's, with its words.
 */
export function fastDecoder(plan: StructPlan, columns: readonly ColumnBuilder[], decodePlainly: DecodeRecord): DecodeRecord {
  const isDecoded = fastAttempt(plan, columns)
  let leavesInARow = 0
  let pause = 0
  return (bytes, start, end) => {
    if (pause > 0) pause--
    else if (isDecoded(bytes, start, end)) {
      leavesInARow = 0
      return
    } else if (++leavesInARow >= LEAVES_IN_A_ROW_MAX) pause = PAUSE_RECORDS
    decodePlainly(bytes, start, end)
  }
}

/** A topic whose records always leave pays for one attempt in this many records. */
const PAUSE_RECORDS = 64
const LEAVES_IN_A_ROW_MAX = 16

/** Appends a row if the record is as planned; otherwise leaves the columns as they were. */
function fastAttempt(
  { fields }: StructPlan,
  columns: readonly ColumnBuilder[],
): (bytes: Uint8Array, start: number, end: number) => boolean {
  const state: ListState = { items: 0 }
  const parseRecord = fieldsParser(fields, columns, state)
  return (bytes, start, end) => {
    const row = columns[0]?.length ?? 0
    state.items = 0
    const next = parseRecord(bytes, skipSpace(bytes, start, end), end)
    if (next !== LEAVE && skipSpace(bytes, next, end) === end) return true
    for (const column of columns) column.truncate(row)
    return false
  }
}

function fieldsParser(plans: readonly FieldPlan[], columns: readonly ColumnBuilder[], state: ListState): ParseValue {
  return membersParser(
    plans.map((plan, index) => {
      const column = columns[index]
      assert(column !== undefined, 'fewer columns than fields')
      return { plan, column, parse: plan.value === undefined ? leave : valueParser(plan.value, column, state) }
    }),
  )
}

function leave(): number {
  return LEAVE
}

function valueParser(plan: ValuePlan, column: ColumnBuilder, state: ListState): ParseValue {
  const parse = presentParser(plan, column, state)
  if (!plan.isNullable) return parse
  return (bytes, position, end) => {
    if (bytes[position] !== LETTER_N) return parse(bytes, position, end)
    if (!matchesAt(bytes, position, NULL)) return LEAVE
    column.appendNull()
    return position + NULL.length
  }
}

const NULL = utf8Bytes('null')

/** The builders' classes follow from the plan, which follows from the row type. */
function presentParser(plan: ValuePlan, column: ColumnBuilder, state: ListState): ParseValue {
  if (plan.kind === 'struct' && column instanceof StructColumn) return structParser(column, fieldsParser(plan.fields, column.fields, state))
  if (plan.kind === 'list' && column instanceof ListColumn)
    return listParser(column, valueParser(plan.element, column.element, state), plan, state)
  const parse = plan.kind === 'struct' || plan.kind === 'list' ? undefined : scalarParser(plan, column)
  assert(parse !== undefined, 'a column that does not fit its plan')
  return parse
}

function scalarParser(plan: ScalarPlan, column: ColumnBuilder): ParseValue | undefined {
  switch (plan.kind) {
    case 'boolean':
      return column instanceof BooleanColumn ? booleanParser(column) : undefined
    case 'long':
      return column instanceof Int64Column ? longParser(column, plan.bounds) : undefined
    case 'double':
      return column instanceof FloatColumn ? doubleParser(column, plan.bounds) : undefined
    case 'string':
      return column instanceof BytesColumn ? stringParser(column, plan.length, plan.checks) : undefined
    case 'enum':
      return column instanceof BytesColumn ? enumParser(column, plan.texts) : undefined
    case 'date':
      return column instanceof Int32Column ? dateParser(column) : undefined
    case 'timestamp':
      return column instanceof Int64Column ? dateTimeParser(column) : undefined
  }
}
