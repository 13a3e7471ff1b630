import type { ErrorKind, HeadgateError } from '../shared/errors.ts'

// An import would ask `node:http` for all that it offers, and so load Node's whole fetch: 20 ms and 5 MB at start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** Where error kinds become HTTP codes for `/v1` and the health checks; registry paths have codes of their own. */
export function httpStatusOf(error: HeadgateError): number {
  return statusByKind[error.kind]
}

const statusByKind: { readonly [Kind in ErrorKind]: number } = {
  'invalid-argument': 400,
  'not-found': 404,
  'already-exists': 409,
  'invalid-schema': 422,
  'incompatible-schema': 409,
  malformed: 400,
  'too-large': 413,
  'store-unavailable': 503,
  'store-outcome-unknown': 503,
  'store-corrupt': 500,
  'commit-contended': 503,
  fenced: 409,
  'shutting-down': 503,
  unsupported: 400,
}

/** RFC 9457 problem details. Without a type of its own a problem has the status phrase as its title; `kind` says more where we know. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly kind?: ErrorKind
}

export function problemOf(status: number, { detail, kind }: { detail: string; kind?: ErrorKind }): Problem {
  const title = STATUS_CODES[status] ?? `Status ${status}`
  return { type: 'about:blank', title, status, detail, ...(kind === undefined ? {} : { kind }) }
}
