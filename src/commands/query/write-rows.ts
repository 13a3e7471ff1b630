import type * as DuckDb from '@duckdb/node-api'
import { limits } from '../../shared/limits.ts'
import { stringifyJson } from '../../shared/json.ts'
import type { Invocation } from '../command.ts'
import { countText, plural } from '../output/number-text.ts'
import { styleOf, type Style } from '../output/style.ts'
import { factsText, tablePage, type Column } from '../output/table-text.ts'
import { cutToWidth } from '../output/text-width.ts'
import { write } from '../output/write.ts'
import type { DuckDbModule } from './duckdb.ts'
import { cellText, jsonValue } from './values.ts'

type Row = readonly DuckDb.DuckDBValue[]
type RowsWorld = Pick<Invocation, 'stdout' | 'stderr' | 'environment' | 'signal'>

/** A line of JSON for each row; a second column of one name gets another name. */
export async function writeRowsAsJson(result: DuckDb.DuckDBResult, duckDb: DuckDbModule, { stdout, signal }: RowsWorld): Promise<void> {
  const names = result.deduplicatedColumnNames()
  const lineOf = (row: Row): string =>
    `${stringifyJson(Object.fromEntries(names.map((name, index) => [name, jsonValue(row[index] ?? null, duckDb)])))}\n`
  for await (const rows of result.yieldRows()) {
    signal.throwIfAborted()
    await write(stdout, rows.map(lineOf).join(''))
  }
}

/** Rows as a table, page by page, so that the text of a long result does not gather in memory. */
export async function writeRowsAsTable(result: DuckDb.DuckDBResult, duckDb: DuckDbModule, world: RowsWorld): Promise<void> {
  const { stdout, stderr, environment, signal } = world
  const pages = new RowPages(columnsOf(result, duckDb), { style: styleOf(stdout, environment), terminal: terminalOf(stdout) })
  let rowCount = 0
  let page: Row[] = []
  for await (const rows of result.yieldRows()) {
    signal.throwIfAborted()
    page.push(...rows)
    rowCount += rows.length
    if (page.length < limits.queryPageRows) continue
    await write(stdout, pages.text(page))
    page = []
  }
  if (page.length > 0 || rowCount === 0) await write(stdout, pages.text(page))
  if (stdout.isTTY === true) stderr.write(`${plural(rowCount, 'row')}\n`)
}

function columnsOf(result: DuckDb.DuckDBResult, duckDb: DuckDbModule): Column<Row>[] {
  const numbers = numberTypes(duckDb)
  return result.columnNames().map((title, index) => ({
    title,
    text: (row) => cellText(row[index] ?? null, duckDb),
    isNumber: numbers.has(result.columnTypeId(index)),
  }))
}

function terminalOf({ isTTY, columns = 80 }: RowsWorld['stdout']): { width: number } | undefined {
  return isTTY === true ? { width: columns } : undefined
}

/** Lays out one page after the other. A terminal shows an excerpt of a long value; a file gets all of it. */
class RowPages {
  readonly #columns: readonly Column<Row>[]
  readonly #style: Style
  readonly #terminal: { readonly width: number } | undefined
  readonly #cellWidthMax: number
  #widths: readonly number[] = []
  #rowsBefore = 0
  /** Decided by the first page. */
  #isRecords: boolean | undefined

  constructor(columns: readonly Column<Row>[], { style, terminal }: { style: Style; terminal: { width: number } | undefined }) {
    this.#columns = columns
    this.#style = style
    this.#terminal = terminal
    this.#cellWidthMax = terminal ? limits.queryCellWidthMax : Infinity
  }

  text(rows: readonly Row[]): string {
    const { text, widths } = tablePage(this.#columns, rows, {
      style: this.#style,
      cellWidthMax: this.#cellWidthMax,
      widths: this.#widths,
      hasHeader: this.#rowsBefore === 0,
    })
    this.#isRecords ??= rows.length > 0 && this.#terminal !== undefined && lineWidth(widths) > this.#terminal.width
    const page = this.#isRecords ? this.#recordsText(rows) : text
    this.#rowsBefore += rows.length
    this.#widths = widths
    return page
  }

  /** Rows that are wider than the terminal, a line for each value. */
  #recordsText(rows: readonly Row[]): string {
    return rows
      .map((row, index) => `${this.#style.dim(`row ${countText(this.#rowsBefore + index + 1)}`)}\n${this.#recordText(row)}`)
      .join('')
  }

  #recordText(row: Row): string {
    return factsText(
      this.#columns.map(({ title, text }) => [title, cutToWidth(text(row), this.#cellWidthMax)]),
      this.#style,
    )
  }
}

/** With two spaces between columns. */
function lineWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2, -2)
}

function numberTypes({ DuckDBTypeId }: DuckDbModule): ReadonlySet<number> {
  const { TINYINT, SMALLINT, INTEGER, BIGINT, HUGEINT, UTINYINT, USMALLINT, UINTEGER, UBIGINT, UHUGEINT, FLOAT, DOUBLE, DECIMAL } =
    DuckDBTypeId
  return new Set([TINYINT, SMALLINT, INTEGER, BIGINT, HUGEINT, UTINYINT, USMALLINT, UINTEGER, UBIGINT, UHUGEINT, FLOAT, DOUBLE, DECIMAL])
}
