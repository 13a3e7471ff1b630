import { transferList } from '../columns/column-buffers.ts'
import { copyOf } from '../shared/bytes.ts'
import { limits } from '../shared/limits.ts'
import type { Chunk, LaneSchema } from './lane.ts'
import type { LaneCall } from './lane-calls.ts'
import { LaneCore } from './lane-core.ts'
import { type LoadLanguage, loadLanguage } from './languages.ts'
import type { ServedExecutor } from './serve-calls.ts'

/** Executes a lane's calls on a LaneCore. Only the first schema of a language makes it wait. */
export class LaneExecutor implements ServedExecutor<LaneCall> {
  readonly #core = new LaneCore()
  #scratch: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  readonly #loadLanguage: LoadLanguage

  constructor(load: LoadLanguage = loadLanguage) {
    this.#loadLanguage = load
  }

  execute(call: LaneCall): unknown {
    switch (call.kind) {
      case 'define-schema':
        return this.#defineSchema(call.schema)
      case 'define-table':
        return this.#core.defineTable(call.table)
      case 'open-table':
        return this.#core.openTable(call.table)
      case 'close-table':
        return this.#core.closeTable(call.tableKey)
      case 'judge':
        return this.#core.judge({ ...call.request, batch: this.#ownBatch(call.request.batch) })
      case 'adopt':
        return this.#core.adopt(call.request)
      case 'discard':
        return this.#core.discard(call.ticket)
      case 'decode':
        return this.#core.decode(call.request)
      case 'cut':
        return this.#core.cut(call.tableKey)
    }
  }

  /** Chunks are all that leaves a lane by transfer. */
  transferOf(answer: unknown): readonly ArrayBuffer[] {
    return Array.isArray(answer) ? (answer as Chunk[]).flatMap(({ columns }) => transferList(columns)) : []
  }

  /** What is shared is copied once, into memory that is used again: text functions take no shared memory. */
  #ownBatch(batch: Uint8Array): Uint8Array {
    if (!(batch.buffer instanceof SharedArrayBuffer)) return batch
    if (batch.byteLength > limits.laneScratchBytesMax) return copyOf(batch)
    if (batch.byteLength > this.#scratch.byteLength) this.#scratch = new Uint8Array(batch.byteLength)
    this.#scratch.set(batch)
    return this.#scratch.subarray(0, batch.byteLength)
  }

  #defineSchema(schema: LaneSchema): void | Promise<void> {
    const { schemas } = this.#core
    if (schemas.hasLanguage(schema.schemaType)) return schemas.define(schema)
    return this.#loadLanguage(schema.schemaType).then((language) => {
      schemas.addLanguage(language)
      schemas.define(schema)
    })
  }
}
