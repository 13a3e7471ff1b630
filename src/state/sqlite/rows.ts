import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { assert } from '../../shared/assert.ts'

/**
 * Rows of prepared statements, as arrays of columns in the order of the query. Integers come as bigint throughout:
 * offsets and times need it, and the small ones are narrowed where they are named.
 */
export type Row = readonly SQLOutputValue[]

export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  return statement
}

export function rowOf(statement: StatementSync, ...parameters: SQLInputValue[]): Row | undefined {
  return statement.get(...parameters) as unknown as Row | undefined
}

export function rowsOf(statement: StatementSync, ...parameters: SQLInputValue[]): Row[] {
  return statement.all(...parameters) as unknown as Row[]
}

export function eachRow(statement: StatementSync, ...parameters: SQLInputValue[]): Iterable<Row> {
  return statement.iterate(...parameters) as unknown as Iterable<Row>
}

export function bigintAt(row: Row, column: number): bigint {
  const value = row[column]
  assert(typeof value === 'bigint', `column ${column} is not an integer`)
  return value
}

export function bigintOrNullAt(row: Row, column: number): bigint | null {
  return row[column] === null ? null : bigintAt(row, column)
}

/** For counts, sizes and millisecond times, all below 2^53. */
export function numberAt(row: Row, column: number): number {
  return Number(bigintAt(row, column))
}

export function textAt(row: Row, column: number): string {
  const value = row[column]
  assert(typeof value === 'string', `column ${column} is not text`)
  return value
}

export function bytesAt(row: Row, column: number): Uint8Array {
  const value = row[column]
  assert(value instanceof Uint8Array, `column ${column} is not a blob`)
  return value
}
