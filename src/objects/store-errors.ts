/** The failures that the contract of object stores names, in the words of one operation on one key. */
import { HeadgateError, messageOf } from '../shared/errors.ts'

export interface StoreCall {
  readonly operation: 'get' | 'getRange' | 'put' | 'putIfAbsent' | 'head' | 'list' | 'delete'
  /** The prefix, for `list`. */
  readonly key: string
}

/** It was surely not done. */
export function storeUnavailable({ operation, key }: StoreCall, cause: unknown): HeadgateError {
  return new HeadgateError('store-unavailable', `object store: ${operation} ${key} failed: ${messageOf(cause)}`, {
    cause,
    facts: { operation, key },
  })
}

/** It may have been done. */
export function storeOutcomeUnknown({ operation, key }: StoreCall, cause: unknown): HeadgateError {
  return new HeadgateError(
    'store-outcome-unknown',
    `object store: ${operation} ${key} may or may not have been done: ${messageOf(cause)}`,
    {
      cause,
      facts: { operation, key },
    },
  )
}

export function aborted({ operation, key }: StoreCall, cause: unknown): HeadgateError {
  return new HeadgateError('shutting-down', `object store: ${operation} ${key} was aborted`, { cause, facts: { operation, key } })
}

export function throwIfAborted(call: StoreCall, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw aborted(call, signal.reason)
}
