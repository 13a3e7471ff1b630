import { open, readdir, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { createDurableDirectory, syncDirectory } from '../objects/durable-directories.ts'
import { HeadgateError } from '../shared/errors.ts'

/** The files of one directory, as the segments need them: a seam, so that a simulation can lose what was not synced. */
export interface SegmentFiles {
  list(): Promise<string[]>
  /** A new, empty file; its name is on stable storage when the promise resolves. */
  create(name: string): Promise<SegmentWriter>
  /** Undefined when there is no such file. */
  open(name: string): Promise<SegmentReader | undefined>
  /** Removing what is not there succeeds. */
  remove(name: string): Promise<void>
}

export interface SegmentWriter {
  /** Writes the chunks at the end of the file and syncs them. */
  append(chunks: readonly Uint8Array[]): Promise<void>
  close(): Promise<void>
}

export interface SegmentReader {
  /** Exactly that many bytes, in memory of the caller's; `store-corrupt` when the file ends before. */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>
  close(): Promise<void>
}

export async function openSegmentDirectory(directory: string): Promise<SegmentFiles> {
  await createDurableDirectory(directory)
  return {
    list: () => readdir(directory),
    async create(name) {
      const file = await open(join(directory, name), 'wx')
      try {
        // Without it a power loss can forget the new file's name, and with it bytes that were synced.
        await syncDirectory(directory)
        return fileWriter(file)
      } catch (error) {
        await file.close()
        throw error
      }
    },
    async open(name) {
      const path = join(directory, name)
      const file = await ifThere(open(path, 'r'))
      return file && fileReader(file, path)
    },
    remove: (name) => rm(join(directory, name), { force: true }),
  }
}

function fileWriter(file: FileHandle): SegmentWriter {
  return {
    async append(chunks) {
      await writeAll(file, chunks)
      await file.datasync()
    },
    close: () => file.close(),
  }
}

/** One `writev`, and further ones for what it left: it may write less than it was given. */
async function writeAll(file: FileHandle, chunks: readonly Uint8Array[]): Promise<void> {
  for (let left = chunks; left.length > 0;) {
    const { bytesWritten } = await file.writev([...left])
    left = afterBytes(left, bytesWritten)
  }
}

function afterBytes(chunks: readonly Uint8Array[], byteCount: number): Uint8Array[] {
  let skipped = byteCount
  const left: Uint8Array[] = []
  for (const chunk of chunks) {
    if (skipped < chunk.byteLength) left.push(chunk.subarray(skipped))
    skipped = Math.max(0, skipped - chunk.byteLength)
  }
  return left
}

function fileReader(file: FileHandle, path: string): SegmentReader {
  return {
    async read(position, length) {
      const bytes = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const { bytesRead } = await file.read(bytes, done, length - done, position + done)
        if (bytesRead === 0) throw endsEarly(path, position + done)
        done += bytesRead
      }
      return bytes
    },
    close: () => file.close(),
  }
}

async function ifThere<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function endsEarly(path: string, position: number): HeadgateError {
  return new HeadgateError('store-corrupt', `${path} ends at ${position}, before bytes that were acknowledged`, {
    facts: { path, position },
  })
}
