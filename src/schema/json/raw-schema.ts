import { HeadgateError } from '../../shared/errors.ts'

/** A schema as its author wrote it, out of `JSON.parse`: any dialect, nothing checked. */
export type RawSchema = boolean | RawObject
export type RawJson = null | boolean | number | string | readonly RawJson[] | RawObject
export interface RawObject {
  readonly [name: string]: RawJson
}

export function isRawObject(value: RawJson | undefined): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isRawSchema(value: RawJson | undefined): value is RawSchema {
  return typeof value === 'boolean' || isRawObject(value)
}

/** Own members only: a schema may name a property `constructor`. */
export function memberOf(object: RawObject, name: string): RawJson | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** `path` is where in the schema, like `#/properties/size`. */
export function invalidSchema(path: string, reason: string): HeadgateError {
  return new HeadgateError('invalid-schema', `JSON schema, ${path}: ${reason}`, { facts: { path } })
}

/** For what the standard allows and the tables have no place for. */
export function unsupportedSchema(path: string, reason: string): HeadgateError {
  return new HeadgateError('unsupported', `JSON schema, ${path}: ${reason}`, { facts: { path } })
}

/** One step down a JSON pointer (RFC 6901). */
export function pointerTo(path: string, ...steps: readonly (string | number)[]): string {
  return steps.reduce<string>((pointer, step) => `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`, path)
}
