/**
 * Files on their way to becoming objects, in one directory of the store: on the same file system as the objects, so
 * that a rename or a link is atomic, and under a name that no key can have, so that nobody lists them.
 */
import { mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { createDurableDirectory } from './durable-directories.ts'

/** `~` is not a character of keys. */
const directoryName = '~tmp'

/** Tells the files of this process from those of an earlier one that had the same process id. */
const processNonce = randomBytes(6).toString('hex')
let filesMade = 0

export class TemporaryFiles {
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  static async open(root: string): Promise<TemporaryFiles> {
    const directory = join(root, directoryName)
    await mkdir(directory, { recursive: true })
    await removeLeftovers(directory)
    return new TemporaryFiles(directory)
  }

  /** A file with this content on stable storage; its name is not. Leaves nothing behind when it fails. */
  async write(content: Uint8Array | readonly Uint8Array[], signal?: AbortSignal): Promise<string> {
    const path = join(this.#directory, `${process.pid}-${processNonce}-${filesMade++}`)
    const handle = await this.#create(path)
    try {
      await handle.writeFile(content, { signal })
      await handle.datasync()
    } catch (error) {
      await this.remove(path)
      throw error
    } finally {
      await handle.close()
    }
    return path
  }

  async #create(path: string): Promise<FileHandle> {
    try {
      return await open(path, 'wx')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
      // Somebody removed the store's whole directory; its root has to be durable before any name in it is.
      await createDurableDirectory(this.#directory)
      return await open(path, 'wx')
    }
  }

  /** Never fails: what stays is a leftover for the next start. */
  async remove(path: string): Promise<void> {
    await rm(path, { force: true }).catch(() => {})
  }
}

/**
 * Removes what processes left that are no more. A live one's files stay (a command beside a server); where process ids
 * mislead, in another container, its write fails with `store-unavailable` and is done again.
 */
async function removeLeftovers(directory: string): Promise<void> {
  for (const name of await readdir(directory)) if (!isOwnerAlive(name)) await rm(join(directory, name), { force: true })
}

function isOwnerAlive(name: string): boolean {
  const [pid = '', nonce] = name.split('-')
  if (Number(pid) === process.pid) return nonce === processNonce
  try {
    return process.kill(Number(pid), 0)
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
