import type { DatabaseSync } from 'node:sqlite'
import { HeadgateError, messageOf, type ErrorKind } from '../../shared/errors.ts'

/**
 * Runs `work` in one transaction: all of it is on disk when this returns, or none of it and it throws. What `work`
 * itself throws goes through unchanged. A commit that fails may yet be found in the write-ahead log by a recovery.
 */
export function inTransaction<Result>(database: DatabaseSync, work: () => Result): Result {
  translated(() => database.exec('begin immediate'), 'store-unavailable')
  const result = rolledBackOnError(database, work)
  try {
    translated(() => database.exec('commit'), 'store-outcome-unknown')
  } catch (error) {
    rollback(database)
    throw error
  }
  return result
}

/** A read outside of a transaction, with SQLite's errors in our words. */
export function reading<Result>(work: () => Result): Result {
  return translated(work, 'store-unavailable')
}

function rolledBackOnError<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    return translated(work, 'store-unavailable')
  } catch (error) {
    rollback(database)
    throw error
  }
}

/** SQLite has rolled back by itself after some errors (a full disk, for one). */
function rollback(database: DatabaseSync): void {
  if (database.isTransaction) translated(() => database.exec('rollback'), 'store-outcome-unknown')
}

function translated<Result>(work: () => Result, kind: ErrorKind): Result {
  try {
    return work()
  } catch (error) {
    throw sqliteCodeOf(error) === undefined ? error : stateError(error, kind)
  }
}

function stateError(error: unknown, kind: ErrorKind): HeadgateError {
  const sqliteCode = sqliteCodeOf(error)
  const isCorrupt = sqliteCode === sqliteCorrupt || sqliteCode === sqliteNotADatabase
  return new HeadgateError(isCorrupt ? 'store-corrupt' : kind, `state.db: ${messageOf(error)}`, {
    cause: error,
    facts: { sqliteCode },
  })
}

/** The primary result code of an error that SQLite gave; undefined for any other error. */
export function sqliteCodeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  return error.errcode & 0xff
}

/** https://www.sqlite.org/rescode.html */
export const sqliteBusy = 5
const sqliteCorrupt = 11
export const sqliteNotADatabase = 26
