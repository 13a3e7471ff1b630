import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localKeys } from '../../src/objects/local-list.ts'
import { LocalObjectStore } from '../../src/objects/local.ts'
import { utf8Bytes } from '../../src/shared/bytes.ts'
import { randomInt, seededRandom } from '../../src/shared/random.ts'
import { objectStoreConformance } from '../conformance/object-store.ts'
import { isWhole } from './self-proving-bytes.ts'
import { temporaryDirectory } from './temporary-directory.ts'

objectStoreConformance('the local engine', async () => {
  const { path, remove } = await temporaryDirectory()
  return { store: await LocalObjectStore.open(path), close: remove }
})

describe('a local directory', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  beforeEach(async () => {
    directory = await temporaryDirectory()
  })
  afterEach(() => directory.remove())

  test('is made when it is opened, with all that is missing above it', async () => {
    const store = await LocalObjectStore.open(join(directory.path, 'some/where/new'))
    await store.put('key', utf8Bytes('bytes'))
    expect(await readdir(join(directory.path, 'some/where/new'))).toContain('key')
  })

  test('that cannot be made is an error that names it', async () => {
    await writeFile(join(directory.path, 'file'), '')
    await expect(LocalObjectStore.open(join(directory.path, 'file/below'))).rejects.toMatchObject({
      kind: 'store-unavailable',
      message: expect.stringContaining(join(directory.path, 'file/below')) as string,
    })
  })

  test('holds objects as plain files, which survive closing and opening', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('a/b/one', utf8Bytes('1'))
    await store.putIfAbsent('a/two', utf8Bytes('2'))
    expect(execFileSync('cat', [join(directory.path, 'a/b/one'), join(directory.path, 'a/two')], { encoding: 'utf8' })).toBe('12')
    const reopened = await LocalObjectStore.open(directory.path)
    expect(await reopened.list('')).toEqual([
      { key: 'a/b/one', sizeBytes: 1 },
      { key: 'a/two', sizeBytes: 1 },
    ])
  })

  test('that was deleted meanwhile is made again by the next write', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('a/b', utf8Bytes('1'))
    for (const write of ['put', 'putIfAbsent'] as const) {
      await rm(directory.path, { recursive: true })
      await store[write]('a/b', utf8Bytes('2'))
      expect(await store.get('a/b')).toEqual(utf8Bytes('2'))
    }
  })

  test('leaves no temporary file behind, whether a write succeeds, loses or fails', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('a/b', utf8Bytes('1'))
    await store.putIfAbsent('c', utf8Bytes('1'))
    await store.putIfAbsent('c', utf8Bytes('1'))
    await Promise.all(Array.from({ length: 5 }, () => store.putIfAbsent('d', utf8Bytes('1'))))
    await expect(store.put('c/below', utf8Bytes('1'))).rejects.toThrow()
    const controller = new AbortController()
    const aborted = store.put('e', new Uint8Array(5_000_000), { signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ kind: 'shutting-down' })
    expect(await readdir(join(directory.path, '~tmp'))).toEqual([])
  })

  test('clears away what dead processes left, and nothing of living ones', async () => {
    await mkdir(join(directory.path, '~tmp'))
    const dead = spawn(process.execPath, ['--version'])
    await once(dead, 'exit')
    for (const name of [`${dead.pid}-aabbcc-0`, `${process.pid}-of an earlier life-0`, 'not a number', `${process.ppid}-ddeeff-0`])
      await writeFile(join(directory.path, '~tmp', name), 'half')
    const store = await LocalObjectStore.open(directory.path)
    expect(await readdir(join(directory.path, '~tmp'))).toEqual([`${process.ppid}-ddeeff-0`])
    expect(await store.list('')).toEqual([])
  })

  test('shows only what it holds as objects: no strange names, no links', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('a/object', utf8Bytes('1'))
    await writeFile(join(directory.path, 'a/.object.crc~'), '')
    await writeFile(join(directory.path, 'a/with space'), '')
    await symlink('/etc', join(directory.path, 'b'))
    expect(await store.list('')).toEqual([{ key: 'a/object', sizeBytes: 1 }])
  })

  test('writes on when a directory is removed behind its back', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('table/data/1', utf8Bytes('1'))
    await rm(join(directory.path, 'table'), { recursive: true })
    await store.put('table/data/2', utf8Bytes('2'))
    await rm(join(directory.path, 'table'), { recursive: true })
    expect(await store.putIfAbsent('table/data/3', utf8Bytes('3'))).toBe('created')
    expect((await store.list('table/')).map(({ key }) => key)).toEqual(['table/data/3'])
  })

  test('refuses an object below another, or where others lie below', async () => {
    const store = await LocalObjectStore.open(directory.path)
    await store.put('a/object', utf8Bytes('1'))
    for (const key of ['a', 'a/object/below'])
      for (const write of [() => store.put(key, utf8Bytes('2')), () => store.putIfAbsent(key, utf8Bytes('2'))])
        await expect(write()).rejects.toMatchObject({ kind: 'invalid-argument', message: expect.stringContaining(key) as string })
  })

  test('is read no further than its keys are asked for', async () => {
    const store = await LocalObjectStore.open(directory.path)
    for (const key of ['a/1', 'b/1', 'c/1']) await store.put(key, utf8Bytes('1'))
    const keys = localKeys(directory.path, '', '')
    expect((await keys.next()).value).toBe('a/1')
    await store.put('b/0', utf8Bytes('1'))
    expect((await keys.next()).value).toBe('b/0')
    expect((await keys.next()).value).toBe('b/1')
    expect((await keys.next()).value).toBe('c/1')
    expect((await keys.next()).done).toBe(true)
  })
})

describe('a process killed while it writes', () => {
  const seed = 20_260_801
  test(`leaves every object whole (seed ${seed})`, async () => {
    const random = seededRandom(seed)
    const { path, remove } = await temporaryDirectory()
    let acknowledgedMax = 0
    for (let round = 0; round < 6; round++) {
      const acknowledged = await writeUntilKilled(path, { seed: seed + round, writesBeforeKill: 5 + randomInt(random, 40) })
      const store = await LocalObjectStore.open(path)
      expect(await readdir(join(path, '~tmp'))).toEqual([])
      const heads = await store.list('')
      for (const { key } of heads) expect(isWhole((await store.get(key)) ?? new Uint8Array())).toBe(true)
      const keys = new Set(heads.map(({ key }) => key))
      expect(acknowledged.filter((key) => !keys.has(key))).toEqual([])
      acknowledgedMax = Math.max(acknowledgedMax, acknowledged.length)
    }
    expect(acknowledgedMax).toBeGreaterThan(5)
    await remove()
  })

  /** Answers the keys whose writes were answered before the kill. */
  async function writeUntilKilled(path: string, { seed, writesBeforeKill }: { seed: number; writesBeforeKill: number }): Promise<string[]> {
    const script = new URL('./write-until-killed.ts', import.meta.url).pathname
    const child = spawn(process.execPath, [script, path, String(seed)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const acknowledged: string[] = []
    for await (const key of createInterface({ input: child.stdout })) {
      acknowledged.push(key)
      if (acknowledged.length === writesBeforeKill) child.kill('SIGKILL')
    }
    expect(await exited).toEqual([null, 'SIGKILL'])
    return acknowledged
  }
})
