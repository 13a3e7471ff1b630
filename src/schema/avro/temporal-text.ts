import { DAY_FIRST, DAY_LAST } from '../../columns/time-range.ts'
import type { LogicalType, TimestampUnit } from './logical-type.ts'

/** Dates, times and timestamps as ISO 8601 text and back, exact to the nanosecond. */
export type Temporal = Extract<LogicalType, { kind: 'date' | 'time' | 'timestamp' }>

const DAY_SECONDS = 86_400n
const unitsPerSecond: { readonly [unit in TimestampUnit]: bigint } = { millis: 1_000n, micros: 1_000_000n, nanos: 1_000_000_000n }
const fractionDigits: { readonly [unit in TimestampUnit]: number } = { millis: 3, micros: 6, nanos: 9 }

/** Undefined for what has no such text: years outside 0001 to 9999, times outside one day. */
export function temporalText(logical: Temporal, value: bigint): string | undefined {
  switch (logical.kind) {
    case 'date':
      return dateText(value)
    case 'time': {
      const perSecond = unitsPerSecond[logical.unit]
      return value < 0n || value >= DAY_SECONDS * perSecond ? undefined : timeText(value, logical.unit)
    }
    case 'timestamp': {
      const perDay = DAY_SECONDS * unitsPerSecond[logical.unit]
      const days = floorDivide(value, perDay)
      const date = dateText(days)
      return date === undefined ? undefined : `${date}T${timeText(value - days * perDay, logical.unit)}${logical.isLocal ? '' : 'Z'}`
    }
  }
}

/** Undefined for text that is not of the type, or is finer than its unit. */
export function parseTemporal(logical: Temporal, text: string): bigint | undefined {
  switch (logical.kind) {
    case 'date':
      return parseDate(text)
    case 'time':
      return parseTime(text, logical.unit)
    case 'timestamp':
      return parseTimestamp(text, logical)
  }
}

function dateText(days: bigint): string | undefined {
  if (days < DAY_FIRST || days > DAY_LAST) return undefined
  return new Date(Number(days) * 86_400_000).toISOString().slice(0, 10)
}

function timeText(sinceMidnight: bigint, unit: TimestampUnit): string {
  const seconds = Number(sinceMidnight / unitsPerSecond[unit])
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'))
  return `${parts.join(':')}.${String(sinceMidnight % unitsPerSecond[unit]).padStart(fractionDigits[unit], '0')}`
}

function parseDate(text: string): bigint | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (!match) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  // A day such as February 30 moves on to another.
  return date.toISOString().startsWith(text) && match[1] !== '0000' ? BigInt(date.getTime() / 86_400_000) : undefined
}

function parseTime(text: string, unit: TimestampUnit): bigint | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?$/.exec(text)
  if (!match) return undefined
  const [, hours, minutes, seconds = '0', fraction = ''] = match
  const nanos = BigInt(fraction.padEnd(9, '0'))
  const nanosPerUnit = unitsPerSecond.nanos / unitsPerSecond[unit]
  if (nanos % nanosPerUnit !== 0n) return undefined
  return BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * unitsPerSecond[unit] + nanos / nanosPerUnit
}

/** An instant needs its zone, `Z` or an offset; a local timestamp has none. */
function parseTimestamp(text: string, { unit, isLocal }: Extract<Temporal, { kind: 'timestamp' }>): bigint | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[T ]([\d:.]+)(Z|[-+]\d\d:?\d\d)?$/.exec(text)
  if (!match) return undefined
  const [, date = '', time = '', zone] = match
  if ((zone === undefined) !== isLocal) return undefined
  const days = parseDate(date)
  const sinceMidnight = parseTime(time, unit)
  const offsetSeconds = offsetOf(zone)
  if (days === undefined || sinceMidnight === undefined) return undefined
  return (days * DAY_SECONDS - offsetSeconds) * unitsPerSecond[unit] + sinceMidnight
}

function offsetOf(zone: string | undefined): bigint {
  if (zone === undefined || zone === 'Z') return 0n
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return BigInt((zone.startsWith('-') ? -minutes : minutes) * 60)
}

function floorDivide(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor
  return value % divisor < 0n ? quotient - 1n : quotient
}

export function isTemporal(logical: LogicalType | undefined): logical is Temporal {
  return logical?.kind === 'date' || logical?.kind === 'time' || logical?.kind === 'timestamp'
}
