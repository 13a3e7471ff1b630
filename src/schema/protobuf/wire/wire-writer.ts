/** Writes the wire format into memory that grows. For tools and descriptors, not for a hot path. */
export class WireWriter {
  #bytes = new Uint8Array(256)
  #length = 0

  tag(number: number, wireType: number): void {
    this.varint((BigInt(number) << 3n) | BigInt(wireType))
  }

  /** The value's low 64 bits, so that a negative number takes ten bytes. */
  varint(value: bigint): void {
    this.#reserve(10)
    let rest = BigInt.asUintN(64, value)
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#length++] = Number(rest)
  }

  fixed32(value: number): void {
    this.#view(4).setInt32(0, value, true)
  }

  fixed64(value: bigint): void {
    this.#view(8).setBigInt64(0, BigInt.asIntN(64, value), true)
  }

  float(value: number): void {
    this.#view(4).setFloat32(0, value, true)
  }

  double(value: number): void {
    this.#view(8).setFloat64(0, value, true)
  }

  /** The bytes with their length in front. */
  span(bytes: Uint8Array): void {
    this.varint(BigInt(bytes.length))
    this.raw(bytes)
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length)
  }

  #view(width: number): DataView {
    this.#reserve(width)
    this.#length += width
    return new DataView(this.#bytes.buffer, this.#length - width, width)
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.#length + count, this.#bytes.length * 2))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}
