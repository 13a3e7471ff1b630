import { limits } from '../../shared/limits.ts'
import { rangesOfProperty } from './unicode-property.ts'

/** Why a pattern cannot be used. */
export class PatternError extends Error {
  override name = 'PatternError'
}

/**
 * Rewrites an ECMA-262 pattern (flag u) into RE2 syntax with the same meaning: RE2's `.`, `\s` and escapes differ.
 * Takes only patterns that a JavaScript engine has accepted already. Throws PatternError for what no linear-time
 * engine can do (look-around, back references) and for patterns whose compiled program would be large.
 */
export function toRe2Syntax(pattern: string): Re2Pattern {
  return new PatternTranslator(pattern).translate()
}

/** RE2 text and how many instructions it compiles to, roughly. */
export interface Re2Text {
  readonly text: string
  readonly size: number
}

export interface Re2Pattern extends Re2Text {
  /** Names of the Unicode properties in it: each is searched for in all characters once. */
  readonly properties: ReadonlySet<string>
}

class PatternTranslator {
  readonly #pattern: string
  #position = 0
  #depth = 0
  readonly #properties = new Set<string>()

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  translate(): Re2Pattern {
    const whole = this.#alternatives()
    if (this.#position < this.#pattern.length)
      throw new PatternError(`"${this.#pattern[this.#position]}" at ${this.#position} closes nothing`)
    if (whole.text.length > limits.patternTextTotalMax)
      throw new PatternError(`written out it has more than ${limits.patternTextTotalMax} characters`)
    return { ...whole, properties: this.#properties }
  }

  #alternatives(): Re2Text {
    if (++this.#depth > limits.nestingMax) throw new PatternError(`groups are nested deeper than ${limits.nestingMax} levels`)
    const pieces = [this.#sequence()]
    while (this.#takes('|')) pieces.push(this.#sequence())
    this.#depth--
    return { text: pieces.map(({ text }) => text).join('|'), size: sizeOf(pieces) }
  }

  #sequence(): Re2Text {
    const pieces: Re2Text[] = []
    while (this.#position < this.#pattern.length && !this.#sees('|') && !this.#sees(')')) pieces.push(this.#quantified(this.#atom()))
    return { text: pieces.map(({ text }) => text).join(''), size: sizeOf(pieces) }
  }

  #quantified(atom: Re2Text): Re2Text {
    QUANTIFIER.lastIndex = this.#position
    const match = QUANTIFIER.exec(this.#pattern)
    if (match === null) return atom
    this.#position += match[0].length
    const [, sign, least, comma, most] = match
    if (sign !== undefined) return { text: atom.text + sign, size: atom.size + 1 }
    return repeated(atom, Number(least), comma === undefined ? Number(least) : most === '' ? Number.POSITIVE_INFINITY : Number(most))
  }

  #atom(): Re2Text {
    if (this.#takes('(')) return this.#group()
    if (this.#takes('[')) return { text: this.#class(), size: 1 }
    if (this.#takes('.')) return { text: ANY_BUT_LINE_ENDS, size: 1 }
    if (this.#takes('^')) return { text: '^', size: 1 }
    // Without the flag m only the end of the text, in both.
    if (this.#takes('$')) return { text: '$', size: 1 }
    if (this.#takes('\\b')) return { text: '\\b', size: 1 }
    if (this.#takes('\\B')) return { text: '\\B', size: 1 }
    return { text: this.#character({ isInClass: false }), size: 1 }
  }

  #group(): Re2Text {
    for (const [start, name] of REFUSED_GROUPS) if (this.#sees(start)) throw new PatternError(`${name} cannot be judged in linear time`)
    if (!this.#takes('?:')) {
      GROUP_NAME.lastIndex = this.#position
      this.#position += GROUP_NAME.exec(this.#pattern)?.[0].length ?? 0
      if (this.#sees('?')) throw new PatternError('flags inside the pattern are not supported')
    }
    const { text, size } = this.#alternatives()
    if (!this.#takes(')')) throw new PatternError('a group without its ")"')
    return { text: `(?:${text})`, size: size + 1 }
  }

  #class(): string {
    const isNegated = this.#takes('^')
    let text = ''
    while (!this.#takes(']')) {
      if (this.#position >= this.#pattern.length) throw new PatternError('a class without its "]"')
      text += this.#classItem()
    }
    if (text === '') return isNegated ? ANY : NOTHING
    return isNegated ? `[^${text}]` : `[${text}]`
  }

  #classItem(): string {
    const first = this.#character({ isInClass: true })
    if (!this.#sees('-') || this.#sees('-]')) return first
    this.#position++
    const last = this.#character({ isInClass: true })
    // Beside a class like \w a dash is only a dash (Annex B).
    return isCharacter(first) && isCharacter(last) ? `${first}-${last}` : `${first}\\x{2d}${last}`
  }

  /** One character or character class escape. */
  #character({ isInClass }: { isInClass: boolean }): string {
    if (this.#takes('\\')) return this.#escape({ isInClass })
    return literal(this.#nextCodePoint())
  }

  #escape({ isInClass }: { isInClass: boolean }): string {
    const char = this.#pattern[this.#position] ?? ''
    if (char === 'p' || char === 'P') return this.#property({ isInClass, isNegated: char === 'P' })
    ESCAPED_CODE.lastIndex = this.#position
    const code = ESCAPED_CODE.exec(this.#pattern)
    if (code !== null) {
      this.#position += code[0].length
      return literal(codePointOf(code))
    }
    if (/[1-9k]/.test(char)) throw new PatternError('back references cannot be judged in linear time')
    const codePoint = this.#nextCodePoint()
    const known = ESCAPES[char]
    if (known === undefined && /[a-zA-Z0-9]/.test(char)) throw new PatternError(`\\${char} is not an escape of ECMA-262`)
    if (known === undefined) return literal(codePoint)
    return isInClass ? known : `[${known}]`
  }

  #property({ isInClass, isNegated }: { isInClass: boolean; isNegated: boolean }): string {
    const end = this.#pattern.indexOf('}', this.#position)
    const name = this.#pattern.slice(this.#position + 2, end)
    if (this.#properties.add(name).size > limits.patternPropertiesMax)
      throw new PatternError(`more than ${limits.patternPropertiesMax} Unicode properties`)
    const ranges = rangesOfProperty(name)
    this.#position = end + 1
    const text = rangesText(isNegated ? complementOf(ranges) : ranges)
    return isInClass ? text : text === '' ? NOTHING : `[${text}]`
  }

  #nextCodePoint(): number {
    const codePoint = this.#pattern.codePointAt(this.#position)
    if (codePoint === undefined) throw new PatternError('the pattern ends too early')
    this.#position += codePoint > 0xffff ? 2 : 1
    return codePoint
  }

  #sees(text: string): boolean {
    return this.#pattern.startsWith(text, this.#position)
  }

  #takes(text: string): boolean {
    if (!this.#sees(text)) return false
    this.#position += text.length
    return true
  }
}

function sizeOf(pieces: readonly Re2Text[]): number {
  return checkedSize(pieces.reduce((sum, { size }) => sum + size, 1))
}

function checkedSize(size: number): number {
  if (size > limits.patternSizeMax)
    throw new PatternError(`repetitions unfold to more than ${limits.patternSizeMax} steps; use maxLength for lengths`)
  return size
}

/** RE2 repeats at most a thousand times, so longer repetitions become several in a row. */
function repeated({ text, size }: Re2Text, least: number, most: number): Re2Text {
  checkedSize(size * (most === Number.POSITIVE_INFINITY ? least + 1 : most))
  const optional =
    most === Number.POSITIVE_INFINITY
      ? `${text}*`
      : chunks(most - least)
          .map((count) => `${text}{0,${count}}`)
          .join('')
  const required = chunks(least)
    .map((count) => `${text}{${count}}`)
    .join('')
  return { text: `(?:${required}${optional})`, size: size * (most === Number.POSITIVE_INFINITY ? least + 1 : most) + 1 }
}

function chunks(count: number): number[] {
  return [...Array.from({ length: Math.floor(count / 1000) }, () => 1000), count % 1000].filter((chunk) => chunk > 0)
}

function codePointOf([, hex, bracedHex, high, low, control]: RegExpExecArray): number {
  if (high !== undefined && low !== undefined)
    return (Number.parseInt(high, 16) - 0xd800) * 0x400 + (Number.parseInt(low, 16) - 0xdc00) + 0x10000
  if (control !== undefined) return control.charCodeAt(0) % 32
  const digits = hex ?? bracedHex
  return digits === undefined ? 0 : Number.parseInt(digits.replace(/^[xu]/, ''), 16)
}

function literal(codePoint: number): string {
  return `\\x{${codePoint.toString(16)}}`
}

function isCharacter(text: string): boolean {
  return text.startsWith('\\x{') && text.indexOf('}') === text.length - 1
}

function rangesText(ranges: readonly number[]): string {
  let text = ''
  for (let index = 0; index < ranges.length; index += 2) text += `${literal(ranges[index] ?? 0)}-${literal(ranges[index + 1] ?? 0)}`
  return text
}

function complementOf(ranges: readonly number[]): number[] {
  const sorted = Array.from({ length: ranges.length / 2 }, (_, index) => [ranges[index * 2] ?? 0, ranges[index * 2 + 1] ?? 0] as const)
  sorted.sort(([a], [b]) => a - b)
  const complement: number[] = []
  let next = 0
  for (const [first, last] of sorted) {
    if (first > next) complement.push(next, first - 1)
    next = Math.max(next, last + 1)
  }
  if (next <= CODE_POINT_MAX) complement.push(next, CODE_POINT_MAX)
  return complement
}

const CODE_POINT_MAX = 0x10ffff
const ANY = String.raw`[\x{0}-\x{10ffff}]`
const NOTHING = String.raw`[^\x{0}-\x{10ffff}]`
const ANY_BUT_LINE_ENDS = String.raw`[^\n\r\x{2028}\x{2029}]`

/** ECMA-262 WhiteSpace and LineTerminator. */
const SPACES = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000,
  0xfeff, 0xfeff,
]

/** Escapes that are no code point; inside a class as they are, outside in brackets. */
const ESCAPES: { readonly [char: string]: string } = {
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: rangesText(SPACES),
  S: rangesText(complementOf(SPACES)),
  b: '\\x{8}',
  t: '\\x{9}',
  n: '\\x{a}',
  v: '\\x{b}',
  f: '\\x{c}',
  r: '\\x{d}',
}

const QUANTIFIER = /(?:([*+?])|\{(\d+)(,)?(\d*)\})\??/y
const GROUP_NAME = /\?<[^=!>][^>]*>/y
/** `\x41`, `\u0041`, `\u{41}`, a surrogate pair of two `\u`, `\cA`, `\0`. */
const ESCAPED_CODE =
  /(x[\da-fA-F]{2}|u(?![dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})[\da-fA-F]{4})|u\{([\da-fA-F]+)\}|u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|c([a-zA-Z])|0(?!\d)/y
const REFUSED_GROUPS = [
  ['?=', 'a look-ahead'],
  ['?!', 'a look-ahead'],
  ['?<=', 'a look-behind'],
  ['?<!', 'a look-behind'],
] as const
