import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { makeDurableDirectory } from './durable-directory.ts'
import { migrate } from './migrations.ts'
import { sqliteBusy, sqliteCodeOf, sqliteNotADatabase } from './transaction.ts'

/**
 * Opens state.db for this process alone, with every commit synced to disk, and brings its tables up to date.
 *
 * The exclusive lock is what makes one data directory belong to one broker: it is held from here to the close, and the
 * operating system drops it when the process dies, however it dies.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    makeDurableDirectory(dirname(path))
    database = new DatabaseSync(path, { timeout: limits.stateBusyTimeoutMs })
    // Exclusive comes first: a database that turns to WAL under it needs no shared memory file.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full;')
    database.exec('begin exclusive; commit;')
    migrate(database, path)
    return database
  } catch (error) {
    database?.close()
    throw openError(path, error)
  }
}

function openError(path: string, error: unknown): HeadgateError {
  if (error instanceof HeadgateError) return error
  if (sqliteCodeOf(error) === sqliteBusy)
    return new HeadgateError('fenced', `${path} is held by another headgate; stop it, or give this one a --data-dir of its own`, {
      cause: error,
      facts: { path },
    })
  if (sqliteCodeOf(error) === sqliteNotADatabase)
    return new HeadgateError('store-corrupt', `${path} is not a SQLite database; move it away or restore a backup`, {
      cause: error,
      facts: { path },
    })
  return new HeadgateError('store-unavailable', `cannot open ${path}: ${messageOf(error)}`, { cause: error, facts: { path } })
}
