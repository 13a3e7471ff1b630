/**
 * Every bound in one place: queues, buffers, loops, retries, nesting. A limit that an operator may set has its
 * default in settings.ts instead. Bytes unless the name says otherwise.
 */
const KiB = 1024
const MiB = 1024 * KiB

export const limits = {
  /* sink: rows on their way into a table. */

  /** Columns of one table in one lane before they are handed to the encoder as a row group. */
  chunkBytes: 16 * MiB,
  /** Rows of a row group. */
  rowGroupRows: 1_000_000,
  /** Columns of a row group before they are encoded: what the encoder holds of an open one is a part of that. */
  rowGroupBytes: 64 * MiB,
  /**
   * Columns in the open row groups of one table before its files are ended: several partition values have one each, and rows
   * that get wider than the first ones make one larger than it was meant to be.
   */
  openRowGroupsBytesMax: 256 * MiB,
  /** Partition values with open buffers in one lane before the table's files are ended. */
  openPartitionsMax: 100,
  /** Topics that end their files at once: each has some open in the encoder, and what that once took it does not give back. */
  flushesAtOnce: 32,
  /** One read of the log while catching up. */
  catchUpReadBytes: 4 * MiB,
  /** Wait for room in the buffers while catching up, milliseconds. */
  catchUpPauseMs: 20,
  /** Between two lives of a topic's sink after a failure. */
  sessionBackoff: { firstMs: 20, maxMs: 10_000 },
  /** Lives that fail one after the other before a flush reports the failure instead of waiting for the next. */
  flushFailuresMax: 5,

  /** How long the deletion of a topic waits for its last rows to be in the table, milliseconds. */
  flushBeforeDeleteMs: 10_000,

  /* tables/delta */

  /** Keys of one list request of a Delta log. */
  deltaListPageMax: 1_000,
  /** Commits between two checkpoints of a small table (Delta's own default). */
  deltaCheckpointCommits: 10,

  /* server */

  /** How long a drain may take before what is left is given up to the next start, milliseconds. */
  drainMs: 60_000,
  /** Between two passes of retention, milliseconds. */
  retentionIntervalMs: 60_000,
  /** Delta versions that one listing reads back. */
  listedVersionsMax: 100,

  /* commands: clients of a server. */

  /** A connection that is not made by then is given up, milliseconds. */
  connectWaitMs: 10_000,
  /** A call that is not answered by then has lost its connection, milliseconds. */
  answerWaitMs: 60_000,
  /** One answer of a server; a fetch may hold a batch that is larger than was asked for. */
  answerFrameBytesMax: 256 * MiB,
  /** Attempts of one call while the server is away, and the pauses between them: in all about half a minute. */
  commandAttemptsMax: 12,
  commandBackoff: { firstMs: 100, maxMs: 5_000 },
  /** A fetch of `consume` waits this long for new records, milliseconds. */
  readWaitMs: 500,
  /** Record bytes of one fetch of `consume`, and of one partition in it. */
  readBytes: 16 * MiB,
  readPartitionBytes: 4 * MiB,
  /** One line that `produce` reads, so that its record fits into a request. */
  lineBytesMax: 64 * MiB,
  /** Records and value bytes of one batch that `produce` sends. */
  producedBatchRecords: 10_000,
  producedBatchBytes: 512 * KiB,
  /** Refused lines that `produce` names; the rest are counted. */
  refusedLinesMax: 20,
  /** Schemas that `consume` keeps at hand. */
  consumedSchemasMax: 1_000,
  /** Registry requests of one listing under way at once. */
  registryRequestsAtOnce: 8,
  /** How long another registry may say nothing while it is asked, milliseconds. */
  foreignRegistrySilenceMs: 30_000,
  /** Rows that `query` lays out together for a terminal. */
  queryPageRows: 1_000,
  /** A statement of `query` that goes on after it was interrupted is interrupted again after this, milliseconds. */
  queryInterruptAgainMs: 50,
  /** Characters of a cell that `query` shows on a terminal. */
  queryCellWidthMax: 80,

  /* registry */

  /** Attempts of one change while others change the registry, too. */
  registryAttemptsMax: 100,
  /** Between two looks at what other brokers wrote to the store, milliseconds. */
  registryRefreshMs: 1_000,
  /** Changes that wait for their turn; above it they are refused. */
  registryChangesWaitingMax: 1_000,
  /** One body of a request to the registry (42209 above it). */
  registryBodyBytesMax: 8 * MiB,
  /** Texts of schemas that are kept at hand. */
  registryTextCacheBytes: 64 * MiB,
  /** Schemas whose text was asked for once and is kept if it is asked for again. */
  registryAskedOnceMax: 10_000,
  /** Texts of schemas, with what they refer to, whose parsed form is kept at hand; that takes some ten times as much. */
  registryParsedCacheBytes: 2 * MiB,
  /** References of one schema, theirs included. */
  schemaReferencesMax: 1_000,
  /** Names and numbers of one listing, and whole schemas of one (Confluent's defaults). */
  registryPageMax: 20_000,
  registrySchemasPageMax: 1_000,
  /** Characters of one listing of whole schemas; above it fewer must be asked for. */
  registryAnswerLengthMax: 128 * MiB,
  /** Lines of one text times lines of the other: what showing a difference may look at. */
  differenceCellsMax: 4_000_000,
  /** Characters of an earlier schema that an answer quotes. */
  oldSchemaShownLengthMax: 10 * KiB,

  /* http */

  /** One request body. */
  httpBodyBytesMax: 17 * MiB,
  /** All request bodies that are being received or served. */
  httpMemoryBytesMax: 64 * MiB,
  /** One path parameter, percent-decoded, characters: subjects can be long. */
  httpParameterLengthMax: 4_096,

  /* broker: what one connection may have under way. */

  /** A fetch waits at most this long for data, milliseconds, whatever the client asks. */
  fetchWaitMaxMs: 60_000,
  /** Record bytes of one fetch response, unless a single batch is larger. */
  fetchBytesMax: 64 * MiB,
  /** Requests of one connection that are being served or wait for their turn. */
  requestsInFlightMax: 64,
  /** Response bytes a slow client leaves unread before its requests wait. */
  unsentBytesMax: 8 * MiB,
  /** While memory for requests or answers is short, a client may take this long to send or read one, milliseconds. */
  memoryPatienceMs: 2_000,
  /** A connection without a request for this long is closed, milliseconds (Kafka's connections.max.idle.ms). */
  idleConnectionMs: 600_000,
  /** A drain waits this long for clients to take their last answers, milliseconds. */
  connectionDrainMs: 10_000,
  /** Open Kafka connections. */
  connectionsMax: 10_000,
  /** One read of a socket, unless it is of the rest of a larger frame. */
  receivedBytes: 64 * KiB,
  /** Frame buffers kept for the next requests. */
  framePoolBytes: 32 * MiB,
  /** Refused batches of a topic have one log line in this time, milliseconds. */
  refusalLogPauseMs: 10_000,
  /** Topics whose last such line is remembered; forgotten all at once above it. */
  refusalLogTopicsMax: 10_000,
  /** Partitions of one topic. */
  topicPartitionsMax: 10_000,
  /** How often a batch is judged because a lane lacked schemas or the columns of its table. */
  judgeAttemptsMax: 4,

  /* protocol: what one request may be. */

  /** A request frame above this is refused before anything is allocated (Kafka's socket.request.max.bytes). */
  frameBytesMax: 100 * MiB,
  /** Elements of all the arrays of one message together; also bounded by the bytes that are left. */
  messageArrayMax: 1_000_000,

  /* protocol/records: what one record batch may be. */

  /** One batch after decompression. */
  decompressedBatchBytesMax: 256 * MiB,
  /** A batch may inflate to at most this many times its compressed size, once it is above one MiB. */
  decompressionRatioMax: 1_000,
  /** Headers of one record. */
  recordHeadersMax: 10_000,

  /* tables/iceberg and catalogs: what a table's metadata may grow to, and how long a commit tries. */

  /** Attempts of one append before it is reported as unresolved; with the backoff below, about a minute. */
  commitAttemptsMax: 20,
  commitBackoff: { firstMs: 50, maxMs: 5_000 },
  /** Newest snapshots that metadata keeps one by one; every commit writes the whole file. */
  recentSnapshotsMax: 100,
  /** Of older plain appends, the last of each such span is kept... */
  snapshotSpanMs: 3_600_000,
  /** ...until this age (Iceberg's history.expire.max-snapshot-age-ms). */
  snapshotAgeMsMax: 5 * 24 * 3_600_000,
  /** Earlier metadata files that stay readable, where the table's own property does not say. */
  previousMetadataFilesMax: 50,
  /** Manifests of one tier that set off a merge (Iceberg's commit.manifest.min-count-to-merge). */
  manifestsBeforeMerge: 100,
  /** A merged manifest ends near this size (Iceberg's commit.manifest.target-size-bytes). */
  manifestTargetBytes: 8 * MiB,
  /** Leaf columns with counts and bounds in manifests (Iceberg's max-inferred-column-defaults). */
  columnsWithMetricsMax: 100,
  /** Plain bytes after which a written Avro block ends. */
  avroBlockBytes: 64 * KiB,
  /** Plain bytes of one Avro block of a manifest, whoever wrote it. */
  avroBlockInflatedBytesMax: 256 * MiB,
  /** Attempts against a catalog database that another process holds locked. */
  catalogBusyAttemptsMax: 40,
  catalogBusyBackoff: { firstMs: 10, maxMs: 500 },

  /* objects: keys, and patience with a store. */

  /** Characters of an object key (S3's bound). */
  objectKeyLengthMax: 1_024,
  /** Characters between two slashes of a key (a file name's bound). */
  objectKeySegmentLengthMax: 255,
  /** Attempts of one call to an object store, the first included. */
  objectStoreAttemptsMax: 8,
  /** Pauses between those; at most 6.4 s in all. */
  objectStoreBackoff: { firstMs: 50, maxMs: 5_000 },
  /** Directories that the local store remembers to be on stable storage; forgotten all at once above it. */
  durableDirectoriesMax: 10_000,

  /* schema: what a schema and a value may be. */

  /** Text of one schema (the registry answers 42209 above it): reading it keeps a broker from everything else, some 0.2 s a MiB. */
  schemaTextBytesMax: 2 * MiB,
  /** Texts of everything that one schema refers to: they are read together with it. */
  schemaReferencesBytesMax: 2 * MiB,
  /** Nesting of records, arrays, maps and messages, in a schema and in a value. */
  nestingMax: 64,
  /** Nesting of the JSON text of an Avro schema, properties included. */
  schemaJsonNestingMax: 512,
  /** Columns of one table, leaves included. */
  columnsMax: 2_000,
  /** Array items of one value that take no bytes: nothing else bounds them, and one batch holds millions of values. */
  zeroByteItemsMax: 1_000,
  /** Digits of a decimal that is too wide for a table's decimal and lands as text. */
  decimalDigitsMax: 1_000,
  /** Items of all arrays and maps of one value, each times the columns below it. */
  valueCellsMax: 20_000_000,
  /**
   * The same for values that are smaller than their columns, such as an array of null structs, each one byte and as many
   * columns as the struct has: so much for any value, and so much more for each of its bytes.
   */
  valueCellsOfFewBytesMax: 1_000_000,
  valueCellsPerByteMax: 64,
  /** Values inside one Avro value that is shown as JSON or made from it. */
  jsonPartsMax: 2_000_000,
  /** Invalid records named in one produce response; the rest are counted. */
  recordErrorsMax: 10,
  /** Characters of a list of names (enum symbols, union branches) in an error message. */
  listedNamesLengthMax: 200,
  /** Characters of a value quoted in an error message. */
  quotedValueLengthMax: 40,

  /* schema: whether one schema can read what another wrote. */

  /** Steps of one comparison: fields, symbols and branches looked at, each new pair of types counting several times. */
  compatibilityStepsMax: 3_000_000,
  /** Broken rules that one comparison names; where there are more, the first ones speak for them. */
  incompatibilitiesMax: 1_000,
  /** Types that the path of a broken rule names before the ones further out are left away. */
  compatibilityPathTypesMax: 100,

  /* schema/avro: what an Avro schema may be. */

  /** Values, members and bytes of all defaults of one schema, each times the types that they are held against. */
  defaultStepsMax: 3_000_000,

  /* schema/json: what a JSON schema and its patterns may be. */

  /** Nesting of the JSON text of a JSON schema. */
  jsonSchemaNestingMax: 256,
  /** Schemas inside a schema once every reference is written out: what a few lines of `$ref` may unfold to. */
  jsonSchemaPartsMax: 20_000,
  /** Schemas in one `allOf`, `anyOf`, `oneOf` or tuple: ajv nests the code of each in that of the one before. */
  jsonSchemaListMax: 1_000,
  /** Length of a chain of schemas one inside the other, through references. */
  jsonSchemaDepthMax: 256,
  /** Steps of the program that a pattern compiles to, repetitions written out. */
  patternSizeMax: 5_000,
  /** The same for all patterns of a schema together. */
  patternSizeTotalMax: 40_000,
  /** Characters of all patterns of a schema as they are compiled, each range of a Unicode property written out: some 40 ns each. */
  patternTextTotalMax: 2_000_000,
  /** Unicode properties that the patterns of one schema name: to find the characters of one takes some 10 ms. */
  patternPropertiesMax: 16,

  /* schema/protobuf: what a .proto file and a message may be. */

  /** Characters of a type's or a field's full name; text that repeats a long name must not grow quadratically. */
  protobufNameLengthMax: 1_024,
  /** Column values that the lists and maps of one record may fill: two bytes can name a message of many columns. */
  protobufCellsMax: 8_000_000,
  /** Values inside of one google.protobuf.Struct, Value or ListValue, which becomes one JSON text. */
  protobufJsonValuesMax: 1_000_000,

  /* state: what brokers agree on. */

  /** Batches per producer and partition that a late retry may still match (Kafka keeps 5). */
  producerBatchesKept: 16,
  /** A producer that wrote nothing for this long is forgotten (Kafka's producer.id.expiration.ms). */
  producerIdExpiryMs: 24 * 60 * 60 * 1_000,
  /** How long opening state.db waits for a broker that is just leaving. */
  stateBusyTimeoutMs: 1_000,
  /** Rows of a long list that are read from state.db together. */
  stateListPageRows: 2_000,

  /* log: group commit, reads, retention. */

  /** Bytes of one group commit; a single larger batch is a group of its own. */
  appendGroupBytesMax: 8 * MiB,
  /** Batches of one group commit. */
  appendGroupBatchesMax: 1_000,
  /** Bytes that wait to be appended; above it an append is answered `unavailable` at once. */
  appendQueueBytesMax: 256 * MiB,
  /** State transactions tried for one group before its batches are answered `unavailable`. */
  appendAttemptsMax: 10,
  /** Pauses between those; in all about 2.5 s, below every client's request timeout. */
  appendBackoff: { firstMs: 25, maxMs: 1_000 },
  /** Producers whose batch failed in a retriable way and is awaited before its successors. */
  retriableFailuresKept: 10_000,
  /** How long it is awaited. */
  retriableFailureKeptMs: 120_000,
  /** A segment file is closed and a new one started above this. */
  segmentBytesMax: 128 * MiB,
  /** Segment files kept open for reading. */
  segmentFilesOpenMax: 64,
  /** Batches of one partition given by one read, and forgotten by one step of retention. */
  readBatchesMax: 1_000,
  /** Bytes of other partitions that a read passes over rather than start again behind them. */
  readGapBytesMax: 16 * KiB,
  /** Bytes that one read takes from a piece in one go when many batches lie side by side. */
  readRangeBytesMax: 8 * MiB,
  /** Fetches that wait for new data; above it they wait for their timeout only. */
  dataWaitersMax: 10_000,
  /** A log object that nothing refers to is removed when it is older than any append that could be in flight. */
  orphanPieceAgeMs: 60 * 60 * 1_000,

  /* parquet: what a file says of its columns. */

  /** An upper bound of bytes above this is left out: the footer cannot shorten what has no successor, such as 0xff bytes. */
  boundBytesMax: 256,
  /** Memory that a thread keeps for handing columns to the encoder; larger chunks take some of their own. */
  encodeScratchBytesMax: 64 * MiB,

  /* lanes: judged rows in memory, and worker threads. */

  /** Judged rows of one lane that wait for their offsets; above it a batch's rows are dropped and read from the log again. */
  judgedBytesMax: 64 * MiB,
  /** Judged rows of one table share memory up to this, then start a new piece of it. */
  judgedPieceBytes: 4 * MiB,
  /** Partition values of a table that the records of one batch may fall into. */
  batchPartitionsMax: 1_000,
  /** Memory that a lane keeps for a batch that it reads from shared memory; larger ones take some of their own. */
  laneScratchBytesMax: 4 * MiB,
  /** Schemas that a lane remembers; the oldest is forgotten first and asked for again. */
  laneSchemasMax: 10_000,
  /** Schemas that a lane asks for in one answer. */
  neededSchemasMax: 100,
  /** JavaScript heap of a lane's thread, in MiB; columns and batches are outside of it. */
  laneHeapMiB: 512,
  /** The same of an encoder's thread; WebAssembly memory is outside of it. */
  encoderHeapMiB: 256,
} as const
