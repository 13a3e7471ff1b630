/**
 * Values that JSON has no text for, as they cross to the tools and back (python/values.py is the other end). A number
 * beyond 2^53 is a bigint here and a plain number in between.
 */
export type Value = null | boolean | number | bigint | string | readonly Value[] | { readonly [member: string]: Value }

export type Row = { readonly [column: string]: Value }

export const bytes = (hex: string): Value => ({ $bytes: hex })
export const decimal = (text: string): Value => ({ $decimal: text })
export const date = (text: string): Value => ({ $date: text })
export const time = (text: string): Value => ({ $time: text })
/** A moment, with microseconds and Z. */
export const timestamp = (text: string): Value => ({ $timestamp: text })
/** Without a zone. */
export const localTimestamp = (text: string): Value => ({ $localTimestamp: text })
export const map = (entries: { readonly [key: string]: Value }): Value => ({ $map: Object.entries(entries) })
export const double = (name: 'NaN' | 'Infinity' | '-Infinity' | '-0'): Value => ({ $double: name })

export const int64Min = -9_223_372_036_854_775_808n
export const int64Max = 9_223_372_036_854_775_807n
