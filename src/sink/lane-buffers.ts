import type { AdoptOutcome, Chunk, Lane } from '../lanes/lane.ts'
import type { BufferShare } from './buffer-memory.ts'

/** What the lanes hold of one table, as far as their answers say, counted against the memory of all topics. */
export class LaneBuffers {
  readonly #tableKey: string
  readonly #memory: BufferShare
  readonly #bytes = new Map<Lane, number>()
  readonly #cuts = new Map<Lane, number>()

  constructor(tableKey: string, memory: BufferShare) {
    this.#tableKey = tableKey
    this.#memory = memory
  }

  /** Takes what the lane holds; it starts again from nothing. What it held is counted here until the chunks are there. */
  cut(lane: Lane): Promise<Chunk[]> {
    const bytes = this.#bytes.get(lane) ?? 0
    this.#cuts.set(lane, this.cutsOf(lane) + 1)
    this.#bytes.set(lane, 0)
    return lane.cut(this.#tableKey).finally(() => this.#memory.add(-bytes))
  }

  /** How often the lane was cut: to be remembered with what is asked of it. */
  cutsOf(lane: Lane): number {
    return this.#cuts.get(lane) ?? 0
  }

  /** An answer that was asked for before the last cut speaks of buffers that are gone; answers whether this one does not. */
  note(lane: Lane, { bufferedBytes }: Extract<AdoptOutcome, { kind: 'adopted' }>, cutsWhenAsked: number): boolean {
    if (cutsWhenAsked !== this.cutsOf(lane)) return false
    this.#set(lane, bufferedBytes)
    return true
  }

  #set(lane: Lane, bytes: number): void {
    this.#memory.add(bytes - (this.#bytes.get(lane) ?? 0))
    this.#bytes.set(lane, bytes)
  }
}
