import { transferList } from '../columns/column-buffers.ts'
import type { Chunk, LaneSchema } from './lane.ts'
import type { LaneCall } from './lane-calls.ts'
import { LaneCore } from './lane-core.ts'
import { type LoadLanguage, loadLanguage } from './languages.ts'
import type { ServedExecutor } from './serve-calls.ts'

/** Executes a lane's calls on a LaneCore. Only the first schema of a language makes it wait. */
export class LaneExecutor implements ServedExecutor<LaneCall> {
  readonly #core = new LaneCore()
  readonly #loadLanguage: LoadLanguage

  constructor(load: LoadLanguage = loadLanguage) {
    this.#loadLanguage = load
  }

  execute(call: LaneCall): unknown {
    switch (call.kind) {
      case 'define-schema':
        return this.#defineSchema(call.schema)
      case 'open-table':
        return this.#core.openTable(call.table)
      case 'close-table':
        return this.#core.closeTable(call.tableKey)
      case 'judge':
        return this.#core.judge(call.request)
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

  #defineSchema(schema: LaneSchema): void | Promise<void> {
    const { schemas } = this.#core
    if (schemas.hasLanguage(schema.schemaType)) return schemas.define(schema)
    return this.#loadLanguage(schema.schemaType).then((language) => {
      schemas.addLanguage(language)
      schemas.define(schema)
    })
  }
}
