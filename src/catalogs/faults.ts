import type { JsonObject } from '../shared/json.ts'
import type { CurrentMetadata, SwapOutcome, TablePointer } from '../tables/iceberg/table-pointer.ts'

/** What may happen to one swap on its way to the catalog and back. */
export type PointerFault =
  /** Nothing. */
  | 'none'
  /** Somebody else's commit won, or the catalog says so. */
  | 'conflict'
  /** It was done, and the answer was lost. */
  | 'lost-answer'
  /** It never arrived, and nobody knows. */
  | 'lost-request'
  /** It is still under way when the caller gives up on it, and arrives at the next `settle`. */
  | 'late'

/** A pointer for tests and simulation whose swaps meet the faults that `nextFault` deals out. */
export class FaultyPointer implements TablePointer {
  readonly #inner: TablePointer
  readonly #nextFault: () => PointerFault
  #underWay: (() => Promise<SwapOutcome>)[] = []

  constructor(inner: TablePointer, nextFault: () => PointerFault) {
    this.#inner = inner
    this.#nextFault = nextFault
  }

  load(signal?: AbortSignal): Promise<CurrentMetadata | undefined> {
    return this.#inner.load(signal)
  }

  create(metadata: JsonObject): Promise<{ kind: 'created'; current: CurrentMetadata } | { kind: 'exists' }> {
    return this.#inner.create(metadata)
  }

  async swap(base: CurrentMetadata, metadata: JsonObject, signal?: AbortSignal): Promise<SwapOutcome> {
    switch (this.#nextFault()) {
      case 'none':
        return this.#inner.swap(base, metadata, signal)
      case 'conflict':
        return { kind: 'conflict' }
      case 'lost-answer':
        await this.#inner.swap(base, metadata, signal)
        return LOST
      case 'lost-request':
        return LOST
      case 'late':
        this.#underWay.push(() => this.#inner.swap(base, metadata))
        return LOST
    }
  }

  /** Lets the late swaps arrive, in order. */
  async settle(): Promise<void> {
    const arriving = this.#underWay
    this.#underWay = []
    for (const swap of arriving) await swap()
  }
}

const LOST: SwapOutcome = { kind: 'unknown', cause: new Error('the connection was lost') }
