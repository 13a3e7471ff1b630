import { copyOf } from '../shared/bytes.ts'
import type { Calls } from './calls.ts'
import type {
  AdoptOutcome,
  AdoptRequest,
  Chunk,
  DecodeRequest,
  JudgeRequest,
  Lane,
  LaneSchema,
  LaneTable,
  Ticket,
  Verdict,
} from './lane.ts'

/** The methods of a lane as data. */
export type LaneCall =
  | { readonly kind: 'define-schema'; readonly schema: LaneSchema }
  | { readonly kind: 'define-table'; readonly table: LaneTable }
  | { readonly kind: 'open-table'; readonly table: LaneTable }
  | { readonly kind: 'close-table'; readonly tableKey: string }
  | { readonly kind: 'judge'; readonly request: JudgeRequest }
  | { readonly kind: 'adopt'; readonly request: AdoptRequest }
  | { readonly kind: 'discard'; readonly ticket: Ticket }
  | { readonly kind: 'decode'; readonly request: DecodeRequest }
  | { readonly kind: 'cut'; readonly tableKey: string }

/** A lane that is asked by calls, wherever they are executed. */
export class CalledLane implements Lane {
  readonly #calls: Calls<LaneCall>

  constructor(calls: Calls<LaneCall>) {
    this.#calls = calls
  }

  defineSchema(schema: LaneSchema): void {
    this.#calls.tell({ kind: 'define-schema', schema })
  }

  defineTable(table: LaneTable): void {
    this.#calls.tell({ kind: 'define-table', table })
  }

  openTable(table: LaneTable): void {
    this.#calls.tell({ kind: 'open-table', table })
  }

  closeTable(tableKey: string): void {
    this.#calls.tell({ kind: 'close-table', tableKey })
  }

  judge(request: JudgeRequest): Promise<Verdict> {
    if (request.batch.buffer instanceof SharedArrayBuffer) return this.#calls.request({ kind: 'judge', request }) as Promise<Verdict>
    const batch = whole(request.batch as Uint8Array<ArrayBuffer>)
    return this.#calls.request({ kind: 'judge', request: { ...request, batch } }, [batch.buffer]) as Promise<Verdict>
  }

  adopt(request: AdoptRequest): Promise<AdoptOutcome> {
    return this.#calls.request({ kind: 'adopt', request }) as Promise<AdoptOutcome>
  }

  discard(ticket: Ticket): void {
    this.#calls.tell({ kind: 'discard', ticket })
  }

  decode(request: DecodeRequest): Promise<AdoptOutcome> {
    const batches = request.batches.map(whole)
    const transfer = batches.map(({ buffer }) => buffer)
    return this.#calls.request({ kind: 'decode', request: { ...request, batches } }, transfer) as Promise<AdoptOutcome>
  }

  cut(tableKey: string): Promise<Chunk[]> {
    return this.#calls.request({ kind: 'cut', tableKey }) as Promise<Chunk[]>
  }

  close(): Promise<void> {
    return this.#calls.close()
  }
}

/** Only a whole buffer can be given away: of a view on a larger one (a frame, Node's pool) goes a copy. */
function whole(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : copyOf(bytes)
}
