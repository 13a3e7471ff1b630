import type { LinearPattern } from '../pattern.ts'

/**
 * A schema in the shape that compatibility compares: not keyword by keyword, but sorted into kinds as the loader of
 * Everit's library sorts them, since the verdicts of Confluent's registry follow from its kinds. A schema of several
 * kinds at once, such as a `type` beside an `enum`, is an `allOf` of them.
 */
export type SchemaModel = SchemaPart & Annotations

export type SchemaPart =
  /** Every value: `true`, or an object without any keyword that is looked at. */
  | { readonly kind: 'empty' }
  /** No value: `false`. */
  | { readonly kind: 'false' }
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean' }
  | StringPart
  | NumberPart
  | EnumPart
  /** The constant's text, equal for equal values. */
  | { readonly kind: 'const'; readonly value: string }
  /** `if`, `then` and `else`, in which the registry sees no change. */
  | { readonly kind: 'conditional' }
  | { readonly kind: 'not'; readonly schema: SchemaModel }
  | CombinedPart
  | ObjectPart
  | ArrayPart
  | ReferencePart

/** What a schema says about itself beside its rules. */
export interface Annotations {
  readonly hasDefault: boolean
  /** `connect.type: bytes` marks what Kafka Connect writes bytes as, which may be one type or another. */
  readonly isConnectBytes: boolean
}

export interface StringPart {
  readonly kind: 'string'
  readonly maxLength: number | undefined
  readonly minLength: number | undefined
  readonly pattern: string | undefined
}

export interface NumberPart {
  readonly kind: 'number'
  readonly isInteger: boolean
  readonly maximum: number | undefined
  readonly minimum: number | undefined
  readonly exclusiveMaximum: number | undefined
  readonly exclusiveMinimum: number | undefined
  readonly multipleOf: number | undefined
}

export interface EnumPart {
  readonly kind: 'enum'
  /** The constants' texts, equal for equal values. */
  readonly values: ReadonlySet<string>
}

export interface CombinedPart {
  readonly kind: 'combined'
  /** How many of the branches a value must fit. A list of types is an `anyOf`. */
  readonly criterion: Criterion
  /** Each schema once, however often it is written. */
  readonly branches: readonly SchemaModel[]
  /** One schema is written. */
  readonly isSingle: boolean
}

export type Criterion = 'allOf' | 'anyOf' | 'oneOf'

export interface ObjectPart {
  readonly kind: 'object'
  readonly properties: ReadonlyMap<string, SchemaModel>
  readonly required: ReadonlySet<string>
  readonly patternProperties: readonly PatternProperty[]
  /** Whether there may be others, or what they must be. */
  readonly additional: boolean | SchemaModel
  readonly unevaluated: SchemaModel | undefined
  readonly dependentNames: ReadonlyMap<string, ReadonlySet<string>>
  readonly dependentSchemas: ReadonlyMap<string, SchemaModel>
  readonly maxProperties: number | undefined
  readonly minProperties: number | undefined
}

export interface PatternProperty {
  readonly pattern: LinearPattern
  readonly schema: SchemaModel
}

export interface ArrayPart {
  readonly kind: 'array'
  /** For all items, where they are not listed one by one. */
  readonly items: SchemaModel | undefined
  /** For the first items, one by one. */
  readonly tuple: readonly SchemaModel[]
  /** Whether there may be items behind those, or what they must be. */
  readonly additional: boolean | SchemaModel
  readonly unevaluated: SchemaModel | undefined
  readonly maxItems: number | undefined
  readonly minItems: number | undefined
  readonly maxContains: number | undefined
  readonly minContains: number | undefined
  readonly isUnique: boolean
}

export interface ReferencePart {
  readonly kind: 'reference'
  /** Read when it is asked for, the same object each time: schemas may refer to themselves. */
  readonly target: () => SchemaModel
}

/** What a schema stands for, references followed to their end. */
export function dereferenced(schema: SchemaModel): Exclude<SchemaModel, ReferencePart> {
  const seen = new Set<SchemaModel>()
  let current = schema
  while (current.kind === 'reference') {
    // References that only lead back to themselves ask nothing of a value.
    if (seen.has(current)) return { kind: 'empty', ...noAnnotations }
    seen.add(current)
    current = current.target()
  }
  return current
}

export const noAnnotations: Annotations = { hasDefault: false, isConnectBytes: false }
