import type { JsonObject } from '../shared/json.ts'

/**
 * What `/v1` is served from: plain answers, put together by the composition root. Every function throws HeadgateError,
 * which becomes problem details. Offsets, snapshot ids and versions are bigint and are written as JSON numbers.
 */
export interface Admin {
  listTopics(): Promise<TopicSummary[]>
  describeTopic(name: string): Promise<TopicDescription>
  createTopic(topic: { name: string; partitions?: number; configs?: { [key: string]: string } }): Promise<TopicDescription>
  deleteTopic(name: string): Promise<void>
  listTables(): Promise<TableSummary[]>
  describeTable(table: TableName): Promise<TableDescription>
  listFiles(table: TableName): Promise<FileSummary[]>
  listSnapshots(table: TableName): Promise<SnapshotSummary[]>
  /** Resolves when everything acknowledged before the call is visible. */
  flushTable(table: TableName, signal: AbortSignal): Promise<{ icebergSnapshotId?: bigint; deltaVersion?: bigint }>
}

export interface TableName {
  readonly namespace: string
  readonly table: string
}

export interface TopicSummary {
  readonly name: string
  readonly topicId: string
  readonly partitions: number
  /** `namespace.table`, when the topic has one. */
  readonly table: string | null
}

export interface TopicDescription extends TopicSummary {
  readonly configs: { readonly [key: string]: { readonly value: string; readonly source: string } }
  readonly offsets: readonly {
    readonly partition: number
    readonly logStartOffset: bigint
    readonly nextOffset: bigint
    /** The next offset of the table, null for a topic without one. */
    readonly committedOffset: bigint | null
  }[]
  /** Why the table does not advance, when it does not. */
  readonly problem: string | null
}

export interface TableSummary extends TableName {
  readonly topic: string
  readonly formats: readonly string[]
  readonly location: string
}

export interface TableDescription extends TableSummary {
  readonly columns: readonly { readonly name: string; readonly type: string; readonly isNullable: boolean; readonly fieldId: number }[]
  readonly partitionBy: string
  readonly icebergSnapshotId: bigint | null
  readonly deltaVersion: bigint | null
  readonly rowCount: bigint | null
  readonly fileCount: number | null
  readonly sizeBytes: bigint | null
  readonly properties: JsonObject
}

export interface FileSummary {
  readonly path: string
  readonly rowCount: bigint
  readonly sizeBytes: bigint
  /** `_kafka_timestamp_day=2024-02-29`; null when the table is not partitioned. */
  readonly partition: string | null
}

export interface SnapshotSummary {
  readonly format: string
  /** Iceberg snapshot id or Delta version. */
  readonly version: bigint
  readonly committedAtMs: number
  readonly operation: string
  readonly addedRows: bigint | null
  readonly addedFiles: number | null
}
