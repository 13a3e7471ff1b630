/** Counts the bytes of rows on their way into files, over all topics: beyond the bound the log holds them instead. */
export class BufferMemory {
  readonly #bytesMax: number
  readonly #shares = new Set<BufferShare>()
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  share(): BufferShare {
    const share: BufferShare = new BufferShare({
      add: (bytes) => {
        this.#bytes += bytes
      },
      isOverBound: () => this.#bytes > this.#bytesMax,
      relieve: () => this.#largest()?.onPressure(),
      leave: () => this.#shares.delete(share),
    })
    this.#shares.add(share)
    return share
  }

  #largest(): BufferShare | undefined {
    let largest: BufferShare | undefined
    for (const share of this.#shares) if (share.bytes > (largest?.bytes ?? 0)) largest = share
    return largest
  }
}

interface WholeMemory {
  add(bytes: number): void
  isOverBound(): boolean
  relieve(): void
  leave(): void
}

/** One session's part of it; what is still held is given back when the session ends. */
export class BufferShare {
  /** Called when this share is the largest and somebody waits for room. */
  onPressure: () => void = () => undefined
  readonly #whole: WholeMemory
  #bytes = 0
  #isClosed = false

  constructor(whole: WholeMemory) {
    this.#whole = whole
  }

  get bytes(): number {
    return this.#bytes
  }

  get isOverBound(): boolean {
    return this.#whole.isOverBound()
  }

  /** Asks whoever holds most to let go of it: a topic with a long commit interval must not starve the others. */
  relieve(): void {
    this.#whole.relieve()
  }

  add(bytes: number): void {
    if (this.#isClosed) return
    this.#bytes += bytes
    this.#whole.add(bytes)
  }

  close(): void {
    this.add(-this.#bytes)
    this.#isClosed = true
    this.#whole.leave()
  }
}
