import type { Clock } from '../shared/clock.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Random } from '../shared/random.ts'
import { retry } from '../shared/retry.ts'

/**
 * Other processes (PyIceberg, Spark, Trino) may hold the database locked for a moment. SQLite would wait by blocking
 * the thread, and with it every connection; so its own timeout is short, and the waiting happens here.
 */
export interface SqliteWaits {
  readonly clock: Clock
  readonly random: Random
}

export async function whileBusy<T>(run: () => T, { clock, random }: SqliteWaits, signal?: AbortSignal): Promise<T> {
  try {
    return await retry(async () => run(), {
      attemptsMax: limits.catalogBusyAttemptsMax,
      backoff: limits.catalogBusyBackoff,
      clock,
      random,
      isRetriable: isBusy,
      ...(signal ? { signal } : {}),
    })
  } catch (error) {
    if (isBusy(error))
      throw new HeadgateError('store-unavailable', `the catalog database stayed locked by another process (${messageOf(error)})`, {
        cause: error,
      })
    throw error
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED, with their extended codes: the statement was surely not done. */
function isBusy(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === SQLITE_BUSY || code === SQLITE_LOCKED
}

/** SQLITE_CONSTRAINT: a row with this key is there already. */
export function isConstraint(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_CONSTRAINT
}

/** The primary result code of an error from `node:sqlite`. */
function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  return typeof code === 'number' ? code & 0xff : undefined
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_CONSTRAINT = 19
