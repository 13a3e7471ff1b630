/**
 * Buffers for frames, used again and again: a fresh megabyte per request is paid for in page
 * faults and garbage collection. They are shared memory, so that a worker thread reads a batch without a copy.
 */
export class FramePool {
  readonly #bytesMax: number
  readonly #free = new Map<number, SharedArrayBuffer[]>()
  #freeBytes = 0

  /** Keeps at most `bytesMax` for later. */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Uninitialised as far as the caller is concerned: what an earlier frame left is still there. */
  take(byteLength: number): Buffer {
    const capacity = capacityFor(byteLength)
    const buffer = this.#free.get(capacity)?.pop()
    if (buffer) this.#freeBytes -= capacity
    return Buffer.from(buffer ?? new SharedArrayBuffer(capacity), 0, byteLength)
  }

  /** Only for what `take` gave, once, when nobody reads it any more; a view of other memory is left alone. */
  giveBack(frame: Uint8Array): void {
    const { buffer } = frame
    if (!(buffer instanceof SharedArrayBuffer) || this.#freeBytes + buffer.byteLength > this.#bytesMax) return
    const free = this.#free.get(buffer.byteLength) ?? []
    free.push(buffer)
    this.#free.set(buffer.byteLength, free)
    this.#freeBytes += buffer.byteLength
  }
}

/** Powers of two, so that a few sizes serve all frames. */
function capacityFor(byteLength: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(byteLength, CAPACITY_MIN)))
}

const CAPACITY_MIN = 4096
