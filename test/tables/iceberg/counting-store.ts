import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import type { CallOptions } from '../../../src/objects/object-store.ts'

/** A memory store that counts what a commit costs. */
export class CountingStore extends MemoryObjectStore {
  gets = 0
  getBytes = 0
  puts = 0
  putBytes = 0

  override async get(key: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    const bytes = await super.get(key, options)
    this.gets++
    this.getBytes += bytes?.byteLength ?? 0
    return bytes
  }

  override async put(key: string, bytes: Uint8Array, options?: CallOptions): Promise<void> {
    await super.put(key, bytes, options)
    this.puts++
    this.putBytes += bytes.byteLength
  }

  override async putIfAbsent(key: string, bytes: Uint8Array, options?: CallOptions): Promise<'created' | 'exists'> {
    this.puts++
    this.putBytes += bytes.byteLength
    return await super.putIfAbsent(key, bytes, options)
  }
}
