import { registryErrors } from '../registry-error.ts'

export type JsonObjectBody = { readonly [member: string]: unknown }

/**
 * Bodies come as text; an empty one, which some clients send with a JSON media type, is an empty object. Members that
 * are not known are ignored and null is absence, as the original's JSON library does. Throws RegistryError 400 that names
 * the member.
 */
export function jsonBody(body: unknown): JsonObjectBody {
  if (typeof body !== 'string' || body.trim() === '') return {}
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch (error) {
    throw registryErrors.badRequest(`The request body is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  return objectAt(parsed, 'the request body')
}

export function objectAt(value: unknown, path: string): JsonObjectBody {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObjectBody
  throw wrong(path, 'an object')
}

export function optionalObject(value: unknown, path: string): JsonObjectBody | undefined {
  return value === undefined || value === null ? undefined : objectAt(value, path)
}

/** Numbers and booleans are taken as the text they are written as. */
export function textAt(value: unknown, path: string): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrong(path, 'a string')
}

export function optionalText(value: unknown, path: string): string | undefined {
  return value === undefined || value === null ? undefined : textAt(value, path)
}

export function optionalFlag(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  throw wrong(path, 'true or false')
}

/** A 32-bit integer. */
export function optionalInteger(value: unknown, path: string): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) <= 0x7fff_ffff) return number
  throw wrong(path, 'an integer of 32 bits')
}

export function listAt(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value as readonly unknown[]
  throw wrong(path, 'a list')
}

export function textsAt(value: unknown, path: string): string[] {
  return listAt(value, path).map((item, index) => textAt(item, `${path}[${index}]`))
}

/** An object whose members are all strings; null members are left out. */
export function textMap(value: unknown, path: string): { [name: string]: string } {
  const entries = Object.entries(optionalObject(value, path) ?? {}).filter(([, member]) => member !== null)
  return Object.fromEntries(entries.map(([name, member]) => [name, textAt(member, `${path}.${name}`)]))
}

function wrong(path: string, expected: string): Error {
  return registryErrors.badRequest(`${path}: expected ${expected}`)
}
