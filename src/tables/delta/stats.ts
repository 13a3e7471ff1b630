import type { RowField, RowType, StructType } from '../../columns/row-type.ts'
import type { BoundValue, ColumnMetrics, FileMetrics } from '../../parquet/file-metrics.ts'
import { stringifyJson, type JsonObject, type JsonValue } from '../../shared/json.ts'
import { utf8Text } from '../../shared/bytes.ts'

/**
 * The statistics of one file as Delta's JSON text (Delta protocol, "Per-file Statistics"): row count, and per column
 * the null count and bounds, nested as the schema is. Readers skip files by them, so a bound may be wide, never narrow:
 * what cannot be said exactly enough is left out.
 */
export function statsText(rowType: StructType, metrics: FileMetrics): string {
  const byFieldId = new Map(metrics.columns.map((column) => [column.fieldId, column]))
  const indexed = indexedFields(rowType)
  const project = (of: (field: RowField, column: ColumnMetrics) => JsonValue | undefined): JsonObject =>
    projectFields(rowType.fields, (field) => {
      const column = indexed.has(field.fieldId) ? byFieldId.get(field.fieldId) : undefined
      return column && of(field, column)
    })
  return stringifyJson({
    numRecords: metrics.rowCount,
    minValues: project(({ type }, column) => minValue(type, column)),
    maxValues: project(({ type }, column) => maxValue(type, column)),
    nullCount: project((_field, column) => column.nullCount),
    tightBounds: true,
  })
}

/** Delta's default: the first 32 leaves have statistics. */
const INDEXED_COLUMNS = 32

function indexedFields(rowType: StructType): ReadonlySet<number> {
  const ids: number[] = []
  const collect = (fields: readonly RowField[]): void => {
    for (const { fieldId, type } of fields) {
      if (type.kind === 'struct') collect(type.fields)
      else if (type.kind !== 'list' && type.kind !== 'map') ids.push(fieldId)
    }
  }
  collect(rowType.fields)
  return new Set(ids.slice(0, INDEXED_COLUMNS))
}

function projectFields(fields: readonly RowField[], of: (field: RowField) => JsonValue | undefined): JsonObject {
  const entries = fields.flatMap((field): [string, JsonValue][] => {
    if (field.type.kind === 'struct') {
      const nested = projectFields(field.type.fields, of)
      return Object.keys(nested).length === 0 ? [] : [[field.name, nested]]
    }
    const value = of(field)
    return value === undefined ? [] : [[field.name, value]]
  })
  return Object.fromEntries(entries)
}

function minValue(type: RowType, { lower }: ColumnMetrics): JsonValue | undefined {
  if (lower === undefined) return undefined
  if (type.kind === 'timestamp') return timestampText(floorMillis(lower as bigint), type.isUtc)
  if (type.kind === 'string' || type.kind === 'json') return minText(lower as Uint8Array)
  return plainValue(type, lower)
}

function maxValue(type: RowType, { upper, nanCount = 0 }: ColumnMetrics): JsonValue | undefined {
  // Spark orders NaN above everything else.
  if (upper === undefined || nanCount > 0) return undefined
  if (type.kind === 'timestamp') return timestampText(floorMillis((upper as bigint) + 999n), type.isUtc)
  if (type.kind === 'string' || type.kind === 'json') return maxText(upper as Uint8Array)
  return plainValue(type, upper)
}

function plainValue(type: RowType, value: BoundValue): JsonValue | undefined {
  switch (type.kind) {
    case 'int':
    case 'long':
      return value as number | bigint
    case 'float':
    case 'double':
      return Number.isFinite(value) ? (value as number) : undefined
    case 'date':
      return dateText(value as number)
    case 'decimal':
      return decimalNumber(value as bigint, type.scale)
    default:
      return undefined
  }
}

/** Exact only as JSON number text: a double would round it. */
function decimalNumber(unscaled: bigint, scale: number): JsonValue | undefined {
  if (scale === 0) return unscaled
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
  const text = `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  return rawNumber(text)
}

const rawNumber = (JSON as unknown as { rawJSON(this: void, text: string): JsonValue }).rawJSON

function floorMillis(micros: bigint): bigint {
  return micros >= 0n ? micros / 1000n : -((-micros + 999n) / 1000n)
}

/** Undefined outside the years 0001 to 9999, which the format cannot say. */
function timestampText(millis: bigint, isUtc: boolean): string | undefined {
  const text = isoText(Number(millis))
  return text === undefined ? undefined : isUtc ? text : text.slice(0, -1)
}

function dateText(days: number): string | undefined {
  return isoText(days * 86_400_000)?.slice(0, 10)
}

function isoText(millis: number): string | undefined {
  const date = new Date(millis)
  if (Number.isNaN(date.getTime())) return undefined
  const text = date.toISOString()
  return text.startsWith('+') || text.startsWith('-') || text.startsWith('0000') ? undefined : text
}

/** UTF-16 units of a bound, as Spark truncates (StatisticsCollection). */
const TEXT_UNITS = 32

function minText(lower: Uint8Array): string | undefined {
  const text = textOf(lower)
  return text === undefined ? undefined : cutText(text)
}

/** A prefix sorts before the whole, so a character above the first one cut off is added. */
function maxText(upper: Uint8Array): string | undefined {
  const text = textOf(upper)
  if (text === undefined) return undefined
  const prefix = cutText(text)
  if (prefix.length === text.length) return text
  const firstCut = text.codePointAt(prefix.length) ?? 0
  if (firstCut >= 0x10_ffff) return undefined
  return prefix + (firstCut < 0x7f ? '\u007F' : String.fromCodePoint(0x10_ffff))
}

/** Never between the halves of a surrogate pair. */
function cutText(text: string): string {
  if (text.length <= TEXT_UNITS) return text
  const last = text.charCodeAt(TEXT_UNITS - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? TEXT_UNITS - 1 : TEXT_UNITS)
}

/** A bound that a footer cut inside a character is no text; it is left out. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8Text(bytes)
  } catch {
    return undefined
  }
}
