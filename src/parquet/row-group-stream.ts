import type { Schema } from 'apache-arrow'
import { RecordBatchStreamWriter } from 'apache-arrow'
import { type RecordBatch, Table, transformParquetStream, type WriterProperties } from 'parquet-wasm'
import type { ColumnBuffers } from '../columns/column-buffers.ts'
import { assert } from '../shared/assert.ts'
import { limits } from '../shared/limits.ts'
import { arrowBatch } from './arrow.ts'

/**
 * The wasm encoder of one file: takes columns, and gives out each row group's bytes as soon as it is full. The encoder
 * pulls; `write` turns that around, and resolves when the encoder asks for more.
 *
 * Calls do not overlap: await one before the next.
 */
export class RowGroupStream {
  readonly #schema: Schema
  readonly #output: Promise<void>
  #input: ReadableStreamDefaultController<RecordBatch> | undefined
  /** Resolved when the encoder asks for the next batch, that is when it is done with all before. */
  #demand = Promise.withResolvers<void>()

  constructor(schema: Schema, properties: WriterProperties, onBytes: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#schema = schema
    const input = new ReadableStream<RecordBatch>({ pull: (controller) => this.#onDemand(controller) }, { highWaterMark: 0 })
    this.#output = giveOut(transformParquetStream(input, properties), onBytes)
    // Whoever awaits the next call learns of it.
    this.#output.catch((error: unknown) => this.#demand.reject(error))
    this.#demand.promise.catch(() => {})
  }

  /** Resolves when the columns are encoded and their memory is not looked at any more. */
  async write(columns: readonly ColumnBuffers[], rowCount: number): Promise<void> {
    const batch = await wasmBatch(this.#schema, columns, rowCount)
    const input = await this.#ready()
    this.#demand = Promise.withResolvers()
    input.enqueue(batch)
    await this.#demand.promise
  }

  /** Resolves when all bytes, the footer last, are given out and the encoder's memory is free. */
  async end(): Promise<void> {
    const input = await this.#ready()
    input.close()
    await this.#output
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
}

async function giveOut(
  opened: Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
  onBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  for await (const bytes of await opened) onBytes(bytes)
}

/** Copies the columns into wasm memory. The batch is consumed by the encoder. */
async function wasmBatch(schema: Schema, columns: readonly ColumnBuffers[], rowCount: number): Promise<RecordBatch> {
  const pieces: Uint8Array[] = []
  for await (const piece of RecordBatchStreamWriter.writeAll([arrowBatch(schema, columns, rowCount)])) pieces.push(piece)
  const table = Table.fromIPCStream(joined(pieces))
  const [batch] = table.recordBatches()
  // Else the table keeps its own hold on the columns for ever.
  table.free()
  assert(batch, 'an arrow batch that was lost on its way to wasm')
  return batch
}

/** Used again for every chunk of every file: fresh memory of this size costs more than the copy into it. */
let scratch = new Uint8Array()

/** The pieces as one, valid until the next call. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const byteLength = pieces.reduce((sum, piece) => sum + piece.byteLength, 0)
  const target = byteLength <= limits.encodeScratchBytesMax ? scratchOf(byteLength) : new Uint8Array(byteLength)
  let position = 0
  for (const piece of pieces) {
    target.set(piece, position)
    position += piece.byteLength
  }
  return target.subarray(0, byteLength)
}

function scratchOf(byteLength: number): Uint8Array {
  if (scratch.byteLength < byteLength) scratch = new Uint8Array(byteLength)
  return scratch
}
