/**
 * Everything that brokers must agree on, as transactions in our own nouns. Every method is one transaction, durable
 * when its promise resolves. Promises nothing that Postgres cannot give: calls may be answered late, and two brokers
 * may call at once. Kafka's rules (idempotence, fencing) live above, in log/; registry rules in registry/.
 *
 * Failures are HeadgateError: `store-unavailable` (surely not done), `store-outcome-unknown` (may have been done, but
 * is settled: what a read finds afterwards is what stays), `store-corrupt`.
 */
export interface StateStore {
  /** The cluster's id (22 characters of base64url), made once by whoever asks first. */
  clusterId(): Promise<string>

  createTopic(topic: NewTopic): Promise<{ kind: 'created' } | { kind: 'exists' }>
  /** Also forgets partitions, batches and producers; `livePieces` then says which log pieces are still used. */
  deleteTopic(topicId: string): Promise<{ kind: 'deleted' } | { kind: 'not-found' }>
  setTopicConfigs(topicId: string, configs: TopicConfigs): Promise<{ kind: 'updated' } | { kind: 'not-found' }>
  /** Grows a topic; fewer than it has is refused with `invalid-argument`. */
  addPartitions(topicId: string, partitionCount: number): Promise<{ kind: 'updated' } | { kind: 'not-found' }>
  listTopics(): Promise<StoredTopic[]>

  /** A producer id nobody else gets; ids start at 1000, because some clients use 0 for "none". */
  allocateProducerId(): Promise<bigint>

  /**
   * The group commit: loads the named partitions and producers, lets `decide` say what becomes of each batch, and
   * writes that, in one transaction. `decide` is pure and may run again after a conflict.
   */
  appendBatches<Result>(scope: AppendScope, decide: (loaded: LoadedScope) => AppendDecision<Result>): Promise<Result>
  partitionOffsets(topicId: string, partition: number): Promise<PartitionOffsets | undefined>
  /** Every partition of every topic: for a log that starts, and for retention. */
  listPartitions(): Promise<StoredPartition[]>
  /** Batches in offset order, from the one that contains `offset` on; stops after `bytesMax` or `batchesMax`, but gives at least one. */
  findBatches(query: BatchQuery): Promise<StoredBatch[]>
  /** The first batch whose maximum timestamp is at or after `timestampMs`; undefined when there is none. */
  findBatchByTimestamp(query: TimestampQuery): Promise<StoredBatch | undefined>
  /** The batch with the largest maximum timestamp, the earliest of them (KIP-734). */
  findBatchOfMaxTimestamp(topicId: string, partition: number): Promise<StoredBatch | undefined>
  /** Moves the log start on (never back, never past the end) and forgets batches wholly below it. */
  advanceLogStart(topicId: string, partition: number, logStartOffset: bigint): Promise<PartitionOffsets | undefined>
  /** Log pieces (segments or objects) with at least one batch that is still indexed. */
  livePieces(): Promise<string[]>
  /** Forgets the partition's producers that wrote nothing since; answers how many. */
  expireProducers(topicId: string, partition: number, lastTimestampBeforeMs: number): Promise<number>

  /** Subjects, versions, ids and configs of the schema registry, as the rows they are. */
  readonly schemas: SchemaState

  close(): Promise<void>
}

export type TopicConfigs = { readonly [key: string]: string }

export interface NewTopic {
  readonly name: string
  /** UUID in its text form, never all zero. */
  readonly topicId: string
  readonly partitionCount: number
  /** Only what was set explicitly. */
  readonly configs: TopicConfigs
}

export interface StoredTopic extends NewTopic {
  readonly createdAtMs: number
}

export interface TopicPartition {
  readonly topicId: string
  readonly partition: number
}

export interface PartitionOffsets {
  readonly logStartOffset: bigint
  /** The offset the next record gets: the high watermark of a leaderless log. */
  readonly nextOffset: bigint
}

export interface StoredPartition extends TopicPartition, PartitionOffsets {
  /** Bytes of the batches that are indexed. */
  readonly sizeBytes: number
}

/** One batch in the index: where its bytes are and what finding and fetching need to know. */
export interface StoredBatch {
  readonly topicId: string
  readonly partition: number
  readonly baseOffset: bigint
  readonly lastOffset: bigint
  /** The segment or object that holds the bytes. */
  readonly piece: string
  readonly position: number
  readonly length: number
  readonly maxTimestampMs: bigint
  /** Set when the broker, not the producer, gave the time (LogAppendTime). */
  readonly logAppendTimeMs: bigint | null
}

export interface ProducerState {
  readonly producerId: bigint
  readonly producerEpoch: number
  /** The latest batches of this epoch, oldest first, at most `producerBatchesKept`. */
  readonly recentBatches: readonly ProducerBatch[]
  /** The broker's time of the latest append: the records' own times may lie years back. */
  readonly lastTimestampMs: number
}

