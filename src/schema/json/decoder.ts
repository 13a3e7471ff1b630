import { walkFields, type StructType } from '../../columns/row-type.ts'
import type { ColumnBuilder } from '../../columns/column-builder.ts'
import { messageOf } from '../../shared/errors.ts'
import { RecordError, type DecodeRecord, type RecordDecoder } from '../language.ts'
import type { Judge } from './ajv.ts'
import { rowWriter } from './column-writer.ts'
import { compileJudge, type CompiledPatterns } from './compile.ts'
import { explain, valuePath } from './explain.ts'
import { fastDecoder } from './fast/fast-decoder.ts'
import { planRecord } from './fast/plan.ts'
import { hasUnusualNumber, parseKeepingNumbers } from './number-text.ts'
import { recordText } from './record-text.ts'
import { mapRow, type RowMapping } from './row-type.ts'
import type { UnifiedSchema } from './unified-schema.ts'
import type { WriterState } from './write-value.ts'

/**
 * The decoder of a schema: UTF-8 JSON text in, one row out. Text is checked, parsed and judged by ajv, then written
 * into columns; nothing is written of a value that the judge refuses. Records that a plan of the schema foresees take
 * the fast path past all of that, with the same row. Throws HeadgateError as `mapRow` and
 * `compileJudge` do; what it returns throws nothing but RecordError.
 */
export function compileDecoder(schema: UnifiedSchema, patterns: CompiledPatterns): RecordDecoder {
  const mapping = mapRow(schema)
  const judge = compileJudge(schema, patterns)
  const plan = mapping.isSingleColumn ? undefined : planRecord(schema, mapping.rowType, patterns)
  return {
    rowType: mapping.rowType,
    bind: (columns) => {
      const decodePlainly = plainDecoder(judge, mapping, columns)
      return plan === undefined ? decodePlainly : fastDecoder(plan, columns, decodePlainly)
    },
  }
}

/** The path that takes every record. */
export function plainDecoder(judge: Judge, mapping: RowMapping, columns: readonly ColumnBuilder[]): DecodeRecord {
  const state: WriterState = { lostDigits: false, keepsNumberText: false, cells: 0 }
  const write = rowWriter(mapping, columns, state)
  const hasJsonText = containsJson(mapping.rowType)

  const writeRow = (value: unknown, keepsNumberText: boolean): void => {
    state.keepsNumberText = keepsNumberText
    state.lostDigits = false
    state.cells = 0
    write(value)
  }

  return (bytes, start, end) => {
    const text = recordText(bytes, start, end)
    const value = parseJson(text)
    judgeValue(judge, value)
    if (hasJsonText && hasUnusualNumber(text)) return writeRow(parseKeepingNumbers(text), true)
    const row = columns[0]?.length ?? 0
    writeRow(value, false)
    if (!state.lostDigits) return
    for (const column of columns) column.truncate(row)
    writeRow(parseKeepingNumbers(text), true)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RecordError('$', `not JSON: ${messageOf(error)}`)
  }
}

function judgeValue(judge: Judge, value: unknown): void {
  if (isValid(judge, value)) return
  const { steps, reason } = explain(judge.errors ?? [], value)
  throw new RecordError(valuePath(value, steps), reason)
}

/**
 * Whatever the judge throws, the record is not accepted unjudged. RangeError: value and schema are bounded in depth, but
 * not their product.
 */
function isValid(judge: Judge, value: unknown): boolean {
  try {
    return judge(value)
  } catch (error) {
    throw new RecordError('$', `cannot be judged by this schema: ${messageOf(error)}`)
  }
}

function containsJson(type: StructType): boolean {
  let found = false
  walkFields(type, (field) => {
    found ||= field.type.kind === 'json'
  })
  return found
}
