import type { Schema } from 'apache-arrow'
import { Compression, EnabledStatistics, type WriterProperties, WriterPropertiesBuilder } from 'parquet-wasm'
import { byteLengthOf, type ColumnBuffers } from '../columns/column-buffers.ts'
import { type StructType, walkFields } from '../columns/row-type.ts'
import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { arrowSchema } from './arrow.ts'
import { chooseDictionaries, type DictionaryChoice } from './dictionary-choice.ts'
import { RowGroupStream } from './row-group-stream.ts'

export interface ParquetWriterOptions {
  /** With field ids at every level. */
  readonly rowType: StructType
  readonly rowGroupRows: number
  /** Column bytes after which a row group ends as well, if all rows are as wide as the first ones; without a bound by default. */
  readonly rowGroupBytes?: number
  /** `zstd` by default, at the format library's level 1. */
  readonly codec?: ParquetCodec
  /** `chosen` by default: for columns whose values repeat. */
  readonly dictionaries?: 'chosen' | 'none'
}

export type ParquetCodec = 'zstd' | 'snappy' | 'none'

/**
 * Columns in, one Parquet file out. Each row group is encoded and compressed as soon as it is full, so that memory holds
 * compressed row groups and the open one. Pages are v1 and the encodings are PLAIN and dictionary ones, because not
 * every reader knows the others.
 *
 * Calls do not overlap: await one before the next.
 */
export class ParquetWriter {
  readonly #options: ParquetWriterOptions
  readonly #schema: Schema
  readonly #pieces: Uint8Array<ArrayBuffer>[] = []
  /** Opened with the first rows, which decide how the columns are encoded. */
  #stream: RowGroupStream | undefined
  #rowGroupRows = 0
  #rowCount = 0
  #encodedBytes = 0
  #openBytes = 0

  /** Throws HeadgateError `unsupported` for a type that Parquet has no place for. */
  constructor(options: ParquetWriterOptions) {
    refuseEmptyStructs(options.rowType)
    this.#options = options
    this.#schema = arrowSchema(options.rowType)
  }

  get rowCount(): number {
    return this.#rowCount
  }

  /** Bytes of the row groups that are finished. */
  get encodedBytes(): number {
    return this.#encodedBytes
  }

  /** Column bytes of the row group that is not finished. */
  get openBytes(): number {
    return this.#openBytes
  }

  /** Resolves when the columns are encoded and their memory is not looked at any more. */
  async write(columns: readonly ColumnBuffers[], rowCount: number): Promise<void> {
    if (rowCount === 0) return
    const byteLength = byteLengthOf(columns)
    this.#stream ??= this.#open(columns, byteLength / rowCount)
    this.#rowCount += rowCount
    const openRows = this.#rowCount % this.#rowGroupRows
    this.#openBytes = openRows < rowCount ? (byteLength * openRows) / rowCount : this.#openBytes + byteLength
    await this.#stream.write(columns, rowCount)
  }

  /** Ends the file, which is these pieces one behind the other. They belong to the caller. */
  async finish(): Promise<readonly Uint8Array<ArrayBuffer>[]> {
    assert(this.#stream, 'a Parquet file needs a row')
    await this.#stream.end()
    return this.#pieces
  }

  /** Gives up the file and the wasm memory that it holds. */
  async abort(): Promise<void> {
    // The encoder must be let to its end to free what it holds; one that has failed holds nothing.
    await this.#stream?.end().catch(() => {})
    this.#pieces.length = 0
  }

  #open(columns: readonly ColumnBuffers[], bytesPerRow: number): RowGroupStream {
    const { rowType, rowGroupRows, rowGroupBytes = Infinity, dictionaries = 'chosen' } = this.#options
    const choice = dictionaries === 'none' ? NO_DICTIONARIES : chooseDictionaries(rowType, columns)
    this.#rowGroupRows = Math.max(1, Math.min(rowGroupRows, Math.floor(rowGroupBytes / bytesPerRow)))
    const properties = writerProperties({ ...this.#options, rowGroupRows: this.#rowGroupRows }, choice)
    return new RowGroupStream(this.#schema, properties, (bytes) => {
      this.#pieces.push(bytes)
      this.#encodedBytes += bytes.byteLength
    })
  }
}

const NO_DICTIONARIES: DictionaryChoice = { columns: new Map(), nested: false }

const compressions = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED } as const

function writerProperties({ rowGroupRows, codec = 'zstd' }: ParquetWriterOptions, dictionaries: DictionaryChoice): WriterProperties {
  let builder = new WriterPropertiesBuilder()
    .setCompression(compressions[codec])
    .setStatisticsEnabled(EnabledStatistics.Page)
    .setMaxRowGroupSize(rowGroupRows)
    .setCreatedBy('headgate')
    .setDictionaryEnabled(dictionaries.nested)
  for (const [name, hasDictionary] of dictionaries.columns) builder = builder.setColumnDictionaryEnabled(name, hasDictionary)
  return builder.build()
}

function refuseEmptyStructs(rowType: StructType): void {
  walkFields(rowType, ({ type }, path) => {
    if (type.kind !== 'struct' || type.fields.length > 0) return
    throw new HeadgateError('unsupported', `column ${path.join('.')} is a struct without fields, which Parquet cannot hold`)
  })
}
