/** A growing buffer for what records are made of: zigzag varints (Protocol Buffers' sint32, sint64) and bytes with a length. */
export class VarintWriter {
  #bytes = new Uint8Array(1024)
  #length = 0

  /** Shares memory with the writer: valid until the next write or `clear`. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  writeByte(byte: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = byte
  }

  writeVarint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    for (; rest > 0x7f; rest >>>= 7) this.writeByte((rest & 0x7f) | 0x80)
    this.writeByte(rest)
  }

  writeVarlong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest > 0x7fn; rest >>= 7n) this.writeByte(Number(rest & 0x7fn) | 0x80)
    this.writeByte(Number(rest))
  }

  /** Null is the length -1. */
  writeLengthAndBytes(bytes: Uint8Array | null): void {
    this.writeVarint(bytes === null ? -1 : bytes.length)
    if (bytes === null) return
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.written())
    this.#bytes = grown
  }
}
