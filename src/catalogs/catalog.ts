import type { TablePointer } from '../tables/iceberg/table-pointer.ts'

/**
 * Who knows which Iceberg tables there are and where each one's current metadata is. Engines: sql (embedded default);
 * later filesystem, rest, glue.
 */
export interface Catalog {
  createNamespace(namespace: string): Promise<{ kind: 'created' } | { kind: 'exists' }>
  listTables(): Promise<TableIdentifier[]>
  /** The table's place in this catalog, whether it exists yet or not. */
  pointer(table: TableIdentifier): TablePointer
  /** Forgets the pointer; files stay. */
  drop(table: TableIdentifier): Promise<{ kind: 'dropped' } | { kind: 'not-found' }>
  close(): Promise<void>
}

export interface TableIdentifier {
  readonly namespace: string
  readonly table: string
}
