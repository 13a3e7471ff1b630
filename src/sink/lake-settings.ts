import type { TableIdentifier } from '../catalogs/catalog.ts'
import type { TimePartition } from '../lanes/lane.ts'

export type TableFormatName = 'iceberg' | 'delta'

/** What a topic's settings `lake.*` mean to its sink. */
export interface LakeSettings {
  readonly table: TableIdentifier
  /** In commit order: Iceberg before Delta. */
  readonly formats: readonly TableFormatName[]
  readonly partitionBy: TimePartition
  readonly commitIntervalMs: number
  readonly targetFileBytes: number
}
