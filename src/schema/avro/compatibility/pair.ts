import type { AvroType } from '../ast.ts'

/**
 * A reader's type against a writer's type. Types refer to each other, so pairs form a graph that may have cycles: a pair
 * is readable unless something shows that it is not.
 */
export interface Pair {
  readonly reader: AvroType
  readonly writer: AvroType
  /** What must hold for the writer's values to be read, in the order in which it is told. */
  readonly demands: Demand[]
  /** A reader's union against a type: one of its demands is enough. */
  readonly isChoice: boolean
  /** Pairs that demand this one. */
  readonly dependents: Pair[]
  isBroken: boolean
}

export type Demand =
  | { readonly kind: 'breach'; readonly breach: Breach }
  /** `path` leads from the demanding pair to the other: `/fields/2/type`. */
  | { readonly kind: 'pair'; readonly path: string; readonly pair: Pair }

/** A rule that two types break by themselves. The first six are Avro's own names for them. */
export type Rule =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH'
  /** A reader's field stands for several fields of the writer; Avro's Java fails on it without a name for it. */
  | 'READER_FIELD_AMBIGUOUS'

export interface Breach {
  readonly rule: Rule
  /** From the pair to the place: `/fields/2`, or '' for the type itself. */
  readonly path: string
  /** What was expected and found, in the words of Avro's Java. */
  readonly details: string
}

export function newPair(reader: AvroType, writer: AvroType): Pair {
  const isChoice = reader.kind === 'union' && writer.kind !== 'union'
  return { reader, writer, demands: [], isChoice, dependents: [], isBroken: false }
}
