/**
 * Objects as files of a local directory. A write goes to a temporary file, which is synced and then renamed (`put`) or
 * linked (`putIfAbsent`) to its name, and the directory is synced: a reader sees all of an object or nothing of it, a
 * crash at any instant leaves at most an invisible leftover, and what was answered survives a power loss.
 *
 * An object cannot lie below another one (`a` and `a/b`), unlike on S3; asking for it is `invalid-argument`.
 */
import type { FileHandle } from 'node:fs/promises'
import { link, open, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { assert } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import { createDurableDirectory, DurableDirectories, syncDirectory } from './durable-directories.ts'
import { checkKey, checkPrefix } from './keys.ts'
import { localKeys } from './local-list.ts'
import type { ByteRange, CallOptions, ListOptions, ObjectHead, ObjectStore } from './object-store.ts'
import { aborted, type StoreCall, storeOutcomeUnknown, storeUnavailable, throwIfAborted } from './store-errors.ts'
import { TemporaryFiles } from './temporary-files.ts'

export class LocalObjectStore implements ObjectStore {
  readonly #root: string
  readonly #directories: DurableDirectories
  readonly #temporaries: TemporaryFiles

  private constructor(root: string, temporaries: TemporaryFiles) {
    this.#root = root
    this.#directories = new DurableDirectories(root)
    this.#temporaries = temporaries
  }

  /** Makes the directory if there is none, and removes what a crash left half-written. */
  static async open(directory: string): Promise<LocalObjectStore> {
    const root = resolve(directory)
    try {
      await createDurableDirectory(root)
      return new LocalObjectStore(root, await TemporaryFiles.open(root))
    } catch (error) {
      throw new HeadgateError('store-unavailable', `cannot open the directory ${root}: ${(error as Error).message}`, {
        cause: error,
        facts: { root },
      })
    }
  }

  async get(key: string, options?: CallOptions): Promise<Uint8Array | undefined> {
    return await this.#read({ operation: 'get', key }, { start: 0, length: Infinity }, options)
  }

  async getRange(key: string, range: ByteRange, options?: CallOptions): Promise<Uint8Array | undefined> {
    assert(range.start >= 0 && range.length >= 0, 'a range starts at or after 0 and has a length')
    return await this.#read({ operation: 'getRange', key }, range, options)
  }

  async put(key: string, content: Uint8Array | readonly Uint8Array[], options: CallOptions = {}): Promise<void> {
    await this.#write({ operation: 'put', key }, content, options, rename)
  }

  async putIfAbsent(key: string, bytes: Uint8Array, options: CallOptions = {}): Promise<'created' | 'exists'> {
    // Most races are lost long before they are run: look before writing bytes for nothing.
    if (await this.head(key, options)) return 'exists'
    return await this.#write({ operation: 'putIfAbsent', key }, bytes, options, link)
  }

  async head(key: string, options?: CallOptions): Promise<ObjectHead | undefined> {
    const call: StoreCall = { operation: 'head', key }
    const path = this.#begin(call, options?.signal)
    return await done(call, headOf(key, path))
  }

  async list(prefix: string, { after = '', keysMax = Infinity, signal }: ListOptions = {}): Promise<ObjectHead[]> {
    checkPrefix(prefix)
    return await done({ operation: 'list', key: prefix }, this.#list(prefix, { after, keysMax, signal }))
  }

  async delete(key: string, options?: CallOptions): Promise<void> {
    const call: StoreCall = { operation: 'delete', key }
    const path = this.#begin(call, options?.signal)
    if (await done(call, unlinkIfPresent(path))) await syncAfter(call, dirname(path))
  }

  async #read(call: StoreCall, range: ByteRange, options: CallOptions | undefined): Promise<Uint8Array | undefined> {
    const path = this.#begin(call, options?.signal)
    return await done(
      call,
      readFileRange(path, range, () => throwIfAborted(call, options?.signal)),
    )
  }

  async #list(
    prefix: string,
    { after, keysMax, signal }: { after: string; keysMax: number; signal: AbortSignal | undefined },
  ): Promise<ObjectHead[]> {
    const heads: ObjectHead[] = []
    throwIfAborted({ operation: 'list', key: prefix }, signal)
    for await (const key of localKeys(this.#root, prefix, after)) {
      if (heads.length >= keysMax) break
      throwIfAborted({ operation: 'list', key: prefix }, signal)
      const head = await headOf(key, join(this.#root, key))
      // Deleted since its name was read.
      if (head !== undefined) heads.push(head)
    }
    return heads
  }

  async #write(
    call: StoreCall,
    content: Uint8Array | readonly Uint8Array[],
    { signal }: CallOptions,
    publish: Publish,
  ): Promise<'created' | 'exists'> {
    const path = this.#begin(call, signal)
    const temporary = await done(call, this.#temporaries.write(content, signal))
    try {
      throwIfAborted(call, signal)
      const outcome = await done(call, this.#publish(temporary, path, publish))
      // It can be seen by now, and could still be lost until its name is synced.
      if (outcome === 'created') await syncAfter(call, dirname(path))
      return outcome
    } finally {
      await this.#temporaries.remove(temporary)
    }
  }

  /** Whatever fails here, nothing was done. */
  async #publish(temporary: string, path: string, publish: Publish, attemptsMax = 2): Promise<'created' | 'exists'> {
    await this.#directories.ensure(dirname(path))
    try {
      await publish(temporary, path)
      return 'created'
    } catch (error) {
      if (codeOf(error) === 'EEXIST' && !(await isDirectory(path))) return 'exists'
      if (codeOf(error) !== 'ENOENT' || attemptsMax === 1) throw error
      // Somebody removed the directory (a dropped table's, say) since it was made.
      this.#directories.forget(dirname(path))
      return await this.#publish(temporary, path, publish, attemptsMax - 1)
    }
  }

  #begin(call: StoreCall, signal: AbortSignal | undefined): string {
    checkKey(call.key)
    throwIfAborted(call, signal)
    return join(this.#root, call.key)
  }
}

/** `rename` replaces what is there; `link` fails with EEXIST. */
type Publish = typeof rename | typeof link

async function readFileRange(path: string, range: ByteRange, throwIfAborted: () => void): Promise<Uint8Array | undefined> {
  const handle = await open(path, 'r').catch(absentIsUndefined)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat()
    return stats.isFile() ? await readRange(handle, clamp(range, stats.size), throwIfAborted) : undefined
  } finally {
    await handle.close()
  }
}

function clamp({ start, length }: ByteRange, sizeBytes: number): ByteRange {
  return { start, length: Math.max(0, Math.min(length, sizeBytes - start)) }
}

async function readRange(handle: FileHandle, { start, length }: ByteRange, throwIfAborted: () => void): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  for (let done = 0; done < length;) {
    throwIfAborted()
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, readBytesMax), start + done)
    // Objects are replaced, never cut: a file that ends early was changed by somebody else.
    if (bytesRead === 0) throw new Error(`the file ends at ${start + done}, before its size`)
    done += bytesRead
  }
  return bytes
}

