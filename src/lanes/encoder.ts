import type { StructType } from '../columns/row-type.ts'
import type { FileMetrics } from '../parquet/file-metrics.ts'
import type { Chunk } from './lane.ts'

/**
 * Writes Parquet files off the main thread, in a worker of its own, so that no verdict waits behind a file. Row groups
 * are encoded as they come; only compressed ones and the open one are in memory.
 */
export interface Encoder {
  open(file: FileToEncode): void
  /** Resolves when the chunk's memory is free again: the bound on chunks under way. */
  write(fileKey: string, chunk: Chunk): Promise<EncodeProgress>
  /** Ends the file. Its bytes belong to the caller. A file without rows cannot be finished. */
  finish(fileKey: string): Promise<EncodedFile>
  abort(fileKey: string): void
  close(): Promise<void>
}

export interface FileToEncode {
  readonly fileKey: string
  /** With field ids at every level. */
  readonly rowType: StructType
  readonly rowGroupRows: number
  /** Column bytes after which a row group ends as well, as far as the width of the first rows tells. */
  readonly rowGroupBytes: number
}

export interface EncodeProgress {
  /** Compressed bytes of finished row groups. */
  readonly encodedBytes: number
  /** Column bytes of the row group that is not finished. */
  readonly openBytes: number
}

export interface EncodedFile {
  /** One behind the other they are the file; joining them would take its memory twice. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[]
  readonly metrics: FileMetrics
}
