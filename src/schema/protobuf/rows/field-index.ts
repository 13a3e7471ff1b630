/** Finds a field's index in its message by its number; -1 for a number that the message does not have. */
export class FieldIndex {
  /** For the numbers below its length. */
  readonly #dense: Int32Array
  readonly #sparse: ReadonlyMap<number, number>

  constructor(numbers: readonly number[]) {
    const small = numbers.filter((number) => number < DENSE_MAX)
    this.#dense = new Int32Array(Math.max(0, ...small) + 1).fill(-1)
    this.#sparse = new Map(numbers.map((number, index) => [number, index]))
    for (const [index, number] of numbers.entries()) if (number < DENSE_MAX) this.#dense[number] = index
  }

  at(number: number): number {
    return number < this.#dense.length ? (this.#dense[number] as number) : (this.#sparse.get(number) ?? -1)
  }
}

const DENSE_MAX = 4_096
