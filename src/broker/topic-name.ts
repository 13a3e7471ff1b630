import { HeadgateError } from '../shared/errors.ts'

/** Kafka's rule: 1 to 249 of `[a-zA-Z0-9._-]`, and neither `.` nor `..`. Throws HeadgateError `invalid-argument`. */
export function checkTopicName(name: string): void {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return
  throw new HeadgateError('invalid-argument', `topic name "${name.slice(0, 60)}": expected 1 to 249 letters, digits, '.', '_' or '-'`)
}
