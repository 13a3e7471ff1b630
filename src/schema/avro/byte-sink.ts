/** Grows as Avro's binary encoding is written to it. */
export class ByteSink {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(256)
  #length = 0

  /** The bytes so far, in memory of their own. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#bytes[this.#length++] = value
  }

  bytes(source: Uint8Array): void {
    this.#reserve(source.byteLength)
    this.#bytes.set(source, this.#length)
    this.#length += source.byteLength
  }

  /** A zigzag varint. */
  long(value: number | bigint): void {
    const zigzag = typeof value === 'number' && Math.abs(value) < 2 ** 30 ? (value << 1) ^ (value >> 31) : undefined
    if (zigzag === undefined) return this.#wideLong(BigInt(value))
    let rest = zigzag
    for (; rest >= 0x80; rest >>>= 7) this.byte((rest & 0x7f) | 0x80)
    this.byte(rest)
  }

  #wideLong(value: bigint): void {
    let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
    for (; rest >= 0x80n; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80)
    this.byte(Number(rest))
  }

  /** 4 or 8 bytes, little endian. */
  float(value: number, width: 4 | 8): void {
    const view = new DataView(new ArrayBuffer(width))
    if (width === 4) view.setFloat32(0, value, true)
    else view.setFloat64(0, value, true)
    this.bytes(new Uint8Array(view.buffer))
  }

  /** Bytes behind their length. */
  sizedBytes(source: Uint8Array): void {
    this.long(source.byteLength)
    this.bytes(source)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#length + count, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
