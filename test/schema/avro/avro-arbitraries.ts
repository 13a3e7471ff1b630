import fc from 'fast-check'
import type { Plain } from '../../columns/read-columns.ts'

/** Random Avro schemas as JSON, random values of them as avsc takes them, and what the columns must hold then. */
export type SchemaJson = string | SchemaJson[] | { readonly [attribute: string]: unknown }

interface Shape {
  readonly schema: SchemaJson
  /** Values for avsc: longs are bigint. */
  readonly values: fc.Arbitrary<unknown>
  /** The same value as a column gives it back. */
  readonly plain: (value: never) => Plain
}

export interface Sample {
  readonly schema: SchemaJson
  readonly rows: readonly { readonly value: unknown; readonly plain: Plain }[]
}

/** A record schema with up to five fields and a few values of it. */
export const samples: fc.Arbitrary<Sample> = fc.array(fc.nat({ max: 0xffff }), { minLength: 30, maxLength: 30 }).chain((choices) => {
  const shape = new ShapeMaker(choices).record(0)
  return fc
    .array(shape.values, { minLength: 1, maxLength: 4 })
    .map((values) => ({ schema: shape.schema, rows: values.map((value) => ({ value, plain: asRow(shape.plain(value as never)) })) }))
})

/** A record without columns is the one column of its row. */
function asRow(plain: Plain): Plain {
  return typeof plain === 'string' ? { value: plain } : plain
}

/** Builds a shape out of a list of random choices, so that schema and values shrink together. */
class ShapeMaker {
  readonly #choices: readonly number[]
  #taken = 0
  #nameCount = 0

  constructor(choices: readonly number[]) {
    this.#choices = choices
  }

  record(depth: number): Shape {
    const fields = Array.from({ length: 1 + this.#choose(5) }, (_, index) => ({ name: `f${index}`, shape: this.#any(depth + 1) }))
    const columns = fields.filter(({ shape }) => shape.schema !== 'null')
    const schema = { type: 'record', name: this.#name(), fields: fields.map(({ name, shape }) => ({ name, type: shape.schema })) }
    const values = fc.record(Object.fromEntries(fields.map(({ name, shape }) => [name, shape.values] as const)))
    if (columns.length === 0)
      return { schema, values, plain: () => JSON.stringify(Object.fromEntries(fields.map(({ name }) => [name, null]))) }
    const plain = (value: { [name: string]: unknown }): Plain =>
      Object.fromEntries(columns.map(({ name, shape }) => [name, shape.plain(value[name] as never)] as const))
    return { schema, values, plain }
  }

  #any(depth: number): Shape {
    const nested = [() => this.record(depth), () => this.#list(depth), () => this.#map(depth), () => this.#optional(depth)]
    const flat = [...scalars.map((scalar) => () => scalar), () => this.#enum(), () => this.#fixed(), () => this.#optional(depth)]
    const options = depth < 4 ? [...flat, ...nested] : flat
    return (options[this.#choose(options.length)] as () => Shape)()
  }

  #list(depth: number): Shape {
    const { schema, values, plain } = this.#any(depth + 1)
    return {
      schema: { type: 'array', items: schema },
      values: fc.array(values, { maxLength: 3 }),
      plain: (items: never[]) => items.map(plain),
    }
  }

  #map(depth: number): Shape {
    const { schema, values, plain } = this.#any(depth + 1)
    return {
      schema: { type: 'map', values: schema },
      values: fc.dictionary(fc.string({ maxLength: 4 }), values, { maxKeys: 3, noNullPrototype: true }),
      plain: (entries: object) => Object.entries(entries).map(([key, value]) => [key, plain(value as never)]),
    }
  }

  #optional(depth: number): Shape {
    const { schema, values, plain } = depth < 4 && this.#choose(2) === 0 ? this.record(depth + 1) : this.#scalar()
    return {
      schema: this.#choose(2) === 0 ? ['null', schema] : [schema, 'null'],
      values: fc.option(values),
      plain: (value: never) => (value === null ? null : plain(value)),
    }
  }

  #scalar(): Shape {
    return scalars[this.#choose(scalars.length - 1)] as Shape
  }

  #enum(): Shape {
    const symbols = Array.from({ length: 1 + this.#choose(200) }, (_, index) => `SYMBOL_${index}`)
    return { schema: { type: 'enum', name: this.#name(), symbols }, values: fc.constantFrom(...symbols), plain: (value: string) => value }
  }

  #fixed(): Shape {
    const size = 1 + this.#choose(20)
    return {
      schema: { type: 'fixed', name: this.#name(), size },
      values: fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes)),
      plain: (value: Buffer) => value.toString('hex'),
    }
  }

  #name(): string {
    return `Type${this.#nameCount++}`
  }

  #choose(count: number): number {
    return (this.#choices[this.#taken++ % this.#choices.length] as number) % count
  }
}

/** null is the last. */
const scalars: readonly Shape[] = [
  { schema: 'boolean', values: fc.boolean(), plain: (value: boolean) => value },
  { schema: 'int', values: fc.integer(), plain: (value: number) => BigInt(value) },
  { schema: 'long', values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), plain: (value: bigint) => value },
  { schema: 'float', values: fc.float(), plain: (value: number) => value },
  { schema: 'double', values: fc.double(), plain: (value: number) => value },
  {
    schema: 'bytes',
    values: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    plain: (value: Buffer) => value.toString('hex'),
  },
  { schema: 'string', values: fc.string({ unit: 'binary', maxLength: 100 }), plain: (value: string) => value },
  { schema: 'null', values: fc.constant(null), plain: () => null },
]
