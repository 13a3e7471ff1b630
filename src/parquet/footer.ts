import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js'
import { concatBytes, viewOf } from '../shared/bytes.ts'
import { HeadgateError } from '../shared/errors.ts'

/**
 * A Parquet footer, as far as table metadata needs it, with statistics as the raw bytes of the file. hyparquet's own
 * `parquetMetadata` turns decimals into floating point and timestamps into Date, and both lose digits.
 */
export interface Footer {
  readonly rowCount: number
  readonly rowGroups: readonly FooterRowGroup[]
  /** Field ids of the leaf columns, in the order of each row group's columns; undefined where there is none. */
  readonly leafFieldIds: readonly (number | undefined)[]
}

export interface FooterRowGroup {
  /** Position of the first page. */
  readonly startOffset: number
  readonly columns: readonly FooterColumn[]
}

export interface FooterColumn {
  readonly compressedBytes: number
  /** Levels, that is values, nulls and empty lists. */
  readonly valueCount: number
  readonly nullCount: number | undefined
  /** In PLAIN encoding; undefined where the writer gave none. */
  readonly min: Uint8Array | undefined
  readonly max: Uint8Array | undefined
}

/** Of a file in pieces, one behind the other. Throws HeadgateError `malformed` when they do not end as a Parquet file does. */
export function readFooter(pieces: readonly Uint8Array[]): Footer {
  const trailer = viewOf(lastBytes(pieces, TRAILER_BYTES))
  if (trailer.byteLength < TRAILER_BYTES || trailer.getUint32(4, true) !== MAGIC)
    throw new HeadgateError('malformed', 'not a Parquet file: it does not end with PAR1')
  const footerBytes = trailer.getUint32(0, true)
  const view = viewOf(lastBytes(pieces, MAGIC_BYTES + footerBytes + TRAILER_BYTES))
  const start = view.byteLength - TRAILER_BYTES - footerBytes
  if (start < MAGIC_BYTES) throw new HeadgateError('malformed', 'a Parquet footer longer than its file')
  const metadata = deserializeTCompactProtocol({ view, offset: start }) as unknown as ThriftFileMetaData
  return {
    rowCount: Number(metadata.field_3),
    rowGroups: metadata.field_4.map(rowGroup),
    leafFieldIds: metadata.field_2.filter((element) => element.field_1 !== undefined).map((element) => element.field_9),
  }
}

/** "PAR1", little endian. */
const MAGIC = 0x31524150
const MAGIC_BYTES = 4
/** The length of the footer, and the magic again. */
const TRAILER_BYTES = 8

/** So many bytes from the end, or all there are. */
function lastBytes(pieces: readonly Uint8Array[], byteLength: number): Uint8Array {
  let first = pieces.length
  for (let bytes = 0; first > 0 && bytes < byteLength;) bytes += pieces[--first]?.byteLength ?? 0
  const [only, ...more] = pieces.slice(first)
  return (only && more.length === 0 ? only : concatBytes(pieces.slice(first))).subarray(-byteLength)
}

/* The parts of parquet.thrift that are read here, by field number. */

interface ThriftFileMetaData {
  /** schema */
  readonly field_2: readonly ThriftSchemaElement[]
  /** num_rows */
  readonly field_3: bigint
  /** row_groups */
  readonly field_4: readonly ThriftRowGroup[]
}

interface ThriftSchemaElement {
  /** type; only leaves have one. */
  readonly field_1?: number
  /** field_id */
  readonly field_9?: number
}

interface ThriftRowGroup {
  /** columns, each with its meta_data */
  readonly field_1: readonly { readonly field_3: ThriftColumnMetaData }[]
}

interface ThriftColumnMetaData {
  /** num_values */
  readonly field_5: bigint
  /** total_compressed_size */
  readonly field_7: bigint
  /** data_page_offset */
  readonly field_9: bigint
  /** dictionary_page_offset */
  readonly field_11?: bigint
  /** statistics: null_count, max_value, min_value */
  readonly field_12?: { readonly field_3?: bigint; readonly field_5?: Uint8Array; readonly field_6?: Uint8Array }
}

function rowGroup({ field_1: columns }: ThriftRowGroup): FooterRowGroup {
  const first = columns[0]?.field_3
  return {
    startOffset: Number(first?.field_11 ?? first?.field_9 ?? 4n),
    columns: columns.map(({ field_3: column }) => footerColumn(column)),
  }
}

function footerColumn({ field_5: valueCount, field_7: compressedBytes, field_12: statistics }: ThriftColumnMetaData): FooterColumn {
  return {
    compressedBytes: Number(compressedBytes),
    valueCount: Number(valueCount),
    nullCount: statistics?.field_3 === undefined ? undefined : Number(statistics.field_3),
    min: statistics?.field_6,
    max: statistics?.field_5,
  }
}
