import type { JsonNode } from '../json-text.ts'
import { isIntegralText } from './jackson-number.ts'

/** The logical types of Avro 1.12 that mean something to a table or to JSON text. */
export type LogicalType =
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  /** Unscaled bytes and a scale in every value. */
  | { readonly kind: 'big-decimal' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly unit: 'millis' | 'micros' }
  | { readonly kind: 'timestamp'; readonly unit: TimestampUnit; readonly isLocal: boolean }
  /** Months, days and milliseconds, 32 bits each. */
  | { readonly kind: 'duration' }

export type TimestampUnit = 'millis' | 'micros' | 'nanos'

interface Base {
  readonly kind: string
  /** Of a fixed. */
  readonly size?: number
}

/**
 * The meaning of a `logicalType` attribute on a base type. Undefined when there is none, it is unknown, it does not fit
 * the base type or its own attributes are wrong: then the base type stands, as the specification asks.
 */
export function logicalTypeOf(base: Base, props: ReadonlyMap<string, JsonNode>): LogicalType | undefined {
  const attribute = props.get('logicalType')
  if (attribute?.kind !== 'string') return undefined
  if (attribute.value === 'decimal') return decimalOf(base, props)
  return meanings.get(`${attribute.value} on ${base.kind === 'fixed' ? `fixed(${base.size})` : base.kind}`)
}

const timestamps = (['millis', 'micros', 'nanos'] as const).flatMap((unit): [string, LogicalType][] => [
  [`timestamp-${unit} on long`, { kind: 'timestamp', unit, isLocal: false }],
  [`local-timestamp-${unit} on long`, { kind: 'timestamp', unit, isLocal: true }],
])

const meanings: ReadonlyMap<string, LogicalType> = new Map<string, LogicalType>([
  ['big-decimal on bytes', { kind: 'big-decimal' }],
  ['uuid on string', { kind: 'uuid' }],
  ['uuid on fixed(16)', { kind: 'uuid' }],
  ['date on int', { kind: 'date' }],
  ['time-millis on int', { kind: 'time', unit: 'millis' }],
  ['time-micros on long', { kind: 'time', unit: 'micros' }],
  ['duration on fixed(12)', { kind: 'duration' }],
  ...timestamps,
])

function decimalOf(base: Base, props: ReadonlyMap<string, JsonNode>): LogicalType | undefined {
  const precision = wholeNumber(props.get('precision'))
  const scale = props.has('scale') ? wholeNumber(props.get('scale')) : 0
  if (precision === undefined || scale === undefined) return undefined
  if (precision < 1 || scale < 0 || scale > precision) return undefined
  if (base.kind === 'bytes') return { kind: 'decimal', precision, scale }
  const holdsPrecision = base.kind === 'fixed' && precision <= digitsIn(base.size ?? 0)
  return holdsPrecision ? { kind: 'decimal', precision, scale } : undefined
}

/** Decimal digits that every two's complement number of so many bytes can hold. */
function digitsIn(size: number): number {
  return size === 0 ? 0 : Math.floor((8 * size - 1) * Math.log10(2))
}

function wholeNumber(node: JsonNode | undefined): number | undefined {
  if (node?.kind !== 'number' || !isIntegralText(node.text)) return undefined
  const value = Number(node.text)
  return Math.abs(value) <= 0x7fff_ffff ? value : undefined
}
