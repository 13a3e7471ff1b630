import type { SchemaModel } from './model.ts'
import type { Breach, Rule } from './rules.ts'

/** Steps down from the two schemas that are being compared, to where a demand stands: property names and the like. */
export type Steps = readonly (string | number)[]

/** Where the rules for two schemas put what they find and what they ask for. */
export interface Comparison {
  breaks(rule: Rule, ...steps: Steps): void
  breaksAll(breaches: readonly Breach[]): void
  /** Two schemas inside of them must be compatible, too. */
  requires(original: SchemaModel, update: SchemaModel, ...steps: Steps): void
  /** One of these pairs must be compatible, or the rule is broken. */
  requiresOneOf(pairs: readonly SchemaPair[], rule: Rule, ...steps: Steps): void
  /** As many schemas as the shorter list has must have a compatible one of their own in the other list. */
  requiresMatching(originals: readonly SchemaModel[], updates: readonly SchemaModel[], rule: Rule): void
  /** For work that grows with the schemas. */
  spend(steps: number): void
}

export type SchemaPair = readonly [original: SchemaModel, update: SchemaModel]