export interface ProducerBatch {
  readonly sequenceFirst: number
  readonly sequenceLast: number
  readonly baseOffset: bigint
  readonly logAppendTimeMs: bigint | null
}

export interface AppendScope {
  readonly partitions: readonly TopicPartition[]
  readonly producers: readonly (TopicPartition & { readonly producerId: bigint })[]
}

export interface LoadedScope {
  /** Undefined when the topic or partition does not exist (any more). */
  offsetsOf(topicPartition: TopicPartition): PartitionOffsets | undefined
  producerOf(topicPartition: TopicPartition, producerId: bigint): ProducerState | undefined
}

export interface AppendDecision<Result> {
  readonly batches: readonly StoredBatch[]
  readonly nextOffsets: readonly (TopicPartition & { readonly nextOffset: bigint })[]
  readonly producers: readonly (TopicPartition & { readonly state: ProducerState })[]
  readonly result: Result
}

export interface BatchQuery extends TopicPartition {
  readonly offset: bigint
  readonly bytesMax: number
  readonly batchesMax: number
}

export interface TimestampQuery extends TopicPartition {
  readonly timestampMs: bigint
  /** Only batches that reach this offset; the log start when left out. */
  readonly fromOffset?: bigint
}

/** The registry's rows. What they mean (compatibility, modes, canonical forms) is decided in registry/. */
export interface SchemaState {
  /**
   * Shows `read` every row except the schemas' texts, as they are at one revision, for a registry that looks things up in
   * memory. The lists of schemas and versions may be kept, and stay as they are; the others are there during the call only.
   */
  load<Result>(read: (rows: SchemaRows) => Result): Promise<Result>
  /** The current revision: whether what was loaded is still all there is. */
  revision(): Promise<bigint>
  /**
   * The text of one schema, at once: an engine that cannot read without waiting has loaded the texts before. Undefined
   * when there is none.
   */
  textOf(context: string, schemaId: number): string | undefined
  /**
   * One registry change, all of it or nothing, in one transaction. Answers `conflict`, and writes nothing, when
   * `expectedRevision` is no longer current: load again and decide again.
   */
  apply(expectedRevision: bigint, changes: readonly SchemaChange[]): Promise<{ kind: 'applied'; revision: bigint } | { kind: 'conflict' }>
}

export interface SchemaRows {
  /** Grows with every change. */
  readonly revision: bigint
  /** By context and id. */
  readonly schemas: SchemaList
  /** By subject and version. */
  readonly versions: VersionList
  /** Registry documents such as config and mode, by key (for example `config/` and `config/orders-value`), JSON text. */
  readonly documents: Iterable<{ readonly key: string; readonly json: string }>
  /** The highest id ever given per context; ids are never used again. */
  readonly maxIds: Iterable<{ readonly context: string; readonly maxId: number }>
}

/** There may be very many rows, and nobody ever asks for most of them: a row is made when somebody does. */
export interface StoredList<Row> {
  /** The row at this place in the order of the list. */
  at(index: number): Row
}

/** What an index of all schemas needs of each, in order and without the rest of it. */
export interface SchemaList extends StoredList<StoredSchema> {
  readonly heads: Iterable<Omit<StoredSchema, 'guid'>>
  readonly guids: Iterable<Pick<StoredSchema, 'context' | 'schemaId' | 'guid'>>
}

/** The same of versions. */
export interface VersionList extends StoredList<StoredVersion> {
  readonly heads: Iterable<Pick<StoredVersion, 'subject' | 'isDeleted'>>
  readonly schemas: Iterable<Pick<StoredVersion, 'context' | 'schemaId'>>
}

/** A schema without its text: what finding it takes. */
export interface StoredSchema {
  readonly context: string
  readonly schemaId: number
  /** UUID text of the content's MD5. */
  readonly guid: string
  readonly schemaType: string
  /** What the schema refers to, as JSON text; empty when it refers to nothing. */
  readonly references: string
}

export interface StoredVersion {
  readonly subject: string
  readonly version: number
  readonly context: string
  readonly schemaId: number
  readonly isDeleted: boolean
  readonly createdAtMs: number
}

export type SchemaChange =
  /** `text` is everything that is answered of the content, as JSON text. */
  | { readonly kind: 'put-schema'; readonly schema: StoredSchema; readonly text: string }
  | { readonly kind: 'put-version'; readonly version: StoredVersion }
  | { readonly kind: 'remove-version'; readonly subject: string; readonly version: number }
  | { readonly kind: 'put-document'; readonly key: string; readonly json: string }
  | { readonly kind: 'remove-document'; readonly key: string }
