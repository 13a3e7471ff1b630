import { SECONDS_FIRST, SECONDS_LAST } from '../../../columns/time-range.ts'

/**
 * Texts of Timestamp and Duration in proto3 JSON (https://protobuf.dev/programming-guides/json/), and of the times of
 * day. Null means that the value or text is outside of what the type allows.
 */
export interface SecondsAndNanos {
  readonly seconds: bigint
  readonly nanos: number
}

/** Ten thousand years. */
export const DURATION_SECONDS_MAX = 315_576_000_000
export const NANOS_MAX = 999_999_999

/** `2026-01-02T03:04:05.123Z`, with 0, 3, 6 or 9 digits of a second. */
export function timestampText({ seconds, nanos }: SecondsAndNanos): string | null {
  if (seconds < SECONDS_FIRST || seconds > SECONDS_LAST || nanos < 0 || nanos > NANOS_MAX) return null
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}${fraction(nanos)}Z`
}

export function parseTimestamp(text: string): SecondsAndNanos | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (!match) return null
  const [, local = '', , zone = ''] = match
  // Date.parse takes the 30th of February for the 2nd of March.
  const asUtc = Date.parse(`${local}Z`)
  if (Number.isNaN(asUtc) || !new Date(asUtc).toISOString().startsWith(local)) return null
  const milliseconds = Date.parse(`${local}${zone}`)
  if (Number.isNaN(milliseconds)) return null
  const seconds = milliseconds / 1_000
  if (seconds < SECONDS_FIRST || seconds > SECONDS_LAST) return null
  return { seconds: BigInt(seconds), nanos: nanosOf(match[2]) }
}

/** `-1.5s`, with 0, 3, 6 or 9 digits of a second. */
export function durationText({ seconds, nanos }: SecondsAndNanos): string | null {
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)
  if (isMixed || Math.abs(nanos) > NANOS_MAX || seconds > DURATION_SECONDS_MAX || seconds < -DURATION_SECONDS_MAX) return null
  const sign = seconds < 0n || nanos < 0 ? '-' : ''
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(Math.abs(nanos))}s`
}

export function parseDuration(text: string): SecondsAndNanos | null {
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text)
  if (!match) return null
  const seconds = BigInt(match[2] ?? '0')
  if (seconds > DURATION_SECONDS_MAX) return null
  const nanos = nanosOf(match[3])
  return match[1] === '-' ? { seconds: -seconds, nanos: 0 - nanos } : { seconds, nanos }
}

function nanosOf(digits: string | undefined): number {
  return Number((digits ?? '').padEnd(9, '0'))
}

function fraction(nanos: number): string {
  if (nanos === 0) return ''
  const digits = String(nanos).padStart(9, '0')
  return `.${digits.replace(/^(.{3}|.{6})0+$/, '$1')}`
}
