import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes the directory and what is missing above it, on stable storage: a file is found again after a power loss only
 * if every directory above it is. The parent is synced even when the directory is there already, because whoever made
 * it may have died before that. (SQLite syncs the directory itself when it makes its files.)
 */
export function makeDurableDirectory(path: string): void {
  const directory = resolve(path)
  const firstMade = mkdirSync(directory, { recursive: true }) ?? directory
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    syncDirectory(parent)
    if (parent === dirname(firstMade)) return
  }
}

function syncDirectory(directory: string): void {
  const descriptor = openIfAllowed(directory)
  if (descriptor === undefined) return
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A directory that this user may not read was made by the machine's owner, and what is in it too. */
function openIfAllowed(directory: string): number | undefined {
  try {
    return openSync(directory, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return undefined
    throw error
  }
}
