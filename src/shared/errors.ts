/**
 * Every failure of the environment or of somebody's input, by kind. Kafka codes, HTTP codes and exit codes are
 * derived from the kind in exactly three files: broker/kafka-errors.ts, http/http-errors.ts and commands/exit-codes.ts.
 */
export type ErrorKind =
  /** A setting, flag, topic config or argument is wrong. */
  | 'invalid-argument'
  /** The thing named does not exist. */
  | 'not-found'
  /** The thing named exists already, or two things would share a name. */
  | 'already-exists'
  /** A schema cannot be parsed, or uses a construct that Headgate does not map yet. */
  | 'invalid-schema'
  /** A schema may not follow the versions before it. */
  | 'incompatible-schema'
  /** Bytes that do not follow their format: a frame, a record batch, a payload. */
  | 'malformed'
  /** A bound of shared/limits.ts was exceeded by the sender. */
  | 'too-large'
  /** A store answered that it did not do it; trying again may help. */
  | 'store-unavailable'
  /** A store's answer was lost: it may have done it. */
  | 'store-outcome-unknown'
  /** Bytes read back from a store are not what was written. */
  | 'store-corrupt'
  /** A commit lost every one of its attempts against other writers. */
  | 'commit-contended'
  /** Another writer, or another broker, owns this now. */
  | 'fenced'
  /** The process is draining or the operation was aborted. */
  | 'shutting-down'
  /** The other side uses a version or feature that Headgate does not speak. */
  | 'unsupported'

export type ErrorFacts = { readonly [name: string]: string | number | bigint | boolean | undefined }

/** `message` says what, where and what to do, in one line; `facts` repeats the nouns as fields for logs. */
export class HeadgateError extends Error {
  override name = 'HeadgateError'
  readonly kind: ErrorKind
  readonly facts: ErrorFacts

  constructor(kind: ErrorKind, message: string, { cause, facts = {} }: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.facts = facts
  }
}

export function isErrorOfKind(error: unknown, kind: ErrorKind): error is HeadgateError {
  return error instanceof HeadgateError && error.kind === kind
}

/** The text of anything thrown, for a log line or the end of another message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
