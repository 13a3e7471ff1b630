import type { Int64Column } from '../../columns/fixed-width-columns.ts'
import { DAY_FIRST, SECONDS_FIRST, SECONDS_LAST } from '../../columns/time-range.ts'

/**
 * Dates and times of RFC 3339, read from bytes without allocating. What is valid is what ajv-formats takes in full
 * mode: T and Z in any case, a space for T, offsets also as `+hh` and `+hhmm`, a leap second only where UTC can have
 * one, any number of fractional digits. Readers leave what they read in module variables, for the caller to take at once.
 */
let readDays = 0
let readSeconds = 0
let readMicros = 0
let hasReadZone = false

export function isDate(text: string): boolean {
  return text.length === DATE_LENGTH && readDate(asciiOf(text), 0, text.length)
}

export function isDateTime(text: string): boolean {
  return isIsoDateTime(text) && hasReadZone
}

/** As `isDateTime`, but the offset may be missing (the format `iso-date-time`). */
export function isIsoDateTime(text: string): boolean {
  return readDateTime(asciiOf(text), 0, text.length)
}

export function isTime(text: string): boolean {
  return isIsoTime(text) && hasReadZone
}

/** As `isTime`, but the offset may be missing (the format `iso-time`). */
export function isIsoTime(text: string): boolean {
  return readTime(asciiOf(text), 0, text.length)
}

/** Days since 1970-01-01 of the date that is `bytes[start, end)`; undefined when it is none, or none that a table holds. */
export function parseDate(bytes: Uint8Array, start: number, end: number): number | undefined {
  return end - start === DATE_LENGTH && readDate(bytes, start, end) && readDays >= DAY_FIRST ? readDays : undefined
}

/**
 * Appends the date-time that is `bytes[start, end)` as microseconds since 1970 in UTC; digits behind the sixth are cut
 * off, which floors. False, with nothing appended, when it is no date-time, or none that a table holds: RFC 3339 has a year
 * 0000, and an offset or a leap second may lead out of the year 9999.
 */
export function appendDateTime(column: Int64Column, bytes: Uint8Array, start: number, end: number): boolean {
  if (!readDateTime(bytes, start, end) || !hasReadZone) return false
  const seconds = readDays * SECONDS_PER_DAY + readSeconds
  if (seconds < SECONDS_FIRST || seconds > SECONDS_LAST) return false
  appendMicros(column, seconds, readMicros)
  return true
}

/**
 * Appends `seconds * 10^6 + micros`, which may pass 2^53, without BigInt: 10^6 is 15625 * 2^6, and seconds of four-digit
 * years times 15625 fit a double exactly. `micros` is below 10^6.
 */
function appendMicros(column: Int64Column, seconds: number, micros: number): void {
  const scaled = seconds * 15_625
  const scaledHigh = Math.floor(scaled / 2 ** 26)
  const low = (scaled - scaledHigh * 2 ** 26) * 64 + micros
  column.appendParts(low | 0, scaledHigh + (low >= 2 ** 32 ? 1 : 0))
}

/** The characters of a text as bytes, valid until the next call; what is not ASCII becomes a byte that no date has. */
export function asciiOf(text: string): Uint8Array {
  const bytes = text.length <= scratch.length ? scratch : new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    bytes[index] = code < 0x80 ? code : 0xff
  }
  return bytes
}

function readDateTime(bytes: Uint8Array, start: number, end: number): boolean {
  const separator = start + DATE_LENGTH
  if (!readDate(bytes, start, end) || separator >= end) return false
  const byte = bytes[separator] as number
  return ((byte | LOWER_CASE) === LETTER_T || byte === SPACE) && readTime(bytes, separator + 1, end)
}

function readDate(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < DATE_LENGTH || bytes[start + 4] !== DASH || bytes[start + 7] !== DASH) return false
  const century = twoDigitsAt(bytes, start)
  const yearOfCentury = twoDigitsAt(bytes, start + 2)
  const month = twoDigitsAt(bytes, start + 5)
  const day = twoDigitsAt(bytes, start + 8)
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12) return false
  const year = century * 100 + yearOfCentury
  if (day < 1 || (day > 28 && day > daysInMonth(year, month))) return false
  readDays = daysFromCivil(year, month, day)
  return true
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar; years begin in March, so that a leap day comes last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const marchYear = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + dayOfYear - 719_468
}

/** Seconds since midnight UTC, which an offset may put before or after the day. */
function readTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < TIME_LENGTH || bytes[start + 2] !== COLON || bytes[start + 5] !== COLON) return false
  const hour = twoDigitsAt(bytes, start)
  const minute = twoDigitsAt(bytes, start + 3)
  const second = twoDigitsAt(bytes, start + 6)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false
  const zoneStart = readFraction(bytes, start + TIME_LENGTH, end)
  const offsetMinutes = offsetMinutesAt(bytes, zoneStart, end)
  if (offsetMinutes === INVALID) return false
  const utcMinutes = hour * 60 + minute - offsetMinutes
  if (second === 60 && (utcMinutes + MINUTES_PER_DAY) % MINUTES_PER_DAY !== MINUTES_PER_DAY - 1) return false
  readSeconds = utcMinutes * 60 + second
  hasReadZone = zoneStart < end
  return true
}

/** Where the fraction at a position ends; beyond the end for a dot without digits, so that what follows is invalid. */
function readFraction(bytes: Uint8Array, start: number, end: number): number {
  readMicros = 0
  if (start >= end || bytes[start] !== DOT) return start
  let position = start + 1
  for (let unit = 100_000; position < end; position++, unit = unit === 1 ? 0 : unit / 10) {
    const digit = (bytes[position] as number) - DIGIT_0
    if (digit < 0 || digit > 9) break
    readMicros += digit * unit
  }
  return position === start + 1 ? end + 1 : position
}

/** The offset that ends the text, in minutes east; 0 when there is none. */
function offsetMinutesAt(bytes: Uint8Array, position: number, end: number): number {
  const left = end - position
  if (left === 0) return 0
  if (left < 0) return INVALID
  const sign = bytes[position] as number
  if (left === 1) return (sign | LOWER_CASE) === LETTER_Z ? 0 : INVALID
  if (sign !== PLUS && sign !== DASH) return INVALID
  const hours = left >= 3 ? twoDigitsAt(bytes, position + 1) : INVALID
  const minutes = offsetMinutesPart(bytes, position, left)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return INVALID
  return sign === DASH ? -(hours * 60 + minutes) : hours * 60 + minutes
}

/** Of `+hh`, `+hhmm` and `+hh:mm`. */
function offsetMinutesPart(bytes: Uint8Array, position: number, left: number): number {
  if (left === 3) return 0
  if (left === 5) return twoDigitsAt(bytes, position + 3)
  return left === 6 && bytes[position + 3] === COLON ? twoDigitsAt(bytes, position + 4) : INVALID
}

/** INVALID unless two digits are there. */
function twoDigitsAt(bytes: Uint8Array, position: number): number {
  const tens = (bytes[position] as number) - DIGIT_0
  const units = (bytes[position + 1] as number) - DIGIT_0
  return tens >= 0 && tens <= 9 && units >= 0 && units <= 9 ? tens * 10 + units : INVALID
}

const scratch = new Uint8Array(64)
const DATE_LENGTH = 'yyyy-mm-dd'.length
const TIME_LENGTH = 'hh:mm:ss'.length
const SECONDS_PER_DAY = 86_400
const MINUTES_PER_DAY = 1_440
/** No number of a date or an offset in minutes is as low. */
const INVALID = -100_000

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
