import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { limits } from '../../shared/limits.ts'
import { prepare, rowOf, textAt } from './rows.ts'

/**
 * Long lists of texts and small integers, a page at a time, each column of a page as one JSON array that SQLite makes. To
 * hand over value by value costs more than to find them: 100,000 rows of five columns took 90 ms of CPU as rows and 25 ms
 * this way. Nothing here is for integers that JSON numbers cannot hold, nor for blobs.
 */
export class ColumnPages<Columns extends readonly (readonly unknown[])[]> {
  readonly #first: StatementSync
  readonly #next: StatementSync
  readonly #columnCount: number
  readonly #keyColumns: readonly number[]

  constructor(database: DatabaseSync, { table, columns, key }: ListedTable) {
    const page = (where: string): StatementSync =>
      prepare(
        database,
        `select ${columns.map((column) => `json_group_array(${column})`).join(', ')} from
         (select ${columns.join(', ')} from ${table} ${where} order by ${key.join(', ')} limit ${limits.stateListPageRows})`,
      )
    this.#first = page('')
    this.#next = page(`where (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`)
    this.#columnCount = columns.length
    this.#keyColumns = key.map((name) => columns.indexOf(name))
  }

  /** In the order of the key. */
  *pages(): Generator<Columns> {
    for (let page = this.#page(this.#first, []); page[0]?.length; page = this.#page(this.#next, this.#lastKey(page))) yield page
  }

  #page(statement: StatementSync, after: readonly SQLInputValue[]): Columns {
    const row = rowOf(statement, ...after) ?? []
    return Array.from({ length: this.#columnCount }, (_, column) => JSON.parse(textAt(row, column)) as unknown[]) as unknown as Columns
  }

  #lastKey(page: Columns): SQLInputValue[] {
    return this.#keyColumns.map((column) => page[column]?.at(-1) as SQLInputValue)
  }
}

export interface ListedTable {
  readonly table: string
  readonly columns: readonly string[]
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[]
}
