import type { EncodedFile } from './encoder.ts'
import type { EncoderCall } from './encoder-calls.ts'
import { EncoderCore } from './encoder-core.ts'
import type { ServedExecutor } from './serve-calls.ts'

/** Executes an encoder's calls on an EncoderCore. */
export class EncoderExecutor implements ServedExecutor<EncoderCall> {
  readonly #core = new EncoderCore()

  execute(call: EncoderCall): unknown {
    switch (call.kind) {
      case 'open':
        return this.#core.open(call.file)
      case 'write':
        return this.#core.write(call.fileKey, call.chunk)
      case 'finish':
        return this.#core.finish(call.fileKey)
      case 'abort':
        return this.#core.abort(call.fileKey)
    }
  }

  transferOf(answer: unknown): readonly ArrayBuffer[] {
    const { pieces = [] } = (answer ?? {}) as Partial<EncodedFile>
    return pieces.map(({ buffer }) => buffer)
  }
}
