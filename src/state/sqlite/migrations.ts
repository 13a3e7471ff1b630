import type { DatabaseSync } from 'node:sqlite'
import { HeadgateError } from '../../shared/errors.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { schemaTexts } from './migrations/0002-schema-texts.ts'
import { inTransaction } from './transaction.ts'

/** In order; a migration's number is its place, counted from 1. One that was released is never changed. */
const migrations: readonly string[] = [firstTables, schemaTexts]

/** Brings the tables up to this program's version, each step in a transaction of its own. */
export function migrate(database: DatabaseSync, path: string): void {
  const version = versionOf(database)
  if (version > migrations.length) throw newerThanProgram(path, version)
  for (const [index, sql] of migrations.entries()) if (index >= version) applyMigration(database, sql, index + 1)
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('pragma user_version').get()?.['user_version'])
}

function applyMigration(database: DatabaseSync, sql: string, number: number): void {
  inTransaction(database, () => {
    database.exec(sql)
    database.exec(`pragma user_version = ${number}`)
  })
}

function newerThanProgram(path: string, version: number): HeadgateError {
  return new HeadgateError(
    'unsupported',
    `${path} is of version ${version} and this headgate knows up to ${migrations.length}; run the newer headgate that wrote it`,
    { facts: { path, version, knownVersion: migrations.length } },
  )
}
