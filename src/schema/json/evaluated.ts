import type { LinearPattern } from './pattern.ts'
import { REF_PREFIX, type NamedNodes, type SchemaNode, type SchemaObject } from './unified-schema.ts'

/**
 * Which members of a value a schema has evaluated, itself or through the schemas that it applies to the same value: what
 * `unevaluatedProperties` and `unevaluatedItems` ask. The value is taken to fit the schema. Schemas that may or may not
 * apply (alternatives, `if`, `contains`) are references to definitions, so that `fits` can ask about each by itself.
 */
export class EvaluatedMembers {
  readonly #definitions: NamedNodes
  readonly #compilePattern: (pattern: string) => LinearPattern
  readonly #fits: (node: SchemaNode, value: unknown) => boolean

  constructor(
    definitions: NamedNodes,
    { compilePattern, fits }: { compilePattern: (pattern: string) => LinearPattern; fits: (node: SchemaNode, value: unknown) => boolean },
  ) {
    this.#definitions = definitions
    this.#compilePattern = compilePattern
    this.#fits = fits
  }

  /** Names of own members that nothing has evaluated. */
  unevaluatedNames(schema: SchemaObject, value: object): string[] {
    let names = Object.keys(value)
    for (const { properties, patternProperties, additionalProperties, unevaluatedProperties } of this.#applied(schema, value)) {
      if (additionalProperties !== undefined || unevaluatedProperties !== undefined) return []
      const patterns = Object.keys(patternProperties ?? {}).map(this.#compilePattern)
      names = names.filter((name) => !Object.hasOwn(properties ?? {}, name) && !patterns.some((pattern) => pattern.test(name)))
    }
    return names
  }

  /** Indexes of items that nothing has evaluated. */
  unevaluatedIndexes(schema: SchemaObject, value: readonly unknown[]): number[] {
    let indexes = [...value.keys()]
    for (const { prefixItems, items, unevaluatedItems, contains, countsContained } of this.#applied(schema, value)) {
      if (items !== undefined || unevaluatedItems !== undefined) return []
      const isContained = (index: number): boolean =>
        countsContained === true && contains !== undefined && this.#fits(contains, value[index])
      indexes = indexes.filter((index) => index >= (prefixItems?.length ?? 0) && !isContained(index))
    }
    return indexes
  }

  /** A schema and all that it applies to the same value, each once. */
  #applied(schema: SchemaObject, value: object): Iterable<SchemaObject> {
    const applied = new Set<SchemaObject>([schema])
    // The set grows while it is walked.
    for (const each of applied) for (const inner of this.#appliedBy(each, value)) if (typeof inner === 'object') applied.add(inner)
    return applied
  }

  *#appliedBy({ $ref, allOf, anyOf, oneOf, dependentSchemas, ...conditional }: SchemaObject, value: object): Generator<SchemaNode> {
    if ($ref !== undefined) yield this.#definitions[$ref.slice(REF_PREFIX.length)] ?? false
    yield* allOf ?? []
    for (const branch of [...(anyOf ?? []), ...(oneOf ?? [])]) if (this.#fits(branch, value)) yield branch
    for (const [name, dependent] of Object.entries(dependentSchemas ?? {})) if (Object.hasOwn(value, name)) yield dependent
    if (conditional.if === undefined) return
    const isTrue = this.#fits(conditional.if, value)
    if (isTrue) yield conditional.if
    yield (isTrue ? conditional.then : conditional.else) ?? true
  }
}
