import type { LakeColumn, LakeTable } from './lake-table.ts'
import { quotedName, quotedText } from './sql-text.ts'

/** The view of a table: named by the table alone in the default namespace, by namespace and table elsewhere. */
export function viewSql(table: LakeTable, { namespace }: { readonly namespace: string }): string {
  const { format, columns, files } = table
  const name = `${format}.${quotedName(viewName(table, namespace))}`
  return `CREATE VIEW ${name} AS SELECT ${columnList(columns)} FROM ${files.length === 0 ? noRows(columns) : filesSql(table)}`
}

function viewName(table: { readonly namespace: string; readonly table: string }, namespace: string): string {
  return table.namespace === namespace ? table.table : `${table.namespace}.${table.table}`
}

function columnList(columns: readonly LakeColumn[]): string {
  return columns.map(({ name }) => quotedName(name)).join(', ')
}

/** A table without files still has its columns. */
function noRows(columns: readonly LakeColumn[]): string {
  return `(SELECT ${columns.map(({ name, duckDbType }) => `NULL::${duckDbType} AS ${quotedName(name)}`).join(', ')} WHERE false)`
}

/**
 * DuckDB's reader finds each column by field id (Iceberg) or by name (Delta), so that a column which was renamed,
 * widened or added later comes out right from files of every age. A file without it gives nulls.
 */
function filesSql({ columns, files }: LakeTable): string {
  const entries = columns.map(
    ({ name, key, duckDbType }) =>
      `${typeof key === 'number' ? key : quotedText(key)}: {name: ${quotedText(name)}, type: ${quotedText(duckDbType)}, default_value: NULL}`,
  )
  return `read_parquet([${files.map(quotedText).join(', ')}], schema = MAP {${entries.join(', ')}})`
}
