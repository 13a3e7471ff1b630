import type { Int64Column } from '../../columns/column-builder.ts'

/**
 * Dates and times of RFC 3339, read character by character without allocating: once to judge a value and once to write
 * it. What is valid is what ajv-formats takes in full mode: any case of T and Z, a space for T, offsets also as `+hh`
 * and `+hhmm`, a leap second only where UTC can have one, any number of fractional digits.
 */

/** The date alone, `2024-02-29`. */
export function isDate(text: string): boolean {
  return text.length === DATE_LENGTH && daysAt(text, 0) !== NOT_A_DATE
}

/** Days since 1970-01-01 of a valid date. */
export function parseDate(text: string): number {
  return daysAt(text, 0)
}

export function isDateTime(text: string): boolean {
  return isDateTimeWith(text, { isZoneRequired: true })
}

/** As `isDateTime`, but the offset may be missing (the format `iso-date-time`). */
export function isIsoDateTime(text: string): boolean {
  return isDateTimeWith(text, { isZoneRequired: false })
}

export function isTime(text: string): boolean {
  return secondsAt(text, 0) !== NOT_A_TIME && hasZoneAt(text, 0)
}

/** As `isTime`, but the offset may be missing (the format `iso-time`). */
export function isIsoTime(text: string): boolean {
  return secondsAt(text, 0) !== NOT_A_TIME
}

/** Appends a valid date-time as microseconds since 1970 in UTC; digits behind the sixth are cut off, which floors. */
export function appendDateTime(column: Int64Column, text: string): void {
  const seconds = daysAt(text, 0) * SECONDS_PER_DAY + secondsAt(text, DATE_LENGTH + 1)
  appendMicros(column, seconds, fractionMicrosAt(text, DATE_LENGTH + 1 + TIME_LENGTH))
}

/**
 * Appends `seconds * 10^6 + micros`, which may pass 2^53, without BigInt: 10^6 is 15625 * 2^6, and seconds of four-digit
 * years times 15625 fit a double exactly. `micros` is below 10^6.
 */
export function appendMicros(column: Int64Column, seconds: number, micros: number): void {
  const scaled = seconds * 15_625
  const scaledHigh = Math.floor(scaled / 2 ** 26)
  const low = (scaled - scaledHigh * 2 ** 26) * 64 + micros
  column.appendParts(low | 0, scaledHigh + (low >= 2 ** 32 ? 1 : 0))
}

function isDateTimeWith(text: string, { isZoneRequired }: { isZoneRequired: boolean }): boolean {
  if (daysAt(text, 0) === NOT_A_DATE) return false
  const separator = text.charCodeAt(DATE_LENGTH)
  if ((separator | LOWER_CASE) !== LETTER_T && separator !== SPACE) return false
  return secondsAt(text, DATE_LENGTH + 1) !== NOT_A_TIME && (!isZoneRequired || hasZoneAt(text, DATE_LENGTH + 1))
}

/** Days since 1970-01-01 of the date at a position, or NOT_A_DATE. */
function daysAt(text: string, position: number): number {
  const year = twoDigitsAt(text, position) * 100 + twoDigitsAt(text, position + 2)
  const month = twoDigitsAt(text, position + 5)
  const day = twoDigitsAt(text, position + 8)
  if (text.charCodeAt(position + 4) !== DASH || text.charCodeAt(position + 7) !== DASH) return NOT_A_DATE
  // A character that is no digit makes its number NaN, which fails every comparison.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return NOT_A_DATE
  return daysFromCivil(year, month, day)
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that a leap day comes last. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}

/** Seconds since midnight UTC of the time at a position, which must go to the text's end, or NOT_A_TIME. */
function secondsAt(text: string, position: number): number {
  const hour = twoDigitsAt(text, position)
  const minute = twoDigitsAt(text, position + 3)
  const second = twoDigitsAt(text, position + 6)
  if (text.charCodeAt(position + 2) !== COLON || text.charCodeAt(position + 5) !== COLON) return NOT_A_TIME
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return NOT_A_TIME
  const offsetMinutes = offsetMinutesAt(text, fractionEndAt(text, position + TIME_LENGTH))
  if (Number.isNaN(offsetMinutes)) return NOT_A_TIME
  const utcMinutes = hour * 60 + minute - offsetMinutes
  if (second === 60 && (utcMinutes + MINUTES_PER_DAY) % MINUTES_PER_DAY !== MINUTES_PER_DAY - 1) return NOT_A_TIME
  return utcMinutes * 60 + second
}

/** Behind the fraction at a position, if there is one; NaN for a dot without digits. */
function fractionEndAt(text: string, position: number): number {
  if (text.charCodeAt(position) !== DOT) return position
  let end = position + 1
  while (isDigit(text.charCodeAt(end))) end++
  return end === position + 1 ? Number.NaN : end
}

function fractionMicrosAt(text: string, position: number): number {
  if (text.charCodeAt(position) !== DOT) return 0
  let micros = 0
  for (let index = 1, unit = 100_000; index <= 6 && isDigit(text.charCodeAt(position + index)); index++, unit /= 10)
    micros += (text.charCodeAt(position + index) - DIGIT_0) * unit
  return micros
}

/** The offset that ends the text, in minutes east; 0 when there is none; NaN when something else is there. */
function offsetMinutesAt(text: string, position: number): number {
  const left = text.length - position
  if (left === 0) return 0
  const sign = text.charCodeAt(position)
  if (left === 1) return (sign | LOWER_CASE) === LETTER_Z ? 0 : Number.NaN
  if (sign !== PLUS && sign !== DASH) return Number.NaN
  const hours = twoDigitsAt(text, position + 1)
  const hasColon = left === 6 && text.charCodeAt(position + 3) === COLON
  const minutes = left === 3 ? 0 : left === 5 ? twoDigitsAt(text, position + 3) : hasColon ? twoDigitsAt(text, position + 4) : Number.NaN
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN
  return (hours * 60 + minutes) * (sign === DASH ? -1 : 1)
}

/** Whether a valid time at a position ends with an offset. */
function hasZoneAt(text: string, position: number): boolean {
  return fractionEndAt(text, position + TIME_LENGTH) < text.length
}

/** NaN unless two digits are there. */
function twoDigitsAt(text: string, position: number): number {
  const tens = text.charCodeAt(position) - DIGIT_0
  const units = text.charCodeAt(position + 1) - DIGIT_0
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : Number.NaN
}

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_0 + 9
}

const DATE_LENGTH = 'yyyy-mm-dd'.length
const TIME_LENGTH = 'hh:mm:ss'.length
const SECONDS_PER_DAY = 86_400
const MINUTES_PER_DAY = 1_440
const NOT_A_DATE = Number.NEGATIVE_INFINITY
const NOT_A_TIME = Number.NEGATIVE_INFINITY

const SPACE = 0x20
const PLUS = 0x2b
const DASH = 0x2d
const DOT = 0x2e
const DIGIT_0 = 0x30
const COLON = 0x3a
const LETTER_T = 0x74
const LETTER_Z = 0x7a
/** Set in lower-case letters. */
const LOWER_CASE = 0x20
