import { isRawNumber } from './number-text.ts'

/** A parsed JSON object. A number kept as text is an object too, but never one of these. */
export interface JsonObject {
  readonly [name: string]: unknown
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawNumber(value)
}

export function isJsonArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Reads one member, undefined when it is not the object's own: only names of Object.prototype need the check. */
export function memberReader(name: string): (object: JsonObject) => unknown {
  return name in Object.prototype ? (object) => (Object.hasOwn(object, name) ? object[name] : undefined) : (object) => object[name]
}
