/** Distinct names in order (UTF-16, as Java sorts), for listings by prefix that stop after a page. */
export class SortedNames {
  #names: string[] = []

  /** Faster than adding one by one. The names are distinct and come nearly or wholly in order. */
  fill(names: Iterable<string>): void {
    this.#names = [...names]
    if (this.#names.some((name, index, all) => index > 0 && name < (all[index - 1] ?? ''))) this.#names.sort()
  }

  add(name: string): void {
    const index = this.#firstAtLeast(name)
    if (this.#names[index] !== name) this.#names.splice(index, 0, name)
  }

  remove(name: string): void {
    const index = this.#firstAtLeast(name)
    if (this.#names[index] === name) this.#names.splice(index, 1)
  }

  *withPrefix(prefix: string): Generator<string> {
    for (let index = this.#firstAtLeast(prefix); index < this.#names.length; index++) {
      const name = this.#names[index]
      if (name === undefined || !name.startsWith(prefix)) return
      yield name
    }
  }

  #firstAtLeast(name: string): number {
    let low = 0
    let high = this.#names.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#names[middle] ?? '') < name) low = middle + 1
      else high = middle
    }
    return low
  }
}
