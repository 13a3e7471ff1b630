import { describe, expect, test } from 'vitest'
import { objectPieces } from '../../src/log/object-pieces.ts'
import { MemoryObjectStore } from '../../src/objects/memory.ts'
import { ManualClock } from '../../src/shared/clock.ts'
import { HeadgateError } from '../../src/shared/errors.ts'
import { limits } from '../../src/shared/limits.ts'
import { seededRandom } from '../../src/shared/random.ts'
import { logPiecesConformance } from '../conformance/log-pieces.ts'

const random = seededRandom(1)

logPiecesConformance('objects', async () => objectPieces(new MemoryObjectStore(), { clock: new ManualClock(), random }))

describe('log objects', () => {
  test('one that may still be on its way into the index is not called finished', async () => {
    const clock = new ManualClock()
    const store = new MemoryObjectStore()
    await store.put('log/somebody-elses', new Uint8Array(1))
    const pieces = objectPieces(store, { clock, random })
    const { piece } = await pieces.append([new Uint8Array(1)])
    expect(await pieces.listFinished()).toEqual([])
    await clock.advance(limits.orphanPieceAgeMs + 1)
    expect(await pieces.listFinished()).toEqual([piece])
    await pieces.delete(piece)
    expect(await pieces.listFinished()).toEqual([])
  })

  test('every page of a long list is looked at', async () => {
    const store = new MemoryObjectStore()
    const list = store.list.bind(store)
    store.list = (prefix, options) => list(prefix, { ...options, keysMax: 2 })
    const clock = new ManualClock()
    const pieces = objectPieces(store, { clock, random })
    for (let count = 0; count < 5; count++) await pieces.append([new Uint8Array(1)])
    await clock.advance(limits.orphanPieceAgeMs + 1)
    expect(await pieces.listFinished()).toHaveLength(5)
  })

  test('a put whose answer was lost is a failed append: its bytes are dead either way', async () => {
    const store = new MemoryObjectStore()
    store.put = async () => {
      throw new HeadgateError('store-outcome-unknown', 'the answer was lost')
    }
    const pieces = objectPieces(store, { clock: new ManualClock(), random })
    await expect(pieces.append([new Uint8Array(1)])).rejects.toMatchObject({ kind: 'store-unavailable' })
  })
})
