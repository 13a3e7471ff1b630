/**
 * JSON with 64-bit integers: Iceberg snapshot ids and Delta versions do not fit a double.
 * Whole numbers outside the safe range become bigint when read; bigint is written as a plain number.
 */
export type JsonValue = null | boolean | number | bigint | string | JsonValue[] | { [key: string]: JsonValue | undefined }
export type JsonObject = { [key: string]: JsonValue | undefined }

/** Throws SyntaxError on malformed text. */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text, widenInteger as (this: unknown, key: string, value: unknown) => unknown) as JsonValue
}

export function stringifyJson(value: JsonValue | undefined, indent?: number): string {
  return JSON.stringify(value, narrowInteger, indent)
}

/** Neither null nor an array. */
export function isObject(value: JsonValue | undefined): value is JsonObject
export function isObject(value: unknown): value is { readonly [name: string]: unknown }
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function widenInteger(_key: string, value: unknown, context: { source: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  return /^-?\d+$/.test(context.source) ? BigInt(context.source) : value
}

function narrowInteger(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? rawJson(value.toString()) : value
}

// TypeScript's library does not know JSON.rawJSON (ES2026, in Node since 22).
const rawJson = (JSON as unknown as { rawJSON(this: void, text: string): unknown }).rawJSON
