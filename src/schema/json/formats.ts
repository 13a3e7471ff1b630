import type { Format } from 'ajv'
import type { FormatName } from 'ajv-formats'
import { isDate, isDateTime, isIsoDateTime, isIsoTime, isTime } from './date-time.ts'

/**
 * Formats that judge values, in every dialect. Where ours are here, those of ajv-formats were slow (date and time in
 * full mode), wrong (the 39th of a 19th month, in fast mode) or took quadratic time on hostile text (url); the others
 * are its fast ones.
 */
const ownFormats: { readonly [name in FormatName]?: Format } = {
  date: isDate,
  time: isTime,
  'date-time': isDateTime,
  'iso-time': isIsoTime,
  'iso-date-time': isIsoDateTime,
  url: /^(?:https?|ftp):\/\/[^\s/?#]+(?:[/?#]\S*)?$/i,
}

const borrowedFormats = [
  ...(['duration', 'uri', 'uri-reference', 'uri-template', 'email', 'hostname', 'ipv4', 'ipv6', 'regex', 'uuid'] as const),
  ...(['json-pointer', 'json-pointer-uri-fragment', 'relative-json-pointer', 'byte', 'int32', 'int64', 'float', 'double'] as const),
] satisfies FormatName[]

/** All others are annotations. */
export const formatNames: ReadonlySet<string> = new Set([...Object.keys(ownFormats), ...borrowedFormats])

/** `load` is ajv-formats' own getter, passed in because its package is loaded late. */
export function judgedFormats(load: (name: FormatName) => Format): [name: string, format: Format][] {
  return [...Object.entries(ownFormats), ...borrowedFormats.map((name): [string, Format] => [name, load(name)])]
}
