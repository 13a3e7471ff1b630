import { HeadgateError } from '../../../shared/errors.ts'

/** The refusal of a construct that has no place in a table; `path` is like `$.payload.size`. */
export function unsupported(path: string, reason: string): HeadgateError {
  return new HeadgateError('unsupported', `${path}: ${reason}`, { facts: { path } })
}
