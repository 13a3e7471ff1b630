import type { StructType } from '../columns/row-type.ts'
import type { TimePartition } from '../lanes/lane.ts'
import type { FileMetrics } from '../parquet/file-metrics.ts'

/**
 * What the sink and the table formats say to each other. A format commits prepared files together with the offsets they
 * bring the table to; those offsets live only inside the commit.
 */
export interface PreparedFile {
  /** Object key of the Parquet file, relative to the lake root, somewhere below `<namespace>/<table>/data/`. */
  readonly key: string
  /** The transform's result, null for an unpartitioned table. */
  readonly partitionValue: number | null
  readonly metrics: FileMetrics
}

/** Everything one commit makes visible. */
export interface TableAppend {
  readonly files: readonly PreparedFile[]
  /** Where each touched topic partition was before and is after this append, ascending by partition. */
  readonly ranges: readonly OffsetRange[]
  /** The schema ids that the rows were written with. */
  readonly schemaIds: readonly number[]
}

export interface OffsetRange {
  readonly partition: number
  /** The table's next offset before this append. */
  readonly offsetFirst: bigint
  /** The table's next offset after it; exclusive. */
  readonly nextOffset: bigint
  /** The highest record timestamp the table has seen in this partition. */
  readonly highTimestampMs: bigint
}

/** Progress as the table itself records it: the only truth. Partitions it never saw are absent and mean 0. */
export interface TableProgress {
  readonly nextOffsets: ReadonlyMap<number, bigint>
}

export type AppendOutcome =
  /** Visible now, by this attempt or by an earlier one whose answer was lost. `version`: Iceberg snapshot id or Delta version. */
  | { readonly kind: 'committed'; readonly version: bigint }
  /** The table's offsets are not where the append starts: another writer of this topic was here. Reload the progress. */
  | { readonly kind: 'stale'; readonly progress: TableProgress }
  /** Contention outlasted the attempts, or the outcome could not be learned. Delete nothing; the same append may be tried again. */
  | { readonly kind: 'unresolved'; readonly reason: string }

export interface NewTable {
  readonly namespace: string
  readonly table: string
  readonly topicId: string
  /** With field ids. */
  readonly rowType: StructType
  readonly partitionBy: TimePartition
  /** Whether the files serve another format's log as well: then only Headgate may delete them. */
  readonly isShared: boolean
}

/** One topic's table in one format. Opened by `tables/iceberg` or `tables/delta`; closed by forgetting it. */
export interface FormatTable {
  readonly format: 'iceberg' | 'delta'
  /** The table's own row type: what was created first wins over what the schema says now. */
  readonly rowType: StructType
  readonly partitionBy: TimePartition
  progress(signal?: AbortSignal): Promise<TableProgress>
  /** Commits exactly once; see AppendOutcome. */
  append(append: TableAppend, signal?: AbortSignal): Promise<AppendOutcome>
}