/** Between two looks at the abort signal. */
const readBytesMax = 4 * 1024 * 1024

async function headOf(key: string, path: string): Promise<ObjectHead | undefined> {
  const stats = await stat(path).catch(absentIsUndefined)
  return stats?.isFile() ? { key, sizeBytes: stats.size } : undefined
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(absentIsUndefined))?.isDirectory() ?? false
}

async function unlinkIfPresent(path: string): Promise<boolean> {
  if ((await stat(path).catch(absentIsUndefined))?.isFile() !== true) return false
  return await unlink(path).then(
    () => true,
    (error: unknown) => absentIsUndefined(error) ?? false,
  )
}

async function syncAfter(call: StoreCall, directory: string): Promise<void> {
  try {
    await syncDirectory(directory)
  } catch (error) {
    throw storeOutcomeUnknown(call, error)
  }
}

/** ENOTDIR: the path leads through an object, so there is nothing below it. */
function absentIsUndefined(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
  return undefined
}

/** What failed before it had an effect, in the contract's words. */
async function done<T>(call: StoreCall, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof HeadgateError) throw error
    if ((error as Error).name === 'AbortError') throw aborted(call, error)
    if (['EISDIR', 'ENOTDIR', 'EEXIST'].includes(codeOf(error) ?? '')) throw keyConflict(call, error)
    throw storeUnavailable(call, error)
  }
}

function keyConflict({ operation, key }: StoreCall, cause: unknown): HeadgateError {
  return new HeadgateError(
    'invalid-argument',
    `object store: ${operation} ${key} is impossible: a directory cannot hold one object below another`,
    {
      cause,
      facts: { operation, key },
    },
  )
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}
