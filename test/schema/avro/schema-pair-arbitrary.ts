import fc from 'fast-check'
import type { SchemaJson } from './avro-arbitraries.ts'

/** Two schemas that grew from one and differ here and there: what two versions of a subject look like. */
export interface SchemaPair {
  readonly older: SchemaJson
  readonly newer: SchemaJson
}

export const schemaPairs: fc.Arbitrary<SchemaPair> = fc
  .array(fc.nat({ max: 0xffff }), { minLength: 60, maxLength: 60 })
  .map((choices) => new PairMaker(choices).record(0))

const primitives = ['boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const

/** Builds both out of one list of random choices, so that they shrink together. There are no namespaces. */
class PairMaker {
  readonly #choices: readonly number[]
  #taken = 0
  #nameCount = 0
  /** Names of the records that are around the place: a type may contain itself. */
  readonly #enclosing: string[] = []

  constructor(choices: readonly number[]) {
    this.#choices = choices
  }

  record(depth: number): SchemaPair {
    const [name, newName] = this.#names()
    this.#enclosing.push(name)
    const fields = Array.from({ length: 1 + this.#choose(4) }, (_, index) => this.#field(`f${index}`, depth))
    this.#enclosing.pop()
    return {
      older: { type: 'record', name, fields: fields.flatMap(({ older }) => older) },
      newer: { type: 'record', ...newName, fields: this.#shuffled(fields.flatMap(({ newer }) => newer)) },
    }
  }

  #field(name: string, depth: number): { older: SchemaJson[]; newer: SchemaJson[] } {
    const { older, newer } = this.#any(depth + 1)
    const plain = [{ name, type: older }]
    switch (this.#choose(10)) {
      case 0:
        return { older: plain, newer: [] }
      case 1:
        return { older: [], newer: [{ name, type: newer }] }
      case 2:
        return { older: [], newer: [{ name, type: 'int', default: 1 }] }
      case 3:
        return { older: plain, newer: [{ name: `${name}_renamed`, aliases: [name], type: newer }] }
      case 4:
        return { older: [{ name, type: ['null', 'int'], default: null }], newer: [{ name, type: ['int', 'null'] }] }
      default:
        return { older: plain, newer: [{ name, type: newer }] }
    }
  }

  #any(depth: number): SchemaPair {
    const flat = [() => this.#primitive(), () => this.#enum(), () => this.#fixed(), () => this.#recursive()]
    const nested = [() => this.record(depth), () => this.#wrapped(depth), () => this.#union(depth)]
    const options = depth < 4 ? [...flat, ...nested, ...nested] : flat
    return (options[this.#choose(options.length)] as () => SchemaPair)()
  }

  #primitive(): SchemaPair {
    const older = this.#pick(primitives)
    return { older, newer: this.#choose(4) === 0 ? this.#pick(primitives) : older }
  }

  #enum(): SchemaPair {
    const [name, newName] = this.#names()
    const fallback = this.#choose(3) === 0 ? { default: 'S0' } : {}
    return {
      older: { type: 'enum', name, symbols: this.#symbols() },
      newer: { type: 'enum', ...newName, symbols: this.#symbols(), ...fallback },
    }
  }

  #symbols(): string[] {
    return Array.from({ length: 1 + this.#choose(3) }, (_, index) => `S${index}`)
  }

  #fixed(): SchemaPair {
    const [name, newName] = this.#names()
    const size = 1 + this.#choose(4)
    return { older: { type: 'fixed', name, size }, newer: { type: 'fixed', ...newName, size: this.#choose(6) === 0 ? size + 1 : size } }
  }

  /** A name stands for its newest definition in either schema; where it was renamed, both keep to the outermost record. */
  #recursive(): SchemaPair {
    const name = this.#enclosing[0] as string
    return { older: ['null', name], newer: this.#choose(4) === 0 ? [name, 'null', 'int'] : ['null', name] }
  }

  #wrapped(depth: number): SchemaPair {
    const { older, newer } = this.#any(depth + 1)
    const wrap =
      this.#choose(2) === 0 ? (items: SchemaJson) => ({ type: 'array', items }) : (values: SchemaJson) => ({ type: 'map', values })
    return { older: wrap(older), newer: wrap(newer) }
  }

  #union(depth: number): SchemaPair {
    const { older, newer } = depth < 3 && this.#choose(2) === 0 ? this.record(depth + 1) : this.#primitive()
    const branches = ['null', older]
    switch (this.#choose(5)) {
      case 0:
        return { older, newer: ['null', newer] }
      case 1:
        return { older: branches, newer }
      case 2:
        return { older: branches, newer: [{ type: 'array', items: 'int' }, newer, 'null'] }
      case 3:
        return { older: [...branches, { type: 'map', values: 'int' }], newer: ['null', newer] }
      default:
        return { older: branches, newer: ['null', newer] }
    }
  }

  /** The outermost record keeps its name, so that a use of it is known in both. */
  #names(): [older: string, newer: { name: string; aliases?: string[] }] {
    const older = `Type${this.#nameCount++}`
    if (this.#nameCount === 1) return [older, { name: older }]
    const change = this.#choose(12)
    if (change === 0) return [older, { name: `${older}_renamed` }]
    return [older, change === 1 ? { name: `${older}_renamed`, aliases: [older] } : { name: older }]
  }

  #shuffled(fields: SchemaJson[]): SchemaJson[] {
    return this.#choose(3) === 0 ? fields.toReversed() : fields
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#choose(items.length)] as T
  }

  #choose(count: number): number {
    return (this.#choices[this.#taken++ % this.#choices.length] as number) % count
  }
}
