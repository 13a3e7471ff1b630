import { transferList } from '../columns/column-buffers.ts'
import type { Calls } from './calls.ts'
import type { EncodedFile, EncodeProgress, Encoder, FileToEncode } from './encoder.ts'
import type { Chunk } from './lane.ts'

/** The methods of an encoder as data. */
export type EncoderCall =
  | { readonly kind: 'open'; readonly file: FileToEncode }
  | { readonly kind: 'write'; readonly fileKey: string; readonly chunk: Chunk }
  | { readonly kind: 'finish'; readonly fileKey: string }
  | { readonly kind: 'abort'; readonly fileKey: string }

/** An encoder that is asked by calls, wherever they are executed. */
export class CalledEncoder implements Encoder {
  readonly #calls: Calls<EncoderCall>

  constructor(calls: Calls<EncoderCall>) {
    this.#calls = calls
  }

  open(file: FileToEncode): void {
    this.#calls.tell({ kind: 'open', file })
  }

  write(fileKey: string, chunk: Chunk): Promise<EncodeProgress> {
    return this.#calls.request({ kind: 'write', fileKey, chunk }, transferList(chunk.columns)) as Promise<EncodeProgress>
  }

  finish(fileKey: string): Promise<EncodedFile> {
    return this.#calls.request({ kind: 'finish', fileKey }) as Promise<EncodedFile>
  }

  abort(fileKey: string): void {
    this.#calls.tell({ kind: 'abort', fileKey })
  }

  close(): Promise<void> {
    return this.#calls.close()
  }
}
