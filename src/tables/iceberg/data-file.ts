import type { ColumnMetrics, FileMetrics } from '../../parquet/file-metrics.ts'
import type { PreparedFile } from '../table-commit.ts'
import { limits } from '../../shared/limits.ts'
import type { AvroRecord, AvroValue } from './avro-schema.ts'
import { lowerBound, parseBound, upperBound } from './bounds.ts'
import { fileContent, fileField, metricsMap } from './manifest.ts'
import type { Leaf } from './schema.ts'

/** A data file as a manifest describes it: to the `data_file` record and back. */
export interface DataFileContext {
  readonly uri: string
  /** Undefined for an unpartitioned spec. */
  readonly partitionFieldId: number | undefined
  /** The table's leaf columns by field id. */
  readonly leaves: ReadonlyMap<number, Leaf>
  /** See `columnsWithMetrics`. */
  readonly metricsIds: ReadonlySet<number>
}

export function dataFileRecord({ metrics, partitionValue }: PreparedFile, context: DataFileContext): AvroRecord {
  const { uri, partitionFieldId, leaves, metricsIds } = context
  const columns = metrics.columns.filter(({ fieldId }) => metricsIds.has(fieldId))
  return {
    [fileField.content]: fileContent.data,
    [fileField.path]: uri,
    [fileField.format]: 'PARQUET',
    [fileField.partition]: partitionFieldId === undefined ? {} : { [partitionFieldId]: partitionValue },
    [fileField.recordCount]: metrics.rowCount,
    [fileField.sizeBytes]: metrics.sizeBytes,
    [fileField.columnSizes]: metricsRecords(columns, metricsMap.columnSizes, ({ compressedBytes }) => compressedBytes),
    [fileField.valueCounts]: metricsRecords(columns, metricsMap.valueCounts, ({ valueCount }) => valueCount),
    [fileField.nullCounts]: metricsRecords(columns, metricsMap.nullCounts, ({ nullCount }) => nullCount),
    [fileField.nanCounts]: metricsRecords(columns, metricsMap.nanCounts, ({ nanCount }) => nanCount),
    [fileField.lowerBounds]: metricsRecords(columns, metricsMap.lowerBounds, (column) => boundOf(column, leaves, 'lower')),
    [fileField.upperBounds]: metricsRecords(columns, metricsMap.upperBounds, (column) => boundOf(column, leaves, 'upper')),
    [fileField.splitOffsets]: metrics.splitOffsets,
    // Trino's metadata tables fail on null; 0 is the order "unsorted".
    [fileField.sortOrderId]: 0,
  }
}

/** The metrics that a manifest holds: bounds may be truncated, so lower is at or below the least value, upper at or above. */
export function fileMetricsOf(dataFile: AvroRecord, leaves: ReadonlyMap<number, Leaf>): FileMetrics {
  const columnSizes = metricsOf(dataFile[fileField.columnSizes], metricsMap.columnSizes)
  const valueCounts = metricsOf(dataFile[fileField.valueCounts], metricsMap.valueCounts)
  const nullCounts = metricsOf(dataFile[fileField.nullCounts], metricsMap.nullCounts)
  const nanCounts = metricsOf(dataFile[fileField.nanCounts], metricsMap.nanCounts)
  const lowerBounds = metricsOf(dataFile[fileField.lowerBounds], metricsMap.lowerBounds)
  const upperBounds = metricsOf(dataFile[fileField.upperBounds], metricsMap.upperBounds)
  return {
    rowCount: Number(dataFile[fileField.recordCount]),
    sizeBytes: Number(dataFile[fileField.sizeBytes]),
    splitOffsets: ((dataFile[fileField.splitOffsets] ?? []) as readonly (number | bigint)[]).map(Number),
    columns: [...valueCounts].map(([fieldId, valueCount]) => {
      const nanCount = nanCounts.get(fieldId)
      return {
        fieldId,
        compressedBytes: Number(columnSizes.get(fieldId) ?? 0),
        valueCount: Number(valueCount),
        nullCount: Number(nullCounts.get(fieldId) ?? 0),
        ...(nanCount === undefined ? {} : { nanCount: Number(nanCount) }),
        ...parsedBound('lower', lowerBounds.get(fieldId), leaves.get(fieldId)),
        ...parsedBound('upper', upperBounds.get(fieldId), leaves.get(fieldId)),
      }
    }),
  }
}

/**
 * The columns whose metrics go into manifests: the first of a very wide table, and Headgate's own, which are last and
 * say what offsets and times a file holds. Metrics of all of them would swell every manifest.
 */
export function columnsWithMetrics(leaves: ReadonlyMap<number, Leaf>): ReadonlySet<number> {
  const first = [...leaves.keys()].slice(0, limits.columnsWithMetricsMax)
  const own = [...leaves.values()].filter(({ path }) => path.startsWith('_kafka_'))
  return new Set([...first, ...own.map(({ field }) => field.fieldId)])
}

function boundOf(column: ColumnMetrics, leaves: ReadonlyMap<number, Leaf>, side: 'lower' | 'upper'): Uint8Array | undefined {
  const leaf = leaves.get(column.fieldId)
  const value = column[side]
  if (leaf === undefined || leaf.isRepeated || value === undefined) return undefined
  return side === 'lower' ? lowerBound(leaf.field.type, value) : upperBound(leaf.field.type, value)
}

function parsedBound(side: 'lower' | 'upper', bytes: AvroValue | undefined, leaf: Leaf | undefined): object {
  if (!(bytes instanceof Uint8Array) || leaf === undefined) return {}
  const value = parseBound(leaf.field.type, bytes)
  return value === undefined ? {} : { [side]: value }
}

interface MapIds {
  readonly key: number
  readonly value: number
}

function metricsRecords(
  columns: readonly ColumnMetrics[],
  { key, value }: MapIds,
  pick: (column: ColumnMetrics) => AvroValue | undefined,
): readonly AvroRecord[] {
  return columns.flatMap((column) => {
    const picked = pick(column)
    return picked === undefined ? [] : [{ [key]: column.fieldId, [value]: picked }]
  })
}

function metricsOf(records: AvroValue | undefined, { key, value }: MapIds): Map<number, AvroValue> {
  return new Map(((records ?? []) as readonly AvroRecord[]).map((record) => [Number(record[key]), record[value] ?? null]))
}
