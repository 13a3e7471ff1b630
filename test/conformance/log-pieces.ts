import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogPieces } from '../../src/log/log-pieces.ts'

/** What every place for log bytes promises. `open` gives an empty one. */
export function logPiecesConformance(engine: string, open: () => Promise<LogPieces>): void {
  describe(`log pieces: ${engine}`, () => {
    let pieces: LogPieces
    beforeEach(async () => {
      pieces = await open()
    })
    afterEach(() => pieces.close())

    test('chunks are stored one after the other, and any range of them comes back', async () => {
      const { piece, position } = await pieces.append([Uint8Array.of(1, 2, 3), Uint8Array.of(4), Uint8Array.of(5, 6)])
      for (const [start, expected] of [
        [0, [1, 2, 3, 4, 5, 6]],
        [2, [3, 4]],
        [5, [6]],
      ] as const)
        expect(await pieces.read(piece, { position: position + start, length: expected.length })).toEqual(Uint8Array.from(expected))
    })

    test('what was appended stays as it was, whatever is appended later', async () => {
      const first = await pieces.append([new Uint8Array(100).fill(1)])
      const second = await pieces.append([new Uint8Array(100).fill(2)])
      expect([first.piece, first.position]).not.toEqual([second.piece, second.position])
      expect(await pieces.read(first.piece, { position: first.position, length: 100 })).toEqual(new Uint8Array(100).fill(1))
      expect(await pieces.read(second.piece, { position: second.position, length: 100 })).toEqual(new Uint8Array(100).fill(2))
    })

    test('an append of thousands of chunks is stored whole', async () => {
      const chunks = Array.from({ length: 3_000 }, (_, index) => new Uint8Array(7).fill(index % 251))
      const { piece, position } = await pieces.append(chunks)
      expect(await pieces.read(piece, { position: position + 7 * 2_999, length: 7 })).toEqual(chunks[2_999])
    })

    test('bytes that were read are the caller’s to change', async () => {
      const { piece, position } = await pieces.append([Uint8Array.of(1, 2, 3)])
      const bytes = await pieces.read(piece, { position, length: 3 })
      bytes?.fill(9)
      expect(await pieces.read(piece, { position, length: 3 })).toEqual(Uint8Array.of(1, 2, 3))
    })

    test('reading past the end of a piece is corruption, not a short answer', async () => {
      const { piece, position } = await pieces.append([Uint8Array.of(1, 2, 3)])
      await expect(pieces.read(piece, { position, length: 1_000 })).rejects.toMatchObject({ kind: 'store-corrupt' })
    })

    test('a piece that is not there is undefined, and deleting it succeeds', async () => {
      await pieces.delete('1700000000000-00000000')
      expect(await pieces.read('1700000000000-00000000', { position: 0, length: 1 })).toBeUndefined()
    })
  })
}
