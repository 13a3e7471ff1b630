import { HeadgateError } from '../shared/errors.ts'

/** A topic never shrinks: its partitions hold records. */
export function assertGrows({ from, to }: { from: number; to: number }): void {
  if (to < from)
    throw new HeadgateError('invalid-argument', `the topic has ${from} partitions; it cannot shrink to ${to}`, { facts: { from, to } })
}
