import { readBatchHeader } from '../protocol/records/batch.ts'
import { assert } from '../shared/assert.ts'
import type { BatchToJudge, JudgedBatch } from './batch-judge.ts'
import { rangeOf, type RowRange } from './judged-rows.ts'
import type { AdoptOutcome, DecodeRequest } from './lane.ts'
import type { TableRows } from './table-rows.ts'

/** Stored batches as rows, each batch with the offset of its first record. */
export interface DecodedBatches {
  readonly kind: 'decoded'
  readonly batches: readonly { readonly range: RowRange; readonly baseOffset: bigint }[]
  /** Records without a row, if there are any. */
  readonly leftOut: LeftOut | undefined
}

type LeftOut = NonNullable<Extract<AdoptOutcome, { kind: 'adopted' }>['leftOut']>

/** Appends the records of stored batches to the rows, until one of the batches cannot be read; the caller truncates then. */
export function decodeStored(
  request: DecodeRequest,
  rows: TableRows,
  judge: (batch: Omit<BatchToJudge, 'values'>) => JudgedBatch,
): DecodedBatches | Extract<AdoptOutcome, { kind: 'undecodable' | 'needs-schemas' }> {
  const { fromOffset, partition } = request
  // A key that was not asked for when the record came in cannot be asked for now.
  const judgement = { ...request.judgement, isKeyRequired: false }
  const batches: { range: RowRange; baseOffset: bigint }[] = []
  let leftOut: LeftOut | undefined
  for (const batch of request.batches) {
    const { baseOffset } = readBatchHeader(batch)
    const skipCount = baseOffset < fromOffset ? Number(fromOffset - baseOffset) : 0
    const start = rows.length
    const judged = judge({ batch, partition, judgement, rows, skipCount, isStored: true })
    if (judged.kind === 'needs-schemas') return judged
    if (judged.kind === 'malformed') return { kind: 'undecodable', offset: baseOffset, reason: judged.reason }
    assert(judged.kind === 'valid', 'an invalid record of a stored batch is left out')
    if (rows.length > start) batches.push({ range: rangeOf(rows, start, partition, judged), baseOffset })
    if (judged.leftOutCount > 0) leftOut = leftOutSoFar(leftOut, judged, baseOffset)
  }
  return { kind: 'decoded', batches, leftOut }
}

function leftOutSoFar(
  before: LeftOut | undefined,
  { leftOut, leftOutCount }: JudgedBatch & { kind: 'valid' },
  baseOffset: bigint,
): LeftOut {
  if (before) return { ...before, count: before.count + leftOutCount }
  const [first] = leftOut
  const reason = first?.path === undefined ? (first?.reason ?? 'invalid') : `${first.path}: ${first.reason}`
  return { count: leftOutCount, first: { offset: baseOffset + BigInt(first?.index ?? 0), reason } }
}
