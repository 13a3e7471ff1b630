import type { NumberRange, ReservedNode } from '../ast.ts'
import { schemaError, type SourceText } from '../source-text.ts'

/** The reserved numbers and names of one message or enum; a look-up takes the logarithm of their count. */
export class ReservedSet {
  readonly #source: SourceText
  readonly #ranges: readonly NumberRange[]
  readonly #names: ReadonlySet<string>

  constructor(reserved: readonly ReservedNode[], source: SourceText) {
    this.#source = source
    this.#names = new Set(reserved.flatMap(({ names }) => names))
    this.#ranges = sortedRanges(
      reserved.flatMap(({ ranges, offset }) => ranges.map((range) => ({ ...range, offset }))),
      source,
    )
  }

  check({ name, number, offset }: { name: string; number: number; offset: number }): void {
    if (this.#names.has(name)) throw schemaError(this.#source, offset, `the name "${name}" is reserved`)
    if (rangeHolding(this.#ranges, number)) throw schemaError(this.#source, offset, `the number ${number} is reserved`)
  }
}

/** Ranges in order; throws where two of them share a number. */
export function sortedRanges(ranges: readonly (NumberRange & { offset: number })[], source: SourceText): NumberRange[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start)
  sorted.forEach((range, index) => {
    const next = sorted[index + 1]
    if (next && next.start <= range.end) throw schemaError(source, next.offset, `two ranges share the number ${next.start}`)
  })
  return sorted
}

/** Searches sorted ranges that do not overlap. */
export function rangeHolding(ranges: readonly NumberRange[], number: number): NumberRange | undefined {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle] as NumberRange).end < number) low = middle + 1
    else high = middle
  }
  const found = ranges[low]
  return found && found.start <= number ? found : undefined
}
