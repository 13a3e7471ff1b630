import type { ColumnBuffers } from '../columns/column-buffers.ts'
import type { StructType } from '../columns/row-type.ts'
import type { SchemaDefinition } from '../schema/language.ts'

/**
 * A lane owns a share of the topic partitions and does their CPU work off the main thread, in the order of the calls:
 * it decompresses and judges batches while writing them into columns, keeps the judged columns until the log has given
 * them offsets, and gathers adopted rows into the open buffers of each table.
 *
 * Worker threads in production, in-process for tests and simulation; both pass one conformance suite.
 */
export interface Lane {
  /** Makes a schema known; idempotent. A lane never asks back: `judge` answers `needs-schemas` instead. */
  defineSchema(schema: LaneSchema): void
  /**
   * Makes a table's columns known: records are held against them, and judged rows are kept. Leaves a table that is known as
   * it is. `tableKey` is the topic id. A lane never asks back: `judge` answers `needs-table` instead.
   */
  defineTable(table: LaneTable): void
  /**
   * Opens the table's buffers, empty, before its first `adopt` or `decode`. Those of a lane that died are opened by nobody
   * but whoever forgot what was in them: until then nothing is adopted, decoded or cut.
   */
  openTable(table: LaneTable): void
  /** Drops the columns and buffers of a table and every ticket that belongs to it. */
  closeTable(tableKey: string): void

  judge(request: JudgeRequest): Promise<Verdict>
  /** The judged rows of `ticket` became offsets `baseOffset...`: moves them to their table's buffers. Answers how full those are. */
  adopt(request: AdoptRequest): Promise<AdoptOutcome>
  /** The batch was refused by the log or is a duplicate: forgets its rows. */
  discard(ticket: Ticket): void
  /** Decodes stored batches straight into the table's buffers: restart, another broker's append, backfill. */
  decode(request: DecodeRequest): Promise<AdoptOutcome>
  /** Takes the open buffers of a table, one chunk per partition value, and starts new ones. */
  cut(tableKey: string): Promise<Chunk[]>

  close(): Promise<void>
}

export interface LaneSchema extends SchemaDefinition {
  readonly schemaId: number
  /** The registry's GUID of the same schema, by which a header may name it. */
  readonly guid?: string
}

export interface LaneTable {
  readonly tableKey: string
  /** Value columns, then metadata columns, with field ids. */
  readonly rowType: StructType
  /** How rows are split into files; `none` keeps them together. The source is always `_kafka_timestamp`. */
  readonly partitionBy: TimePartition
}

export type TimePartition = 'none' | 'hour' | 'day' | 'month' | 'year'

/** How to judge the values of a topic. */
export interface Judgement {
  /** What a record is checked against: nothing, the id's schema (framed), or one fixed schema (unframed). */
  readonly value:
    | { readonly kind: 'none' }
    | {
        readonly kind: 'framed'
        readonly framing: Framing
        readonly allowedSchemaIds: readonly number[]
        readonly unframedSchemaId?: number
        /** What a lane asked for and the registry does not have: a record that names it is invalid. */
        readonly absent?: { readonly schemaIds: readonly number[]; readonly guids: readonly string[] }
      }
  /** Whether judged rows are kept for a table; without one the columns are dropped. */
  readonly tableKey?: string
  /** Compacted topics refuse records without a key. */
  readonly isKeyRequired: boolean
}

/** `auto` takes a header, then the prefix, then (JSON and file-bound topics) the bare value. */
export type Framing = 'auto' | 'confluent' | 'header' | 'raw'

export interface JudgeRequest {
  readonly topic: string
  readonly partition: number
  /**
   * One whole record batch whose header and CRC were checked. Shared memory is read where it is and must not change before
   * the verdict; any other buffer is transferred, and the caller keeps no view of it.
   */
  readonly batch: Uint8Array
  readonly judgement: Judgement
}

/** Names rows that were judged and wait for their offsets. */
export type Ticket = number

export type Verdict =
  | { readonly kind: 'valid'; readonly ticket: Ticket; readonly recordCount: number; readonly maxTimestampMs: bigint }
  /** The batch is refused whole; `errors` names at most `recordErrorsMax` of `invalidCount` records, by index. */
  | { readonly kind: 'invalid'; readonly errors: readonly InvalidRecord[]; readonly invalidCount: number; readonly recordCount: number }
  /** The batch itself cannot be read: truncated records, a bomb, a count that does not match. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** Ids this lane has not been given. Define them and judge again; an id that does not exist must not be sent again. */
  | { readonly kind: 'needs-schemas'; readonly schemaIds: readonly number[]; readonly guids: readonly string[] }
  /** The table of the judgement is not known here, and no record is judged without its columns. Define it and judge again. */
  | { readonly kind: 'needs-table' }

export interface InvalidRecord {
  /** Position in the batch. */
  readonly index: number
  /** `$.payload.size`, or undefined where no value was reached. */
  readonly path?: string
  readonly reason: string
}

export interface AdoptRequest {
  readonly ticket: Ticket
  readonly tableKey: string
  readonly partition: number
  readonly baseOffset: bigint
  readonly logAppendTimeMs: bigint | null
}

export interface DecodeRequest {
  readonly tableKey: string
  readonly topic: string
  readonly partition: number
  /** Whole batches as the log gives them, offsets patched. Transferred. */
  readonly batches: readonly Uint8Array<ArrayBuffer>[]
  /** Rows below it are skipped: the table has them. */
  readonly fromOffset: bigint
  readonly judgement: Judgement
}

export type AdoptOutcome =
  | {
      readonly kind: 'adopted'
      readonly bufferedRows: number
      readonly bufferedBytes: number
      readonly partitionCount: number
      /** Stored records that no schema of the topic fits, which have no row: accepted before there was a schema. */
      readonly leftOut?: { readonly count: number; readonly first: { readonly offset: bigint; readonly reason: string } }
    }
  /** The ticket is unknown (the lane restarted, or another lane judged it): decode from the log. */
  | { readonly kind: 'gone' }
  /** A stored batch cannot be read. It was walked when it came in, so this is corruption. */
  | { readonly kind: 'undecodable'; readonly offset: bigint; readonly reason: string }
  | { readonly kind: 'needs-schemas'; readonly schemaIds: readonly number[]; readonly guids: readonly string[] }

/** Rows on their way to an encoder. Its memory is transferred. */
export interface Chunk {
  /** The transform's result (days, hours, months or years since 1970), null under `none`. */
  readonly partitionValue: number | null
  readonly rowCount: number
  readonly byteLength: number
  /** One entry per top-level column of the table's row type. */
  readonly columns: readonly ColumnBuffers[]
}
