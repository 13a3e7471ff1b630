import type { TableIdentifier } from '../../catalogs/catalog.ts'

/** A table as a query sees it: its columns as they are called now, and the files that are live now. */
export interface LakeTable extends TableIdentifier {
  readonly format: LakeFormat
  readonly columns: readonly LakeColumn[]
  /** Paths of Parquet files. */
  readonly files: readonly string[]
}

export const lakeFormats = ['iceberg', 'delta'] as const
export type LakeFormat = (typeof lakeFormats)[number]

export interface LakeColumn {
  readonly name: string
  /** How the column is found in a file: Iceberg's field id, or Delta's name. */
  readonly key: number | string
  readonly duckDbType: string
}

/** A table that cannot be queried, and why: the others still can. */
export interface UnreadableTable extends TableIdentifier {
  readonly format: LakeFormat
  readonly problem: string
}
