import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keyOf, uriOf } from '../../src/objects/lake-root.ts'
import { openObjectStore } from '../../src/objects/open.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { temporaryDirectory } from './temporary-directory.ts'

describe('a location opens the engine of its scheme', () => {
  test('a path and a file URI are the same local directory', async () => {
    const { path, remove } = await temporaryDirectory()
    const byPath = await openObjectStore(join(path, 'a lake'))
    await byPath.store.put('key', utf8Bytes('1'))
    for (const location of [`file://${path}/a lake`, `file://${path}/a lake/`, `${path}/x/../a lake/`]) {
      const { uri, store } = await openObjectStore(location)
      expect(uri).toBe(`file://${path}/a lake`)
      expect(await store.list('')).toEqual([{ key: 'key', sizeBytes: 1 }])
    }
    await remove()
  })

  test('a relative path is made absolute', async () => {
    const { path, remove } = await temporaryDirectory()
    expect((await openObjectStore(relative(process.cwd(), path))).uri).toBe(`file://${path}`)
    await remove()
  })

  test('memory: is new each time', async () => {
    const { uri, store } = await openObjectStore('memory:lake/')
    expect(uri).toBe('memory:lake')
    await store.put('key', utf8Bytes('1'))
    expect(await (await openObjectStore('memory:lake')).store.list('')).toEqual([])
  })

  for (const [location, kind, message] of [
    ['', 'invalid-argument', /needs a location/],
    ['file:relative', 'invalid-argument', /write file:\/\/\/path/],
    ['file://host/path', 'invalid-argument', /not an absolute file URI/],
    ['gopher://lake', 'unsupported', /no object store for gopher:\/\/ \(gopher:\/\/lake\); known are a local path and file, memory/],
    ['constructor:x', 'unsupported', /no object store for constructor/],
  ] as const)
    test(`"${location}" is refused`, async () => {
      await expect(openObjectStore(location)).rejects.toMatchObject({ kind, message: expect.stringMatching(message) as string })
    })
})

test('keys and URIs below a root are two names of one thing', async () => {
  const root = await openObjectStore('memory:lake')
  expect(uriOf(root, 'a/b')).toBe('memory:lake/a/b')
  expect(keyOf(root, 'memory:lake/a/b')).toBe('a/b')
  expect(keyOf(root, 'memory:lakeside/a/b')).toBeUndefined()
})
