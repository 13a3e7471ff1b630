import { HeadgateError } from '../shared/errors.ts'

/** Throws HeadgateError `invalid-argument` for a name that no topic can have. */
export function checkTopicName(name: string): void {
  const complaint = topicNameComplaint(name)
  if (complaint !== undefined) throw new HeadgateError('invalid-argument', complaint)
}

/** Kafka's rule: 1 to 249 of `[a-zA-Z0-9._-]`, and neither `.` nor `..`. */
export function topicNameComplaint(name: string): string | undefined {
  if (/^[a-zA-Z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..') return undefined
  return `topic name "${name.slice(0, 60)}": expected 1 to 249 letters, digits, '.', '_' or '-'`
}
