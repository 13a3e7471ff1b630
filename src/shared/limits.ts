/**
 * Every bound in one place: queues, buffers, loops, retries, nesting. A limit that an operator may set has its
 * default in settings.ts instead. Bytes unless the name says otherwise.
 */
const KiB = 1024
const MiB = 1024 * KiB

export const limits = {
  /* sink: rows on their way into a table. */

  /** Columns of one table in one lane before they are handed to the encoder as a row group. */
  chunkBytes: 32 * MiB,
  /** Rows of a row group. */
  rowGroupRows: 1_000_000,
  /** One read of the log while catching up. */
  catchUpReadBytes: 4 * MiB,
  /** Wait for room in the buffers while catching up, milliseconds. */
  catchUpPauseMs: 20,
  /** Between attempts to resolve a commit. */
  commitBackoff: { firstMs: 50, maxMs: 5_000 },
  /** Between two lives of a topic's sink after a failure. */
  sessionBackoff: { firstMs: 20, maxMs: 10_000 },

  /* protocol: what one request may be. */

  /** A request frame above this is refused before anything is allocated (Kafka's socket.request.max.bytes). */
  frameBytesMax: 100 * MiB,
  /** Elements of any array in a message; also bounded by the bytes that are left. */
  messageArrayMax: 1_000_000,

  /* protocol/records: what one record batch may be. */

  /** One batch after decompression. */
  decompressedBatchBytesMax: 256 * MiB,
  /** A batch may inflate to at most this many times its compressed size, once it is above one MiB. */
  decompressionRatioMax: 1_000,
  /** Headers of one record. */
  recordHeadersMax: 10_000,

  /* schema: what a schema and a value may be. */

  /** Text of one schema (the registry answers 42209 above it). */
  schemaTextBytesMax: 16 * MiB,
  /** Nesting of records, arrays, maps and messages, in a schema and in a value. */
  nestingMax: 64,
  /** Columns of one table, leaves included. */
  columnsMax: 2_000,
  /** Items of one array or map value, where the bytes that are left do not bound it (zero-byte items). */
  zeroByteItemsMax: 100_000,
  /** Invalid records named in one produce response; the rest are counted. */
  recordErrorsMax: 10,
  /** Characters of a value quoted in an error message. */
  quotedValueLengthMax: 40,
} as const
