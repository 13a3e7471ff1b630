/**
 * Keys of a directory tree in ascending byte order, as S3 lists them. A directory sorts as its name with a slash:
 * `a-b` before `a/b` before `a0`. Only directories that can hold an asked key are read, one level at a time.
 */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isKeySegment } from './keys.ts'

/** Keys with the prefix, strictly after `after`. Whoever stops asking stops the reading. */
export async function* localKeys(root: string, prefix: string, after: string): AsyncGenerator<string> {
  const directoryKey = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  yield* keysBelow(root, directoryKey, { prefix, after })
}

async function* keysBelow(root: string, directoryKey: string, wanted: { prefix: string; after: string }): AsyncGenerator<string> {
  for (const name of await sortedNames(join(root, directoryKey))) {
    const key = directoryKey + name
    if (!key.startsWith(wanted.prefix)) continue
    if (!key.endsWith('/')) {
      if (key > wanted.after) yield key
    } else if (key > wanted.after || wanted.after.startsWith(key)) yield* keysBelow(root, key, wanted)
  }
}

/** Names of files, and of directories with a slash, in the order of the keys that they begin. */
async function sortedNames(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(absentIsEmpty)
  return entries.flatMap((entry) => (isKeySegment(entry.name) ? sortableName(entry) : [])).sort()
}

function sortableName(entry: Dirent): string[] {
  if (entry.isDirectory()) return [`${entry.name}/`]
  return entry.isFile() ? [entry.name] : []
}

function absentIsEmpty(error: NodeJS.ErrnoException): Dirent[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []
  throw error
}
