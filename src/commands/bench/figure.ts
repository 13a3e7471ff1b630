/**
 * One number of a report, with what it should be. Names are stable, because scripts compare runs by them; units are part of
 * the number's meaning and are spelled out.
 */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: Unit
  readonly budget?: Budget
}

export type Unit =
  | 's per million records'
  | 's per GB'
  | 's per 10,000 requests'
  | 'records/s'
  | 'requests/s'
  | 'MB/s'
  /** A million bytes. */
  | 'MB'
  | 'MB per minute'
  | 'ms'
  | 'bytes'
  /** A thousand bytes for each schema. */
  | 'KB per schema'
  | 'records'
  | 'schemas'
  | 'subjects'
  /** A ratio of two figures of the same run. */
  | 'times'

export type Budget = { readonly atMost: number } | { readonly atLeast: number }

export function isWithin({ value, budget }: Figure): boolean | undefined {
  if (budget === undefined) return undefined
  return 'atMost' in budget ? value <= budget.atMost : value >= budget.atLeast
}
