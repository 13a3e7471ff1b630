import { assert } from '../shared/assert.ts'
import { concatBytes, copyOf } from '../shared/bytes.ts'
import { checkKey, checkPrefix } from './keys.ts'
import type { ByteRange, CallOptions, ListOptions, ObjectHead, ObjectStore } from './object-store.ts'
import { type StoreCall, throwIfAborted } from './store-errors.ts'

/** Objects in memory: for tests and simulation. Every call takes effect at once and answers in a later turn, as stores do. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>()

  async get(key: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    begin({ operation: 'get', key }, options)
    const bytes = this.#objects.get(key)
    return bytes && copyOf(bytes)
  }

  async getRange(key: string, { start, length }: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined> {
    begin({ operation: 'getRange', key }, options)
    assert(start >= 0 && length >= 0, 'a range starts at or after 0 and has a length')
    const bytes = this.#objects.get(key)
    return bytes && copyOf(bytes.subarray(start, start + length))
  }

  async put(key: string, content: Uint8Array | readonly Uint8Array[], options?: CallOptions): Promise<void> {
    begin({ operation: 'put', key }, options)
    this.#objects.set(key, content instanceof Uint8Array ? copyOf(content) : concatBytes(content))
  }

  async putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<'created' | 'exists'> {
    begin({ operation: 'putIfAbsent', key }, options)
    if (this.#objects.has(key)) return 'exists'
    this.#objects.set(key, copyOf(bytes))
    return 'created'
  }

  async head(key: string, options?: CallOptions): Promise<ObjectHead | undefined> {
    begin({ operation: 'head', key }, options)
    const bytes = this.#objects.get(key)
    return bytes && { key, sizeBytes: bytes.length }
  }

  async list(prefix: string, { after = '', keysMax = Infinity, signal }: ListOptions = {}): Promise<ObjectHead[]> {
    checkPrefix(prefix)
    throwIfAborted({ operation: 'list', key: prefix }, signal)
    // Keys are ASCII, where string order is byte order.
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
    return keys.slice(0, keysMax).map((key) => ({ key, sizeBytes: this.#objects.get(key)?.length ?? 0 }))
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    begin({ operation: 'delete', key }, options)
    this.#objects.delete(key)
  }
}

function begin(call: StoreCall, options: CallOptions | undefined): void {
  checkKey(call.key)
  throwIfAborted(call, options?.signal)
}
