import type { ErrorKind } from '../shared/errors.ts'

/** Exit codes, as the help of every command lists them. */
export const exitCodes = {
  ok: 0,
  /** Something failed that no other code names; trying again may not help. */
  failed: 1,
  /** The words, flags or settings are wrong, or ask for what is not offered. */
  usage: 2,
  notFound: 3,
  alreadyExists: 4,
  /** A schema or a record was refused. */
  refused: 5,
  /** A server or store does not answer; trying again may help. */
  unavailable: 6,
  /** Ended by a signal before the work was done. */
  interrupted: 130,
} as const

export type ExitName = keyof typeof exitCodes

export const exitCodeDocs: { readonly [Name in ExitName]: string } = {
  ok: 'done',
  failed: 'failed',
  usage: 'wrong command, flag or setting, or something that is not offered',
  notFound: 'the thing named does not exist',
  alreadyExists: 'the thing named exists already',
  refused: 'a schema or a record was refused',
  unavailable: 'a server or store does not answer; trying again may help',
  interrupted: 'ended by a signal before the work was done',
}

/** What may happen to every command. */
export const commonExits: readonly ExitName[] = ['ok', 'failed', 'usage', 'interrupted']

/** Where error kinds become exit codes. */
export function exitCodeOf(kind: ErrorKind): number {
  return exitCodes[nameByKind[kind]]
}

/** Whether a server's word for a failure is one of ours: `/v1` names the kind in the title of its problem details. */
export function isErrorKind(text: unknown): text is ErrorKind {
  return typeof text === 'string' && Object.hasOwn(nameByKind, text)
}

const nameByKind: { readonly [Kind in ErrorKind]: ExitName } = {
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
