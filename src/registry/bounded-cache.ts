/**
 * Keeps what was used last, up to a total weight; what was not used for longest goes first. The last one is kept whatever
 * it weighs: whoever made it asks for it again at once.
 */
export class BoundedCache<Key, Value> {
  readonly #weightMax: number
  readonly #weightOf: (value: Value, key: Key) => number
  readonly #values = new Map<Key, Value>()
  #weight = 0

  constructor(weightMax: number, weightOf: (value: Value, key: Key) => number) {
    this.#weightMax = weightMax
    this.#weightOf = weightOf
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key)
    if (value === undefined) return undefined
    // A Map remembers the order of insertion: the newest stand at its end.
    this.#values.delete(key)
    this.#values.set(key, value)
    return value
  }

  set(key: Key, value: Value): void {
    this.delete(key)
    this.#values.set(key, value)
    this.#weight += this.#weightOf(value, key)
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#weightMax || this.#values.size === 1) return
      this.delete(oldest)
    }
  }

  delete(key: Key): void {
    const value = this.#values.get(key)
    if (value === undefined) return
    this.#values.delete(key)
    this.#weight -= this.#weightOf(value, key)
  }

  /** The value at hand, or the one that `make` gives, kept for the next time. */
  getOrMake(key: Key, make: () => Value): Value {
    const known = this.get(key)
    if (known !== undefined) return known
    const made = make()
    this.set(key, made)
    return made
  }
}
