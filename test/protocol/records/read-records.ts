import { readBatchHeader, compressionOf, storedRecords } from '../../../src/protocol/records/batch.ts'
import { decompress } from '../../../src/protocol/records/compression.ts'
import { RecordWalker } from '../../../src/protocol/records/record-walker.ts'

export interface ReadRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly timestampMs: bigint
  readonly headers: readonly (readonly [string, Buffer | null])[]
}

/** Every record of a batch as objects, through the same calls as the broker's. */
export function readRecords(batch: Uint8Array): ReadRecord[] {
  const header = readBatchHeader(batch)
  const compression = compressionOf(header)
  if (compression === undefined) throw new Error('unknown codec')
  return walkRecords(decompress(compression, storedRecords(batch)), header.recordsCount, header.baseTimestamp)
}

export function walkRecords(bytes: Uint8Array, recordsCount: number, baseTimestamp = 0n): ReadRecord[] {
  const walker = new RecordWalker(bytes, recordsCount)
  const records: ReadRecord[] = []
  const cut = (start: number, end: number) => (start < 0 ? null : Buffer.from(bytes.subarray(start, end)))
  while (walker.next()) {
    const headers: [string, Buffer | null][] = []
    while (walker.nextHeader())
      headers.push([String(cut(walker.headerKeyStart, walker.headerKeyEnd)), cut(walker.headerValueStart, walker.headerValueEnd)])
    records.push({
      key: cut(walker.keyStart, walker.keyEnd),
      value: cut(walker.valueStart, walker.valueEnd),
      timestampMs: baseTimestamp + walker.timestampDeltaExact(),
      headers,
    })
  }
  return records
}

/** The 20 records that each foreign producer was given for test/golden/record-batches. */
export const goldenRecords: readonly ReadRecord[] = Array.from({ length: 20 }, (_, index) => ({
  key: index % 5 === 0 ? null : Buffer.from(`key-${index}`),
  value: index === 7 ? null : Buffer.from(`{"id": ${index}, "name": "héllo héllo héllo ", "at": ${index * 1000}}`),
  timestampMs: 1_700_000_000_000n + BigInt(index * 1000),
  headers: index % 2 === 1 ? [['trace', Buffer.from([0, 1])] as const, ['empty', null] as const, ['hé', Buffer.alloc(0)] as const] : [],
}))
