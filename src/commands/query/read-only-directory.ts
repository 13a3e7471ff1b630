import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { localKeys } from '../../objects/local-list.ts'
import type { ByteRange, ListOptions, ObjectHead, ObjectStore } from '../../objects/object-store.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'

/**
 * The lake of a server that may be running: objects are read, and nothing is made, cleaned up or locked, as the store
 * that the server opens does. Works on a directory that may only be read.
 */
export class ReadOnlyDirectory implements ObjectStore {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return unlessMissing(key, () => readFile(join(this.#root, key)))
  }

  async getRange(key: string, { start, length }: ByteRange): Promise<Uint8Array | undefined> {
    return unlessMissing(key, async () => {
      await using file = await open(join(this.#root, key))
      const bytes = new Uint8Array(length)
      const { bytesRead } = await file.read(bytes, 0, length, start)
      return bytes.subarray(0, bytesRead)
    })
  }

  async head(key: string): Promise<ObjectHead | undefined> {
    return unlessMissing(key, async () => ({ key, sizeBytes: (await stat(join(this.#root, key))).size }))
  }

  async list(prefix: string, { after = '', keysMax = Infinity }: ListOptions = {}): Promise<ObjectHead[]> {
    const heads: ObjectHead[] = []
    for await (const key of localKeys(this.#root, prefix, after)) {
      if (heads.length >= keysMax) break
      const head = await this.head(key)
      if (head) heads.push(head)
    }
    return heads
  }

  put(key: string): Promise<void> {
    return Promise.reject(readOnly(key))
  }

  putIfAbsent(key: string): Promise<'created' | 'exists'> {
    return Promise.reject(readOnly(key))
  }

  delete(key: string): Promise<void> {
    return Promise.reject(readOnly(key))
  }
}

async function unlessMissing<T>(key: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new HeadgateError('store-unavailable', `${key} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function readOnly(key: string): HeadgateError {
  return new HeadgateError('unsupported', `${key} cannot be written: the lake is only read here`)
}
