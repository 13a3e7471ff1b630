import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'

/**
 * What a key may be, so that it means the same on S3, in a directory and in a URL without escaping. Every engine
 * checks here first; for a directory this is also what keeps a key inside it.
 */
export function checkKey(key: string): void {
  if (key.length > limits.objectKeyLengthMax) throw invalid('object key', key, `is longer than ${limits.objectKeyLengthMax} characters`)
  for (const segment of key.split('/')) if (!isKeySegment(segment)) throw invalid('object key', key, `has the segment "${quoted(segment)}"`)
}

/** A prefix is the beginning of a key, cut anywhere. */
export function checkPrefix(prefix: string): void {
  const segments = prefix.split('/')
  const last = segments.pop() ?? ''
  if (prefix.length > limits.objectKeyLengthMax)
    throw invalid('key prefix', prefix, `is longer than ${limits.objectKeyLengthMax} characters`)
  for (const segment of segments) if (!isKeySegment(segment)) throw invalid('key prefix', prefix, `has the segment "${quoted(segment)}"`)
  if (!/^[A-Za-z0-9._=-]*$/.test(last)) throw invalid('key prefix', prefix, `ends in "${quoted(last)}"`)
}

export function isKeySegment(segment: string): boolean {
  return /^[A-Za-z0-9._=-]+$/.test(segment) && segment !== '.' && segment !== '..' && segment.length <= limits.objectKeySegmentLengthMax
}

function invalid(what: string, key: string, reason: string): HeadgateError {
  return new HeadgateError('invalid-argument', `${what} "${quoted(key)}" ${reason}; keys are /-separated segments of [A-Za-z0-9._=-]`, {
    facts: { key: quoted(key) },
  })
}

function quoted(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`
}
