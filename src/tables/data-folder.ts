import type { NewTable } from './table-commit.ts'

/**
 * Where files go that serve two logs, below the table's folder. A VACUUM that lists files passes over names that begin with
 * an underscore, so that even one forced to a retention of zero (delta-rs, Spark) deletes nothing that the Iceberg table
 * still names. Spark's VACUUM LITE goes by the log instead: only the table's own retention stops that one.
 */
export const SHARED_DATA_FOLDER = 'data/_files'

/** Key prefix of a table's Parquet files. Files of one format lie where that format's own maintenance finds them. */
export function dataFolderOf({ namespace, table, isShared }: Pick<NewTable, 'namespace' | 'table' | 'isShared'>): string {
  return `${namespace}/${table}/${isShared ? SHARED_DATA_FOLDER : 'data'}`
}
