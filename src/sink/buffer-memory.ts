/** Counts the bytes of rows on their way into files, over all topics: beyond the bound the log holds them instead. */
export class BufferMemory {
  readonly #bytesMax: number
  #bytes = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get bytes(): number {
    return this.#bytes
  }

  share(): BufferShare {
    return new BufferShare({
      add: (bytes) => {
        this.#bytes += bytes
      },
      isOverBound: () => this.#bytes > this.#bytesMax,
    })
  }
}

/** One session's part of it; what is still held is given back when the session ends. */
export class BufferShare {
  readonly #whole: { add(bytes: number): void; isOverBound(): boolean }
  #bytes = 0
  #isClosed = false

  constructor(whole: { add(bytes: number): void; isOverBound(): boolean }) {
    this.#whole = whole
  }

  get bytes(): number {
    return this.#bytes
  }

  get isOverBound(): boolean {
    return this.#whole.isOverBound()
  }

  add(bytes: number): void {
    if (this.#isClosed) return
    this.#bytes += bytes
    this.#whole.add(bytes)
  }

  close(): void {
    this.add(-this.#bytes)
    this.#isClosed = true
  }
}
