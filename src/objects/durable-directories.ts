/**
 * Directories whose own entries are on stable storage. A file is found again after a power loss only if every directory
 * above it is, and an existing directory proves nothing: whoever made it may have died before the fsync. So the first
 * use of each directory syncs its parent, once per process.
 */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { limits } from '../shared/limits.ts'

export class DurableDirectories {
  readonly #root: string
  readonly #known = new Map<string, Promise<void>>()

  /** `root` is durable already. */
  constructor(root: string) {
    this.#root = root
  }

  /** Resolves when the directory, and all above it, exist on stable storage. */
  ensure(directory: string): Promise<void> {
    const known = this.#known.get(directory)
    if (known !== undefined) return known
    if (this.#known.size >= limits.durableDirectoriesMax) this.#known.clear()
    const making = this.#make(directory)
    this.#known.set(directory, making)
    return making
  }

  /** Somebody else may have removed it, or a directory above it. */
  forget(directory: string): void {
    for (let path = directory; path.startsWith(this.#root); path = dirname(path)) this.#known.delete(path)
  }

  async #make(directory: string): Promise<void> {
    if (directory === this.#root) return
    const parent = dirname(directory)
    try {
      await this.ensure(parent)
      await mkdirIfAbsent(directory)
      await syncDirectory(parent)
    } catch (error) {
      this.#known.delete(directory)
      throw error
    }
  }
}

/** Makes the directory and what is missing above it, on stable storage. */
export async function createDurableDirectory(directory: string): Promise<void> {
  const firstCreated = await mkdir(directory, { recursive: true })
  if (firstCreated === undefined) return
  const top = dirname(firstCreated)
  for (let path = dirname(directory); ; path = dirname(path)) {
    await syncDirectory(path)
    if (path === top) return
  }
}

/** Puts the names in a directory on stable storage. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function mkdirIfAbsent(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
