/**
 * Checks what the programmer believes. A failed assertion is a bug in Headgate, never bad input or a broken disk:
 * those are HeadgateError.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** For the end of a switch over a closed union: tsc proves it unreachable. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected ${String(value)}`)
}

export class AssertionError extends Error {
  override name = 'AssertionError'
}
