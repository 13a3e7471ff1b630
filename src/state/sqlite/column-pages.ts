import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { assert } from '../../shared/assert.ts'
import { limits } from '../../shared/limits.ts'
import { prepare, rowOf, textAt } from './rows.ts'

export interface ListedTable {
  readonly table: string
  /** Texts and integers below 2^53. */
  readonly columns: readonly string[]
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[]
}

/**
 * Reads long lists a page at a time, each column of a page as one JSON array that SQLite makes. To hand over value by
 * value costs more than to find them: measured with 100,000 rows of five columns, four times as much.
 */
export class ColumnPagesQuery {
  readonly #first: StatementSync
  readonly #next: StatementSync
  readonly #keyColumns: readonly number[]
  readonly #columnCount: number

  constructor(database: DatabaseSync, { table, columns, key }: ListedTable) {
    const page = (where: string): StatementSync =>
      prepare(
        database,
        `select ${columns.map((column) => `json_group_array(${column})`).join(', ')} from
         (select ${columns.join(', ')} from ${table} ${where} order by ${key.join(', ')} limit ${limits.stateListPageRows})`,
      )
    this.#first = page('')
    this.#next = page(`where (${key.join(', ')}) > (${key.map(() => '?').join(', ')})`)
    this.#keyColumns = key.map((name) => columns.indexOf(name))
    this.#columnCount = columns.length
  }

  /** All rows there are now, in the order of the key. */
  read(): ColumnPages {
    const pages: string[][] = []
    for (let page = this.#page(this.#first, []); page[0] !== '[]'; page = this.#page(this.#next, this.#lastKey(page))) pages.push(page)
    return new ColumnPages(pages)
  }

  #page(statement: StatementSync, after: readonly SQLInputValue[]): string[] {
    const row = rowOf(statement, ...after) ?? []
    return Array.from({ length: this.#columnCount }, (_, column) => textAt(row, column))
  }

  #lastKey(page: readonly string[]): SQLInputValue[] {
    return this.#keyColumns.map((column) => valuesOf(page[column]).at(-1) as SQLInputValue)
  }
}

/** Rows as they were read. A column of a page is text until the first value of it is asked for, and its values from then on. */
export class ColumnPages {
  readonly #pages: (string | readonly unknown[])[][]

  /** By page and column; every page but the last has the full number of rows. */
  constructor(pages: (string | readonly unknown[])[][]) {
    this.#pages = pages
  }

  /** The values of these columns page by page; what was text stays text. */
  *each(...columns: readonly number[]): Generator<(readonly unknown[])[]> {
    for (const page of this.#pages) yield columns.map((column) => valuesOf(page[column]))
  }

  text(row: number, column: number): string {
    return this.#at(row, column) as string
  }

  integer(row: number, column: number): number {
    return this.#at(row, column) as number
  }

  /** The types are right: the tables are strict. */
  #at(row: number, column: number): unknown {
    const page = this.#pages[Math.floor(row / limits.stateListPageRows)]
    assert(page, 'a row beyond the end of the list')
    const values = valuesOf(page[column])
    page[column] = values
    return values[row % limits.stateListPageRows]
  }
}

function valuesOf(column: string | readonly unknown[] = []): readonly unknown[] {
  return typeof column === 'string' ? (JSON.parse(column) as unknown[]) : column
}
