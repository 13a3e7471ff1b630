import type { AppendOutcome } from '../../../src/log/log.ts'
import type { LogPieces } from '../../../src/log/log-pieces.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import type { StateStore } from '../../../src/state/state-store.ts'

/** Pieces and state stores that wait, count or fail at one place, and are the real thing everywhere else. */
export function afterAppend(pieces: LogPieces, wait: () => Promise<void>): LogPieces {
  const append: LogPieces['append'] = async (chunks) => {
    const at = await pieces.append(chunks)
    await wait()
    return at
  }
  return withAppend(pieces, append)
}

export function counting(pieces: LogPieces, writes: number[]): LogPieces {
  return withAppend(pieces, (chunks) => {
    writes.push(chunks.length)
    return pieces.append(chunks)
  })
}

export function countingReads(pieces: LogPieces, reads: number[]): LogPieces {
  return {
    append: (chunks) => pieces.append(chunks),
    read(piece, range) {
      reads.push(range.length)
      return pieces.read(piece, range)
    },
    listFinished: () => pieces.listFinished(),
    delete: (piece) => pieces.delete(piece),
    close: () => pieces.close(),
  }
}

function withAppend(pieces: LogPieces, append: LogPieces['append']): LogPieces {
  return {
    append,
    read: (piece, range) => pieces.read(piece, range),
    listFinished: () => pieces.listFinished(),
    delete: (piece) => pieces.delete(piece),
    close: () => pieces.close(),
  }
}

export function beforeCommit(store: StateStore, wait: () => Promise<void>): StateStore {
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      await wait()
      return store.appendBatches(scope, decide)
    },
  }
}

export function afterCommit(store: StateStore, wait: () => Promise<void>): StateStore {
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      const result = await store.appendBatches(scope, decide)
      await wait()
      return result
    },
  }
}

interface CommitFailure {
  readonly times: number
  readonly kind: 'store-unavailable' | 'store-outcome-unknown' | 'store-corrupt'
  /** Whether the transaction was done before its answer was lost. */
  readonly isCommitted?: boolean
}

/** Fails the first commits. Like a real store it decides first, whatever becomes of it then. */
export function failingCommits(store: StateStore, { times, kind, isCommitted = false }: CommitFailure): StateStore {
  let left = times
  return {
    ...store,
    appendBatches: async (scope, decide) => {
      if (left-- <= 0) return store.appendBatches(scope, decide)
      if (isCommitted) await store.appendBatches(scope, decide)
      else await store.appendBatches(scope, (loaded) => ({ ...decide(loaded), batches: [], nextOffsets: [], producers: [] }))
      throw new HeadgateError(kind, 'a fault on purpose')
    },
  }
}

export function offsetOf(outcome: AppendOutcome): bigint | string {
  return outcome.kind === 'appended' ? outcome.baseOffset : outcome.kind
}
