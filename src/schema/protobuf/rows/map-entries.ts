import { asBuffer } from '../../../shared/bytes.ts'
import { wireTypeOf, WireType, type MessageType, type ScalarType } from '../link/types.ts'
import { checkPart } from '../wire/check-message.ts'
import { int32At, readSpan, readTag, readVarint, scratch, skipValue, tagOf, wireErrors } from '../wire/wire.ts'

/**
 * Where the entries of one map field stand in the record at hand. Of two entries of one key the last counts, so
 * an entry is written only when all of them have been seen. Memory is kept from record to record.
 */
export class MapEntries {
  readonly #entryType: MessageType
  readonly #key: ScalarType
  readonly #keyTag: number
  /** Per entry: its start, its end, and the key as two numbers: its span, or its low and high half. */
  #slots = new Int32Array(SLOTS * 8)
  /** Set by `settle`: entries that a later one overrides; null while there are none. */
  #overridden: Set<number> | null = null
  count = 0

  constructor(entryType: MessageType, key: ScalarType) {
    this.#entryType = entryType
    this.#key = key
    this.#keyTag = 8 | wireTypeOf({ kind: 'scalar', scalar: key })
  }

  clear(): void {
    if (this.#slots.length > SLOTS * ENTRIES_KEPT_MAX) this.#slots = new Int32Array(SLOTS * 8)
    this.#overridden = null
    this.count = 0
  }

  add(start: number, end: number): void {
    const slot = this.count++ * SLOTS
    if (slot === this.#slots.length) this.#grow()
    this.#slots[slot] = start
    this.#slots[slot + 1] = end
  }

  startAt(index: number): number {
    return this.#slots[index * SLOTS] as number
  }

  endAt(index: number): number {
    return this.#slots[index * SLOTS + 1] as number
  }

  isLive(index: number): boolean {
    return this.#overridden === null || !this.#overridden.has(index)
  }

  /** Call when all entries were added: finds those that are overridden. */
  settle(bytes: Uint8Array): number {
    if (this.count > 1) {
      for (let index = 0; index < this.count; index++) this.#readKey(bytes, index)
      if (this.count <= PAIRWISE_MAX) this.#comparePairs(bytes)
      else this.#compareByText(bytes)
    }
    return this.count
  }

  #comparePairs(bytes: Uint8Array): void {
    for (let index = 0; index < this.count - 1; index++)
      for (let later = index + 1; later < this.count; later++)
        if (this.#isSameKey(bytes, index, later)) {
          this.#override(bytes, index)
          break
        }
  }

  #compareByText(bytes: Uint8Array): void {
    const lastByKey = new Map<string, number>()
    for (let index = 0; index < this.count; index++) {
      const [first, second] = [this.#keyPart(index, 0), this.#keyPart(index, 1)]
      const key = this.#key === 'string' ? asBuffer(bytes).toString('latin1', first, second) : `${first},${second}`
      const earlier = lastByKey.get(key)
      if (earlier !== undefined) this.#override(bytes, earlier)
      lastByKey.set(key, index)
    }
  }

  #override(bytes: Uint8Array, index: number): void {
    // It does not become a value, but it must be one.
    checkPart(this.#entryType, bytes, this.startAt(index), this.endAt(index))
    this.#overridden ??= new Set()
    this.#overridden.add(index)
  }

  #keyPart(index: number, part: 0 | 1): number {
    return this.#slots[index * SLOTS + 2 + part] as number
  }

  #isSameKey(bytes: Uint8Array, a: number, b: number): boolean {
    const firstA = this.#keyPart(a, 0)
    const firstB = this.#keyPart(b, 0)
    if (this.#key !== 'string') return firstA === firstB && this.#keyPart(a, 1) === this.#keyPart(b, 1)
    const length = this.#keyPart(a, 1) - firstA
    if (length !== this.#keyPart(b, 1) - firstB) return false
    for (let offset = 0; offset < length; offset++) if (bytes[firstA + offset] !== bytes[firstB + offset]) return false
    return true
  }

  /** An entry without a key has the default: 0, false or the empty string, which is two zeros in each case. */
  #readKey(bytes: Uint8Array, index: number): void {
    const end = this.endAt(index)
    this.#setKey(index, 0, 0)
    for (let position = this.startAt(index); position < end;) {
      position = readTag(bytes, position, end)
      const tag = tagOf()
      const next = skipValue(bytes, position, end, tag)
      if (tag === this.#keyTag) this.#readKeyAt(bytes, index, position, end)
      else if (tag >>> 3 === 1) throw wireErrors.mismatch
      position = next
    }
  }

  #readKeyAt(bytes: Uint8Array, index: number, position: number, end: number): void {
    switch (this.#keyTag & 7) {
      case WireType.delimited: {
        const stringEnd = readSpan(bytes, position, end)
        return this.#setKey(index, scratch[0] as number, stringEnd)
      }
      case WireType.fixed32:
        return this.#setKey(index, int32At(bytes, position), 0)
      case WireType.fixed64:
        return this.#setKey(index, int32At(bytes, position), int32At(bytes, position + 4))
      default:
        readVarint(bytes, position, end)
        return this.#setVarintKey(index, scratch[0] as number, scratch[1] as number)
    }
  }

  /** Keys of 32 bits ignore the upper half, and a boolean is anything but zero. */
  #setVarintKey(index: number, low: number, high: number): void {
    if (this.#key === 'bool') this.#setKey(index, (low | high) === 0 ? 0 : 1, 0)
    else this.#setKey(index, low, this.#key.endsWith('32') ? 0 : high)
  }

  #setKey(index: number, first: number, second: number): void {
    this.#slots[index * SLOTS + 2] = first
    this.#slots[index * SLOTS + 3] = second
  }

  #grow(): void {
    const grown = new Int32Array(this.#slots.length * 2)
    grown.set(this.#slots)
    this.#slots = grown
  }
}

const SLOTS = 4
/** Up to here comparing every pair is cheaper than a hash table. */
const PAIRWISE_MAX = 12
/** Memory for more entries than this is given back. */
const ENTRIES_KEPT_MAX = 4_096
