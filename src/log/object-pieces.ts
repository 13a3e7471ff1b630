import type { ObjectStore } from '../objects/object-store.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import type { LogPieces } from './log-pieces.ts'
import { newPieceName, pieceBegunAtMs } from './piece-name.ts'

/** Objects of the log, apart from those of the lake. */
const prefix = 'log/'

/** The log in an object store: one object per group commit. Several brokers may share the store. */
export function objectPieces(store: ObjectStore, world: { readonly clock: Clock; readonly random: Random }): LogPieces {
  return {
    async append(chunks) {
      const piece = newPieceName(world)
      try {
        await store.put(prefix + piece, chunks)
      } catch (error) {
        // Whether it is there or not: no batch will name it, and it is removed with the other orphans.
        throw new HeadgateError('store-unavailable', `cannot write to the log: ${messageOf(error)}`, { cause: error })
      }
      return { piece, position: 0 }
    },
    async read(piece, { position, length }) {
      const bytes = await store.getRange(prefix + piece, { start: position, length })
      if (bytes && bytes.byteLength < length) throw endsEarly(piece, position + bytes.byteLength)
      // By the store's contract the memory is ours; only its type does not say so.
      return bytes as Uint8Array<ArrayBuffer> | undefined
    },
    listFinished: () => listFinished(store, world.clock.now() - limits.orphanPieceAgeMs),
    delete: (piece) => store.delete(prefix + piece),
    close: async () => {},
  }
}

/** An object is whole once it is there, but its index entry may be under way, on any broker: age alone tells. */
async function listFinished(store: ObjectStore, begunBeforeMs: number): Promise<string[]> {
  const finished: string[] = []
  for (let after: string | undefined; ;) {
    const heads = await store.list(prefix, after === undefined ? {} : { after })
    for (const { key } of heads) {
      const piece = key.slice(prefix.length)
      const begunAtMs = pieceBegunAtMs(piece)
      if (begunAtMs !== undefined && begunAtMs < begunBeforeMs) finished.push(piece)
    }
    after = heads.at(-1)?.key
    if (after === undefined) return finished
  }
}

function endsEarly(piece: string, position: number): HeadgateError {
  return new HeadgateError('store-corrupt', `log object ${piece} ends at ${position}, before bytes that were acknowledged`, {
    facts: { piece, position },
  })
}
