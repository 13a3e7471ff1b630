import { RecordBatchStreamWriter, type Schema } from 'apache-arrow'
import {
  Compression,
  EnabledStatistics,
  type RecordBatch,
  Table,
  transformParquetStream,
  type WriterProperties,
  WriterPropertiesBuilder,
} from 'parquet-wasm'
import type { ColumnBuffers } from '../columns/column-buffers.ts'
import { type StructType, walkFields } from '../columns/row-type.ts'
import { assert } from '../shared/assert.ts'
import { concatBytes } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'
import { arrowBatch, arrowSchema } from './arrow.ts'

export interface ParquetWriterOptions {
  /** With field ids at every level. */
  readonly rowType: StructType
  readonly rowGroupRows: number
  /** `zstd` by default, at the format library's level 1. */
  readonly codec?: ParquetCodec
  /** Columns of few distinct values are written as a dictionary and indexes into it; true by default. */
  readonly hasDictionaries?: boolean
}

export type ParquetCodec = 'zstd' | 'snappy' | 'none'

/**
 * Columns in, one Parquet file out. Each row group is encoded, compressed and given out by the wasm module as soon as it
 * is full, so that memory holds compressed row groups and the open one. Pages are v1 and the encodings are PLAIN and
 * dictionary ones, because not every reader knows the others.
 *
 * Calls do not overlap: await `write` before the next.
 */
export class ParquetWriter {
  readonly #schema: Schema
  readonly #rowGroups: Uint8Array[] = []
  readonly #output: Promise<void>
  #input: ReadableStreamDefaultController<RecordBatch> | undefined
  /** Resolved by the encoder when it asks for the next batch, that is when it is done with all batches before. */
  #demand = Promise.withResolvers<void>()
  #rowCount = 0
  #encodedBytes = 0

  /** Throws HeadgateError `unsupported` for a type that Parquet has no place for. */
  constructor(options: ParquetWriterOptions) {
    const { rowType } = options
    refuseEmptyStructs(rowType)
    this.#schema = arrowSchema(rowType)
    const input = new ReadableStream<RecordBatch>({ pull: (controller) => this.#onDemand(controller) }, { highWaterMark: 0 })
    this.#output = this.#collect(transformParquetStream(input, writerProperties(options)))
    // Whoever awaits the next write or finish learns of it.
    this.#output.catch((error: unknown) => this.#demand.reject(error))
    this.#demand.promise.catch(() => {})
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of the row groups that are finished. */
  get encodedBytes(): number {
    return this.#encodedBytes
  }

  /** Resolves when the columns are encoded and their memory is not looked at any more. */
  async write(columns: readonly ColumnBuffers[], rowCount: number): Promise<void> {
    if (rowCount === 0) return
    const batch = wasmBatch(this.#schema, columns, rowCount)
    this.#rowCount += rowCount
    const input = await this.#ready()
    this.#demand = Promise.withResolvers()
    input.enqueue(batch)
    await this.#demand.promise
  }

  /** Ends the file. The bytes belong to the caller. */
  async finish(): Promise<Uint8Array<ArrayBuffer>> {
    assert(this.#rowCount > 0, 'a Parquet file needs a row')
    const input = await this.#ready()
    input.close()
    await this.#output
    return concatBytes(this.#rowGroups)
  }

  /** Gives up the file and the wasm memory that it holds. */
  async abort(): Promise<void> {
    try {
      // The encoder must be let to its end to free what it holds.
      const input = await this.#ready()
      input.close()
      await this.#output
    } catch {
      // It complains of a file without rows; and one that had failed holds nothing.
    }
    this.#rowGroups.length = 0
  }

  async #ready(): Promise<ReadableStreamDefaultController<RecordBatch>> {
    await this.#demand.promise
    assert(this.#input, 'the encoder asked before it was there')
    return this.#input
  }

  #onDemand(controller: ReadableStreamDefaultController<RecordBatch>): void {
    this.#input = controller
    this.#demand.resolve()
  }

  async #collect(opened: Promise<ReadableStream<Uint8Array>>): Promise<void> {
    for await (const piece of await opened) {
      this.#rowGroups.push(piece)
      this.#encodedBytes += piece.byteLength
    }
  }
}

const compressions = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED } as const

function writerProperties({ rowGroupRows, codec = 'zstd', hasDictionaries = true }: ParquetWriterOptions): WriterProperties {
  return new WriterPropertiesBuilder()
    .setCompression(compressions[codec])
    .setDictionaryEnabled(hasDictionaries)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setMaxRowGroupSize(rowGroupRows)
    .setCreatedBy('headgate')
    .build()
}

/** Copies the columns into wasm memory. The batch is consumed by the encoder. */
function wasmBatch(schema: Schema, columns: readonly ColumnBuffers[], rowCount: number): RecordBatch {
  const ipc = RecordBatchStreamWriter.writeAll([arrowBatch(schema, columns, rowCount)]).toUint8Array(true)
  const table = Table.fromIPCStream(ipc)
  const [batch] = table.recordBatches()
  // Else the table keeps its own hold on the columns for ever.
  table.free()
  assert(batch, 'an arrow batch that was lost on its way to wasm')
  return batch
}

function refuseEmptyStructs(rowType: StructType): void {
  walkFields(rowType, ({ type }, path) => {
    if (type.kind !== 'struct' || type.fields.length > 0) return
    throw new HeadgateError('unsupported', `column ${path.join('.')} is a struct without fields, which Parquet cannot hold`)
  })
}
