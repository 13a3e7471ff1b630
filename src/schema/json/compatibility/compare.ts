import { compareArrays } from './array-rules.ts'
import { compareCombined } from './combined-rules.ts'
import type { Comparison } from './comparison.ts'
import { breachesByThemselves, stepsByThemselves } from './kind-rules.ts'
import type { SchemaModel } from './model.ts'
import { compareObjects } from './object-rules.ts'
import type { Breach } from './rules.ts'

/** All rules for one schema and the one that replaces it. References have been followed. */
export function compare(original: SchemaModel, update: SchemaModel, comparison: Comparison): void {
  const breaches = breachesOnTheSpot(original, update, comparison)
  if (breaches) return comparison.breaksAll(breaches)
  if (original.kind === 'object' && update.kind === 'object') return compareObjects(original, update, comparison)
  if (original.kind === 'array' && update.kind === 'array') return compareArrays(original, update, comparison)
  // What must not be is compared the other way round.
  if (original.kind === 'not' && update.kind === 'not')
    return comparison.requiresOneOf([[update.schema, original.schema]], 'NOT_TYPE_EXTENDED', 'not')
  compareCombined(original, update, comparison)
}

/** What is broken between schemas that have none inside, or are of two kinds; undefined for all others. */
export function breachesOnTheSpot(
  original: SchemaModel,
  update: SchemaModel,
  budget: Pick<Comparison, 'spend'>,
): readonly Breach[] | undefined {
  budget.spend(stepsByThemselves(original, update))
  return breachesByThemselves(original, update)
}
