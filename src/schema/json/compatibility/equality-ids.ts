import type { RawJson } from '../raw-schema.ts'

/** Numbers for JSON values, the same for equal ones. Each part of a document is looked at once, however deep it stands. */
export class EqualityIds {
  readonly #ids = new Map<string, number>()
  readonly #known = new WeakMap<object, number>()

  idOf(value: RawJson): number {
    if (typeof value !== 'object' || value === null) return this.#idOfText(JSON.stringify(value))
    const known = this.#known.get(value) ?? this.#idOfText(this.#textOf(value))
    this.#known.set(value, known)
    return known
  }

  #textOf(value: object): string {
    if (Array.isArray(value)) return `[${value.map((item: RawJson) => this.idOf(item)).join()}]`
    const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${this.idOf(member as RawJson)}`)
    return `{${members.sort().join()}}`
  }

  #idOfText(text: string): number {
    const id = this.#ids.get(text) ?? this.#ids.size
    this.#ids.set(text, id)
    return id
  }
}
