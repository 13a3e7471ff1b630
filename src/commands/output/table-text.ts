import { cutToWidth, textWidth, withoutControls } from './text-width.ts'
import type { Style } from './style.ts'

/** A column of a table for people. */
export interface Column<Row> {
  readonly title: string
  readonly text: (row: Row) => string
  /** Numbers stand to the right. */
  readonly isNumber?: boolean
}

export interface TableLayout {
  readonly style: Style
  /** Longer cells are cut; by default none is. */
  readonly cellWidthMax?: number
  /** Widths of a page before this one, which this page does not fall below. */
  readonly widths?: readonly number[]
  readonly hasHeader?: boolean
}

/** Rows under aligned titles, two spaces between columns. Cells hold one line, whatever the values are. */
export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[], layout: TableLayout): string {
  return tablePage(columns, rows, layout).text
}

/** The same, with the widths that the next page of the same table continues with. */
export function tablePage<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { style, cellWidthMax = Infinity, widths = [], hasHeader = true }: TableLayout,
): { text: string; widths: number[] } {
  const cells = rows.map((row) => columns.map(({ text }) => cutToWidth(withoutControls(text(row)), cellWidthMax)))
  const titles = columns.map(({ title }) => cutToWidth(withoutControls(title), cellWidthMax))
  const columnWidths = columns.map((_, index) =>
    cells.reduce(
      (width, row) => Math.max(width, textWidth(row[index] ?? '')),
      Math.max(widths[index] ?? 0, textWidth(titles[index] ?? '')),
    ),
  )
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => padded(text, columnWidths[index] ?? 0, columns[index]?.isNumber === true))
      .join('  ')
      .trimEnd()
  const lines = cells.map((row) => `${line(row)}\n`)
  return { text: [...(hasHeader ? [`${style.bold(line(titles))}\n`] : []), ...lines].join(''), widths: columnWidths }
}

/** Names and values, a line each, values aligned. */
export function factsText(facts: readonly (readonly [name: string, value: string])[], style: Style): string {
  const width = facts.reduce((max, [name]) => Math.max(max, textWidth(name)), 0)
  return facts.map(([name, value]) => `${style.bold(padded(name, width, false))}  ${withoutControls(value)}\n`).join('')
}

function padded(text: string, width: number, isRight: boolean): string {
  const padding = ' '.repeat(Math.max(0, width - textWidth(text)))
  return isRight ? padding + text : text + padding
}
