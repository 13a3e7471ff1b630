/**
 * Numbers whose text matters: integers beyond 2^53 in long and decimal columns, and all numbers in JSON text columns.
 * `JSON.parse` with `keepNumberText` leaves a raw number (JSON.rawJSON) wherever JavaScript would print another text,
 * which `JSON.stringify` writes as it was.
 */
export function parseKeepingNumbers(text: string): unknown {
  return JSON.parse(text, keepNumberText as (this: unknown, key: string, value: unknown) => unknown)
}

function keepNumberText(_key: string, value: unknown, context: { source: string }): unknown {
  return typeof value === 'number' && String(value) !== context.source ? rawJsonMethods.rawJSON(context.source) : value
}

/**
 * Whether some number of a valid JSON text may print differently after `JSON.parse`: 1.0, 1e5, -0, more than 15 digits,
 * less than 0.000001. Numbers in strings do not count.
 */
export function hasUnusualNumber(text: string): boolean {
  UNUSUAL_OR_STRING.lastIndex = 0
  for (let match = UNUSUAL_OR_STRING.exec(text); match !== null; match = UNUSUAL_OR_STRING.exec(text)) {
    if (match[0] !== '"') return true
    UNUSUAL_OR_STRING.lastIndex = closingQuote(text, match.index) + 1
  }
  return false
}

function closingQuote(text: string, opening: number): number {
  let end = text.indexOf('"', opening + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, position: number): boolean {
  let first = position
  while (text.charCodeAt(first - 1) === BACKSLASH) first--
  return (position - first) % 2 === 1
}

/**
 * The whole number that a JSON number denotes; undefined when it is no whole number or has more digits than any column.
 */
export function wholeNumber(text: string): bigint | undefined {
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = NUMBER_PARTS.exec(text) ?? []
  const significant = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = withoutTrailingZeros(significant)
  if (digits === '') return 0n
  const exponent = Number(exponentText) - fraction.length + significant.length - digits.length
  if (exponent < 0 || digits.length + exponent > DIGITS_MAX) return undefined
  return BigInt(`${sign}${digits}${'0'.repeat(exponent)}`)
}

/** A loop, since a pattern would take quadratic time on a long run of zeros in the middle. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (digits.charCodeAt(end - 1) === DIGIT_0) end--
  return digits.slice(0, end)
}

/** A number left as text by `parseKeepingNumbers`. */
export interface RawNumber {
  readonly rawJSON: string
}

export function isRawNumber(value: unknown): value is RawNumber {
  return rawJsonMethods.isRawJSON(value)
}

const DIGIT_0 = 0x30
const BACKSLASH = 0x5c
const DIGITS_MAX = 38
const NUMBER_PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/
const UNUSUAL_OR_STRING = /"|\d[\d.]{15}|\d[eE]|\.\d*0(?!\d)|-0(?![.\d])|0\.00000/g

// TypeScript's library does not know these (ES2026, in Node since 22).
const rawJsonMethods = JSON as unknown as {
  rawJSON(this: void, text: string): unknown
  isRawJSON(this: void, value: unknown): boolean
}
