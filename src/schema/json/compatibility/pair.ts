import type { SchemaModel } from './model.ts'
import type { Breach } from './rules.ts'

/**
 * A schema against the one that it replaces. Schemas refer to each other, so pairs form a graph that may have cycles: a
 * pair is compatible unless something shows that it is not.
 */
export interface Pair {
  readonly original: SchemaModel
  readonly update: SchemaModel
  /** What must hold, in the order in which it is told. */
  readonly demands: Demand[]
  isBroken: boolean
}

export type Demand =
  | { readonly kind: 'breach'; readonly breach: Breach }
  /** Another pair must be compatible. `path` leads from the demanding pair to it. */
  | { readonly kind: 'pair'; readonly path: string; readonly pair: Pair }
  | Choice

/**
 * Each row needs a compatible pair of its own, no two of them in one column; otherwise the rule is broken. A choice
 * among alternatives is one row of them.
 */
export interface Choice {
  readonly kind: 'choice'
  readonly breach: Breach
  readonly rows: readonly (readonly Offer[])[]
  readonly columns: number
}

export interface Offer {
  readonly column: number
  /** Undefined when it is compatible for certain. */
  readonly pair: Pair | undefined
}
