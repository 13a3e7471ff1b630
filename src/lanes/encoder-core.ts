import { ColumnTally } from '../parquet/column-tally.ts'
import { fileMetrics } from '../parquet/footer-metrics.ts'
import { ParquetWriter } from '../parquet/writer.ts'
import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { EncodedFile, EncodeProgress, FileToEncode } from './encoder.ts'
import type { Chunk } from './lane.ts'

/** What an encoder does, one call after the other: the same on a worker thread and in process. */
export class EncoderCore {
  readonly #files = new Map<string, OpenFile | HeadgateError>()

  /** A row type that Parquet has no place for is refused with the first write: opening has no answer. */
  open(file: FileToEncode): void {
    assert(!this.#files.has(file.fileKey), 'a file that is open already')
    this.#files.set(file.fileKey, openFile(file))
  }

  async write(fileKey: string, { columns, rowCount }: Chunk): Promise<EncodeProgress> {
    const { writer, tally } = this.#file(fileKey)
    await writer.write(columns, rowCount)
    tally.add(columns)
    return { encodedBytes: writer.encodedBytes, openBytes: writer.openBytes }
  }

  async finish(fileKey: string): Promise<EncodedFile> {
    const { writer, tally } = this.#file(fileKey)
    this.#files.delete(fileKey)
    const pieces = await writer.finish()
    return { pieces, metrics: fileMetrics(pieces, tally.leaves, writer.rowCount) }
  }

  async abort(fileKey: string): Promise<void> {
    const file = this.#files.get(fileKey)
    this.#files.delete(fileKey)
    if (file && !(file instanceof HeadgateError)) await file.writer.abort()
  }

  #file(fileKey: string): OpenFile {
    const file = this.#files.get(fileKey)
    if (!file) throw new HeadgateError('not-found', `file ${fileKey} is not open in this encoder; it may have started again`)
    if (file instanceof HeadgateError) throw file
    return file
  }
}

interface OpenFile {
  readonly writer: ParquetWriter
  readonly tally: ColumnTally
}

function openFile({ rowType, rowGroupRows, rowGroupBytes }: FileToEncode): OpenFile | HeadgateError {
  try {
    return { writer: new ParquetWriter({ rowType, rowGroupRows, rowGroupBytes }), tally: new ColumnTally(rowType) }
  } catch (error) {
    if (error instanceof HeadgateError) return error
    throw error
  }
}
