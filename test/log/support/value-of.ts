import { readBatchHeader, storedRecords } from '../../../src/protocol/records/batch.ts'
import { RecordWalker } from '../../../src/protocol/records/record-walker.ts'
import { utf8Text } from '../../../src/shared/bytes.ts'

/** The text of an uncompressed batch's first value. */
export function valueOf(batch: Uint8Array): string {
  const walker = new RecordWalker(storedRecords(batch), readBatchHeader(batch).recordsCount)
  walker.next()
  return utf8Text(walker.bytes.subarray(walker.valueStart, walker.valueEnd))
}
