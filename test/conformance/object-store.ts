import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectHead, ObjectStore } from '../../src/objects/object-store.ts'
import { concatBytes, utf8Bytes } from '../../src/shared/bytes.ts'
import { seededRandom } from '../../src/shared/random.ts'

export interface StoreUnderTest {
  readonly store: ObjectStore
  close(): Promise<void>
}

/** What every engine promises. `open` gives an empty store; it is called before each test. */
export function objectStoreConformance(engine: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${engine} keeps the contract of object stores`, () => {
    let opened: StoreUnderTest
    let store: ObjectStore
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.close())

    describe('objects', () => {
      test('are given back byte for byte: empty, one byte, and 5 MB', async () => {
        for (const bytes of [new Uint8Array(), Uint8Array.of(0), seededRandom(1).bytes(5_000_000)]) {
          await store.put('a/object', bytes)
          expect(isSame(await store.get('a/object'), bytes)).toBe(true)
          expect(await store.head('a/object')).toEqual({ key: 'a/object', sizeBytes: bytes.length })
          expect(await store.putIfAbsent(`b/${bytes.length}`, bytes)).toBe('created')
          expect(isSame(await store.get(`b/${bytes.length}`), bytes)).toBe(true)
        }
      })

      test('are put in pieces, one behind the other', async () => {
        for (const pieces of [
          [],
          [new Uint8Array()],
          [Uint8Array.of(1), new Uint8Array(), seededRandom(2).bytes(3_000_000), Uint8Array.of(2, 3)],
        ]) {
          await store.put('a/object', pieces)
          expect(isSame(await store.get('a/object'), concatBytes(pieces))).toBe(true)
        }
      })

      test('belong to whoever asked, and whoever put them may reuse the memory', async () => {
        const bytes = Uint8Array.of(1, 2, 3)
        await store.put('key', bytes)
        bytes.fill(9)
        const got = await store.get('key')
        expect([...(got ?? [])]).toEqual([1, 2, 3])
        got?.fill(9)
        expect([...((await store.get('key')) ?? [])]).toEqual([1, 2, 3])
      })

      test('that are missing are undefined, not an error', async () => {
        await store.put('there/object', Uint8Array.of(1))
        for (const key of ['missing', 'there', 'there/missing', 'there/object/below', 'there/obj']) {
          expect(await store.get(key)).toBeUndefined()
          expect(await store.getRange(key, { start: 0, length: 1 })).toBeUndefined()
          expect(await store.head(key)).toBeUndefined()
        }
      })

      test('are replaced whole: a reader sees the old one or the new one', async () => {
        const versions = Array.from({ length: 12 }, (_, version) => new Uint8Array(200_000 + version).fill(version))
        await store.put('key', versions[0] ?? new Uint8Array())
        const progress = { isWriting: true }
        const writing = (async () => {
          for (const version of versions) await store.put('key', version)
          progress.isWriting = false
        })()
        while (progress.isWriting) {
          const seen = (await store.get('key')) ?? new Uint8Array()
          expect(isSame(seen, versions[seen.length - 200_000] ?? new Uint8Array())).toBe(true)
        }
        await writing
      })

      test('are gone after delete, which may be said twice', async () => {
        await store.put('a/b/key', Uint8Array.of(1))
        await store.delete('a/b/key')
        expect(await store.get('a/b/key')).toBeUndefined()
        await store.delete('a/b/key')
        await store.delete('never/there')
        await store.delete('a/b')
        expect(await store.list('')).toEqual([])
        expect(await store.putIfAbsent('a/b/key', Uint8Array.of(2))).toBe('created')
      })
    })

    describe('putIfAbsent', () => {
      test('creates once, and leaves what is there', async () => {
        expect(await store.putIfAbsent('a/key', utf8Bytes('first'))).toBe('created')
        expect(await store.putIfAbsent('a/key', utf8Bytes('second'))).toBe('exists')
        expect(textOf(await store.get('a/key'))).toBe('first')
        await store.put('a/key', utf8Bytes('third'))
        expect(await store.putIfAbsent('a/key', utf8Bytes('fourth'))).toBe('exists')
        expect(textOf(await store.get('a/key'))).toBe('third')
      })

      test('has one winner among 50, whose bytes are there as soon as anybody knows', async () => {
        const answers = await Promise.all(
          Array.from({ length: 50 }, async (_, writer) => {
            const outcome = await store.putIfAbsent('deep/new/directory/key', utf8Bytes(`writer ${writer}`))
            return { writer, outcome, seen: textOf(await store.get('deep/new/directory/key')) }
          }),
        )
        const winners = answers.filter(({ outcome }) => outcome === 'created')
        expect(winners).toHaveLength(1)
        expect(new Set(answers.map(({ seen }) => seen))).toEqual(new Set([`writer ${winners[0]?.writer}`]))
      })
    })

    describe('ranges', () => {
      const cases: [start: number, length: number, text: string][] = [
        [0, 10, '0123456789'],
        [0, 3, '012'],
        [4, 2, '45'],
        [8, 2, '89'],
        [8, 100, '89'],
        [9, 1, '9'],
        [10, 1, ''],
        [11, 5, ''],
        [1_000_000, 5, ''],
        [3, 0, ''],
      ]
      test('end where the object ends', async () => {
        await store.put('key', utf8Bytes('0123456789'))
        for (const [start, length, text] of cases) expect(textOf(await store.getRange('key', { start, length }))).toBe(text)
      })
    })

    describe('list', () => {
      const keys = [
        'a',
        'a-b/1',
        'a.b',
        'b/1',
        'b/10',
        'b/2',
        'b/2-/x',
        'b/2.x',
        'b/20/x',
        'b0',
        'c/d/e/f',
        'c/d/e=1/f',
        'c/d/e_/f',
        'z/Z',
        'z/_',
        'z/z',
      ]

      beforeEach(async () => {
        for (const key of keys) await store.put(key, utf8Bytes(key))
      })

      test('gives every key below a prefix in byte order, with its size', async () => {
        const bytesOrder = keys.map((key) => Buffer.from(key)).sort((a, b) => a.compare(b))
        expect(await store.list('')).toEqual(bytesOrder.map((key) => ({ key: String(key), sizeBytes: key.length })))
      })

      for (const [prefix, found] of [
        ['a', ['a', 'a-b/1', 'a.b']],
        ['b/', ['b/1', 'b/10', 'b/2', 'b/2-/x', 'b/2.x', 'b/20/x']],
        ['b/2', ['b/2', 'b/2-/x', 'b/2.x', 'b/20/x']],
        ['b/2/', []],
        ['b', ['b/1', 'b/10', 'b/2', 'b/2-/x', 'b/2.x', 'b/20/x', 'b0']],
        ['c/d/e', ['c/d/e/f', 'c/d/e=1/f', 'c/d/e_/f']],
        ['nothing/here/', []],
        ['a/', []],
        ['a/x', []],
        ['b0/x', []],
      ] as const)
        test(`below "${prefix}"`, async () => expect(keysOf(await store.list(prefix)).sort()).toEqual([...found].sort()))

      test('goes on after any key, there or not, in pages of any size', async () => {
        const all = keysOf(await store.list(''))
        for (const after of [...all, '', 'b', 'b/', 'b/2-', 'b/2/', 'b/3', 'c/d/e', 'zz', '0'])
          for (const keysMax of [1, 2, 5, 100])
            expect(keysOf(await store.list('', { after, keysMax }))).toEqual(all.filter((key) => key > after).slice(0, keysMax))
        expect(keysOf(await store.list('b/2', { after: 'b/2' }))).toEqual(['b/2-/x', 'b/2.x', 'b/20/x'])
        expect(keysOf(await store.list('b/2', { after: 'c' }))).toEqual([])
        expect(keysOf(await store.list('b/2', { after: 'a', keysMax: 1 }))).toEqual(['b/2'])
      })
    })

    test('a random history of calls gives what a map would give', async () => {
      const key = fc.constantFrom('k', 'd/1', 'd/2', 'd/e/1', 'd-e/1', 'd.e')
      const call = fc.record({ operation: fc.constantFrom('put', 'putIfAbsent', 'delete', 'get', 'list' as const), key, size: fc.nat(300) })
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
          const room = `run-${run++}/`
          const model = new Map<string, number>()
          for (const { operation, key, size } of calls) {
            const bytes = new Uint8Array(size).fill(size)
            if (operation === 'put') await store.put(room + key, bytes)
            if (operation === 'putIfAbsent') expect(await store.putIfAbsent(room + key, bytes)).toBe(model.has(key) ? 'exists' : 'created')
            if (operation === 'put' || (operation === 'putIfAbsent' && !model.has(key))) model.set(key, size)
            if (operation === 'delete') await store.delete(room + key)
            if (operation === 'delete') model.delete(key)
            if (operation === 'get') expect((await store.get(room + key))?.length).toBe(model.get(key))
            if (operation === 'list') expect(keysOf(await store.list(room))).toEqual([...model.keys()].sort().map((name) => room + name))
          }
        }),
        { numRuns: 25 },
      )
    })

    test('an aborted call is refused as shutting down, and does nothing', async () => {
      await store.put('key', Uint8Array.of(1))
      const options = { signal: AbortSignal.abort(new Error('draining')) }
      const calls: (() => Promise<unknown>)[] = [
        () => store.get('key', options),
        () => store.getRange('key', { start: 0, length: 1 }, options),
        () => store.head('key', options),
        () => store.list('', options),
        () => store.put('key', Uint8Array.of(2), options),
        () => store.putIfAbsent('other', Uint8Array.of(2), options),
        () => store.delete('key', options),
      ]
      for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'HeadgateError', kind: 'shutting-down' })
      expect(await store.list('')).toEqual([{ key: 'key', sizeBytes: 1 }])
      expect([...((await store.get('key')) ?? [])]).toEqual([1])
    })

    test('a write that is aborted half-way is there whole or not at all', async () => {
      const bytes = seededRandom(2).bytes(5_000_000)
      const controller = new AbortController()
      const writing = store.put('key', bytes, { signal: controller.signal })
      controller.abort(new Error('draining'))
      const isAborted = await writing.then(
        () => false,
        (error: unknown) => {
          expect(error).toMatchObject({ name: 'HeadgateError', kind: 'shutting-down' })
          return true
        },
      )
      const found = await store.get('key')
      expect(found === undefined || isSame(found, bytes)).toBe(true)
      if (!isAborted) expect(found).toBeDefined()
      expect((await store.list('')).length).toBe(found === undefined ? 0 : 1)
    })

    describe('keys that are not portable are refused', () => {
      for (const key of [
        '',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        'a/../b',
        'a/./b',
        '../a',
        'a b',
        'a%20b',
        'ä',
        'a\\b',
        'a\0b',
        'a:b',
        '~tmp/x',
        'x'.repeat(256),
        'x/'.repeat(512) + 'x',
      ])
        test(JSON.stringify(key.slice(0, 20)), async () => {
          const refusal = { name: 'HeadgateError', kind: 'invalid-argument' }
          await expect(store.put(key, Uint8Array.of(1))).rejects.toMatchObject(refusal)
          await expect(store.putIfAbsent(key, Uint8Array.of(1))).rejects.toMatchObject(refusal)
          await expect(store.get(key)).rejects.toMatchObject(refusal)
          await expect(store.delete(key)).rejects.toMatchObject(refusal)
        })

      test('prefixes as well, though they may end anywhere', async () => {
        for (const prefix of ['/', '//', '../', 'a/../', './', 'a b', '~tmp'])
          await expect(store.list(prefix)).rejects.toMatchObject({ name: 'HeadgateError', kind: 'invalid-argument' })
        for (const prefix of ['', 'a', 'a/', 'a/.', '..']) expect(await store.list(prefix)).toEqual([])
      })
    })
  })
}

function keysOf(heads: readonly ObjectHead[]): string[] {
  return heads.map(({ key }) => key)
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString()
}

function isSame(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && Buffer.compare(a, b) === 0
}
