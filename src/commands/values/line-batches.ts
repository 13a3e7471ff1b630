import type { RecordToWrite } from '../../protocol/records/build-batch.ts'
import { limits } from '../../shared/limits.ts'
import { Partitioner } from '../kafka/partitioner.ts'

/** Records for one partition, and the lines that they came from. */
export interface LineBatch {
  readonly partition: number
  readonly records: RecordToWrite[]
  /** Of the record with the same index. */
  readonly lineNumbers: number[]
}

export interface LineBatchesOptions {
  readonly partitionCount: number
  /** Everything goes there, whatever its key. */
  readonly partition: number | undefined
  /** The topic's `max.message.bytes`. */
  readonly batchBytesMax: number
}

/** Gathers records into a batch for each partition, until one of them is full. */
export class LineBatches {
  readonly #partitioner: Partitioner
  readonly #partition: number | undefined
  readonly #bytesMax: number
  #batches = new Map<number, LineBatch & { byteCount: number }>()

  constructor({ partitionCount, partition, batchBytesMax }: LineBatchesOptions) {
    this.#partitioner = new Partitioner(partitionCount)
    this.#partition = partition
    this.#bytesMax = Math.min(limits.producedBatchBytes, batchBytesMax)
  }

  /** Whether the record's batch has no room for it: then `take` first. */
  isFullFor(record: RecordToWrite): boolean {
    const batch = this.#batches.get(this.#partitionOf(record))
    if (!batch) return false
    return batch.records.length >= limits.producedBatchRecords || batch.byteCount + bytesOf(record) > this.#bytesMax
  }

  add(record: RecordToWrite, lineNumber: number): void {
    const partition = this.#partitionOf(record)
    const batch = this.#batches.get(partition) ?? { partition, records: [], lineNumbers: [], byteCount: BATCH_HEADER_BYTES }
    batch.records.push(record)
    batch.lineNumbers.push(lineNumber)
    batch.byteCount += bytesOf(record)
    this.#batches.set(partition, batch)
  }

  /** All that was gathered; what comes next starts anew. */
  take(): LineBatch[] {
    const batches = [...this.#batches.values()]
    this.#batches = new Map()
    this.#partitioner.advance()
    return batches
  }

  #partitionOf({ key }: RecordToWrite): number {
    if (this.#partition !== undefined) return this.#partition
    return key ? this.#partitioner.ofKey(key) : this.#partitioner.withoutKey
  }
}

const BATCH_HEADER_BYTES = 61
/** Lengths, deltas and the header that may name the schema; an estimate from above. */
const RECORD_OVERHEAD_BYTES = 64

function bytesOf({ key, value }: RecordToWrite): number {
  return (key?.byteLength ?? 0) + (value?.byteLength ?? 0) + RECORD_OVERHEAD_BYTES
}
