import type { ErrorKind } from '../shared/errors.ts'

/** Exit codes, as the help of every command lists them. */
export const exitCodes = {
  ok: 0,
  /** Something failed that no other code names; trying again may not help. */
  failed: 1,
  /** The words, flags or settings are wrong. */
  usage: 2,
  notFound: 3,
  alreadyExists: 4,
  /** A schema or a record was refused. */
  refused: 5,
  /** A server or store does not answer; trying again may help. */
  unavailable: 6,
  /** Ended by a second signal before the drain was over. */
  interrupted: 130,
} as const

export const exitCodeDocs: { readonly [Name in keyof typeof exitCodes]: string } = {
  ok: 'done',
  failed: 'failed',
  usage: 'wrong command, flag or setting',
  notFound: 'the thing named does not exist',
  alreadyExists: 'the thing named exists already',
  refused: 'a schema or a record was refused',
  unavailable: 'a server or store does not answer',
  interrupted: 'stopped by a second signal',
}

/** Where error kinds become exit codes. */
export function exitCodeOf(kind: ErrorKind): number {
  return exitCodes[nameByKind[kind]]
}

const nameByKind: { readonly [Kind in ErrorKind]: keyof typeof exitCodes } = {
  'invalid-argument': 'usage',
  'not-found': 'notFound',
  'already-exists': 'alreadyExists',
  'invalid-schema': 'refused',
  'incompatible-schema': 'refused',
  malformed: 'refused',
  'too-large': 'refused',
  'store-unavailable': 'unavailable',
  'store-outcome-unknown': 'unavailable',
  'store-corrupt': 'failed',
  'commit-contended': 'unavailable',
  fenced: 'failed',
  'shutting-down': 'unavailable',
  unsupported: 'usage',
}
