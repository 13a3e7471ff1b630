/**
 * Opens an object store by its location: the one place that knows the engines. Each is loaded only when it is asked for.
 */
import { resolve } from 'node:path'
import { HeadgateError } from '../shared/errors.ts'
import type { LakeRoot } from './lake-root.ts'
import type { ObjectStore } from './object-store.ts'

type Opener = (uri: string) => Promise<ObjectStore>

const openLocal: Opener = async (uri) => {
  const { LocalObjectStore } = await import('./local.ts')
  return await LocalObjectStore.open(pathOf(uri))
}

const openMemory: Opener = async () => {
  const { MemoryObjectStore } = await import('./memory.ts')
  return new MemoryObjectStore()
}

/** By URL scheme. */
const engines: ReadonlyMap<string, Opener> = new Map([
  ['file', openLocal],
  ['memory', openMemory],
])

/** A URI (`file:///var/lake`, `memory:`) or the path of a local directory. Answers it with the URI that foreign readers use. */
export async function openObjectStore(location: string): Promise<LakeRoot> {
  const uri = uriOfLocation(location)
  const scheme = uri.slice(0, uri.indexOf(':'))
  const open = engines.get(scheme)
  if (open === undefined)
    throw new HeadgateError(
      'unsupported',
      `no object store for ${scheme}:// (${location}); known are a local path and ${[...engines.keys()].join(', ')}`,
      {
        facts: { location, scheme },
      },
    )
  return { uri, store: await open(uri) }
}

/** Without a trailing slash; a path becomes absolute. Raw, never percent-encoded, as table metadata has it. */
function uriOfLocation(location: string): string {
  if (location === '')
    throw new HeadgateError('invalid-argument', 'an object store needs a location: a directory, or a URI such as file:///var/lake')
  // Two letters at least: C:\lake is a path.
  if (!/^[a-z][a-z0-9+.-]+:/i.test(location)) return `file://${resolve(location)}`
  return location.startsWith('file:') ? `file://${resolve(pathOf(location))}` : location.replace(/\/+$/, '')
}

function pathOf(uri: string): string {
  if (!uri.startsWith('file:///'))
    throw new HeadgateError('invalid-argument', `${uri} is not an absolute file URI; write file:///path`, { facts: { uri } })
  return uri.slice('file://'.length)
}
