import { type BatchHeader, compressionOf, hasLogAppendTime, isControl, readBatchHeader, storedRecords } from '../protocol/records/batch.ts'
import { decompress } from '../protocol/records/compression.ts'
import { RecordWalker } from '../protocol/records/record-walker.ts'
import { RecordError } from '../schema/language.ts'
import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { InvalidRecord, Judgement } from './lane.ts'
import { RecordTimes } from './record-times.ts'
import type { RowOrigin, TableRows } from './table-rows.ts'
import type { ValueJudge } from './value-judge.ts'

/** One batch and how to judge it. */
export interface BatchToJudge {
  readonly batch: Uint8Array
  readonly partition: number
  readonly judgement: Judgement
  readonly values: ValueJudge
  /** Where valid rows are appended; without it they are only judged. */
  readonly rows: TableRows | undefined
  /** Records before this place in the batch are passed over. */
  readonly skipCount: number
  /** A stored batch was accepted once: its times are taken as they are, and records that do not fit are left out. */
  readonly isStored: boolean
}

export type JudgedBatch =
  | {
      readonly kind: 'valid'
      readonly recordCount: number
      /** Stored records that have no row. */
      readonly leftOut: readonly InvalidRecord[]
      readonly leftOutCount: number
      readonly timestampMsMin: number
      readonly timestampMsMax: number
    }
  | { readonly kind: 'invalid'; readonly errors: readonly InvalidRecord[]; readonly invalidCount: number; readonly recordCount: number }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'needs-schemas'; readonly schemaIds: readonly number[]; readonly guids: readonly string[] }

/**
 * Judges each record of a batch while writing it into columns. Whatever the verdict, rows of a batch that is not valid are
 * gone again, and the records after an invalid one are judged too. An error that is nobody's input is thrown on.
 */
export function judgeBatch(request: BatchToJudge): JudgedBatch {
  const { rows } = request
  const start = rows?.length ?? 0
  // A stack trace costs more than the record that it is about, and nobody reads it.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  let judged: JudgedBatch | undefined
  try {
    judged = judgeRecords(request)
  } catch (error) {
    if (!isBadBatch(error)) throw error
    judged = { kind: 'malformed', reason: error.message }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
    if (judged?.kind !== 'valid') rows?.truncate(start)
  }
  return judged
}

function isBadBatch(error: unknown): error is HeadgateError {
  return error instanceof HeadgateError && (error.kind === 'malformed' || error.kind === 'too-large')
}

function judgeRecords(request: BatchToJudge): JudgedBatch {
  const { batch, partition, skipCount, values } = request
  const header = readBatchHeader(batch)
  const records = new RecordWalker(openRecords(batch, header), header.recordsCount)
  const times = new RecordTimes(header, request.isStored)
  const origin = { partition, timestampType: hasLogAppendTime(header) ? 1 : 0 }
  // A marker between transactions: an offset without a row.
  const isSkipped = isControl(header)
  const errors: InvalidRecord[] = []
  let invalidCount = 0
  let recordCount = 0
  while (records.next()) {
    if (isSkipped || records.offsetDelta < skipCount) continue
    recordCount++
    const problem = judgeRecord(request, records, times, origin)
    if (problem === undefined) continue
    if (++invalidCount <= limits.recordErrorsMax) errors.push({ index: records.offsetDelta, ...problem })
  }
  if (invalidCount > 0 && !request.isStored) return { kind: 'invalid', errors, invalidCount, recordCount }
  if (values.needs) return { kind: 'needs-schemas', ...values.needs }
  const leftOut = { leftOut: errors, leftOutCount: invalidCount }
  return { kind: 'valid', recordCount, ...leftOut, timestampMsMin: times.minMs, timestampMsMax: times.maxMs }
}

function openRecords(batch: Uint8Array, header: BatchHeader): Uint8Array {
  const compression = compressionOf(header)
  if (compression === undefined) throw new HeadgateError('malformed', `unknown compression codec ${header.attributes & 7}`)
  return decompress(compression, storedRecords(batch))
}

type Problem = Omit<InvalidRecord, 'index'>

/** Answers why the record is invalid; otherwise its row is appended. */
function judgeRecord(
  { judgement, rows, values }: BatchToJudge,
  record: RecordWalker,
  times: RecordTimes,
  origin: RowOrigin,
): Problem | undefined {
  const timestampMs = times.of(record)
  if (Number.isNaN(timestampMs)) return { reason: times.outOfRange(record) }
  if (judgement.isKeyRequired && record.keyStart < 0) return { reason: 'a record of a compacted topic needs a key' }
  const row = rows?.length ?? 0
  try {
    const reason = values.judge(record)
    if (reason === undefined) rows?.appendMetadata(record, timestampMs, origin, values.schemaId)
    else rows?.truncate(row)
    return reason === undefined ? undefined : { reason }
  } catch (error) {
    rows?.truncate(row)
    return problemOf(error)
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof RecordError) return { path: error.path, reason: error.reason }
  // The engine's own bound on nesting, should a decoder's be higher than the stack.
  if (error instanceof RangeError && error.message.includes('call stack')) return { reason: 'nested too deeply' }
  throw error
}
