import { assert, AssertionError } from '../shared/assert.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

/** A declared type, compiled for one version: reads and writes its values. */
export interface Codec {
  /** The fewest bytes a value takes: what bounds the length of an array of them. */
  readonly bytesMin: number
  read(this: void, reader: Reader): unknown
  write(this: void, writer: Writer, value: unknown): void
}

export interface WireVersion {
  readonly version: number
  /** Compact lengths, and tagged fields at the end of every struct (KIP-482). */
  readonly isFlexible: boolean
}

/** The answer to a null on the wire. */
export function nullRead(isNullable: boolean): null {
  if (!isNullable) throw new HeadgateError('malformed', 'null where this version allows none')
  return null
}

/** The length that stands for null. */
export function nullLength(isNullable: boolean): -1 {
  assert(isNullable, 'null where this version allows none')
  return -1
}

/** An error on its way up through the codecs, which add the names of the fields it passes. */
class FieldFailure extends Error {
  path: string
  constructor(path: string, cause: unknown) {
    super('a field failed', { cause })
    this.path = path
  }
}

export function failedAt(name: string, error: unknown): FieldFailure {
  if (!(error instanceof FieldFailure)) return new FieldFailure(name, error)
  error.path = error.path.startsWith('[') ? `${name}${error.path}` : `${name}.${error.path}`
  return error
}

/** The failure as its reader wants it: of the same kind as its cause, naming message and field. */
export function namedFailure(message: string, version: number, error: unknown): unknown {
  const field = error instanceof FieldFailure ? error.path : ''
  const cause = error instanceof FieldFailure ? error.cause : error
  const where = `${message} v${version}${field && `, ${field}`}`
  if (cause instanceof HeadgateError)
    return new HeadgateError(cause.kind, `${where}: ${cause.message}`, { cause, facts: { message, version, field } })
  return cause instanceof AssertionError ? new AssertionError(`${where}: ${cause.message}`) : cause
}
