import { limits } from '../../shared/limits.ts'
import { isRawNumber } from './number-text.ts'

/** A value as an error message shows it: its kind and, where that helps, its text, cut to a bounded length. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'object') return isRawNumber(value) ? `number ${cut(value.rawJSON)}` : 'object'
  if (typeof value === 'string') return `string ${quoteText(value)}`
  return `${typeof value} ${String(value as number | boolean)}`
}

export function quoteText(text: string): string {
  return JSON.stringify(cut(text))
}

/** JSON of a constant of the schema, like an enum's member. */
export function quoteConstant(value: unknown): string {
  return typeof value === 'string' ? quoteText(value) : cut(JSON.stringify(value) ?? 'undefined')
}

/** Not in the middle of a surrogate pair. */
export function cut(text: string): string {
  if (text.length <= limits.quotedValueLengthMax) return text
  return `${text.slice(0, limits.quotedValueLengthMax).replace(/[\ud800-\udbff]$/, '')}...`
}

/** `$.payload.items[3]["odd name"]`, one step further. */
export function memberPath(path: string, name: string): string {
  return /^[A-Za-z_$][\w$-]*$/.test(name) && name.length <= limits.quotedValueLengthMax ? `${path}.${name}` : `${path}[${quoteText(name)}]`
}

export function itemPath(path: string, index: number): string {
  return `${path}[${index}]`
}
