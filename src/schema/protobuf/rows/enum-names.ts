import type { BytesColumn } from '../../../columns/bytes-column.ts'
import { utf8Bytes } from '../../../shared/bytes.ts'
import type { EnumType } from '../link/types.ts'

/** Writes the name of an enum's number, or the number as text when it has none, as a newer producer may send. */
export class EnumNames {
  /** By number, for the small ones. */
  readonly #dense: (Uint8Array | undefined)[] = []
  readonly #sparse = new Map<number, Uint8Array>()

  constructor({ nameByNumber }: EnumType) {
    for (const [number, name] of nameByNumber) {
      if (number >= 0 && number < DENSE_MAX) this.#dense[number] = utf8Bytes(name)
      else this.#sparse.set(number, utf8Bytes(name))
    }
    // Without holes, reading beyond what was set is an ordinary load.
    for (let number = 0; number < this.#dense.length; number++) this.#dense[number] ??= undefined
  }

  append(column: BytesColumn, number: number): void {
    const name = number >= 0 && number < this.#dense.length ? this.#dense[number] : this.#sparse.get(number)
    if (name) column.append(name, 0, name.length)
    else column.appendText(String(number))
  }
}

const DENSE_MAX = 1_024
