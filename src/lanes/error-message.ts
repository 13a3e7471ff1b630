import { HeadgateError, type ErrorFacts, type ErrorKind, messageOf } from '../shared/errors.ts'

/** An error as it crosses threads: structured cloning would lose the class and the fields of a HeadgateError. */
export interface ErrorMessage {
  readonly message: string
  readonly stack: string | undefined
  /** Set for a HeadgateError. */
  readonly kind: ErrorKind | undefined
  readonly facts: ErrorFacts
}

export function toErrorMessage(error: unknown): ErrorMessage {
  const stack = error instanceof Error ? error.stack : undefined
  if (error instanceof HeadgateError) return { message: error.message, stack, kind: error.kind, facts: error.facts }
  return { message: messageOf(error), stack, kind: undefined, facts: {} }
}

export function fromErrorMessage({ message, stack, kind, facts }: ErrorMessage): Error {
  const error = kind === undefined ? new Error(message) : new HeadgateError(kind, message, { facts })
  if (stack !== undefined) error.stack = stack
  return error
}
