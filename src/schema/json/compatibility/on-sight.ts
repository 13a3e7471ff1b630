import type { CompatibilityPolicy } from '../../compatibility.ts'
import type { StepBudget } from '../../step-budget.ts'
import { breachesOnTheSpot, compare } from './compare.ts'
import type { Comparison } from './comparison.ts'
import { dereferenced, type SchemaModel } from './model.ts'
import { isBreaking, type Breach, type Rule } from './rules.ts'

/** What a look counts beside what it looks at. */
const LOOK_STEPS = 10

/**
 * Whether two schemas show at first sight that they are incompatible, without a look into schemas inside of schemas. Of
 * alternatives that are told apart by a constant nearly all pairs are of that sort, and need not be laid out.
 */
export function isBrokenOnSight(
  original: SchemaModel,
  update: SchemaModel,
  { policy, budget }: { policy: CompatibilityPolicy; budget: StepBudget },
): boolean {
  budget.spend(LOOK_STEPS)
  let isBroken = false
  const note = (rule: Rule): void => {
    isBroken ||= isBreaking(rule, policy)
  }
  const noteAll = (breaches: readonly Breach[]): void => breaches.forEach(({ rule }) => note(rule))
  const sight: Comparison = {
    breaks: note,
    breaksAll: noteAll,
    requires: (before, after) => noteAll(breachesOnTheSpot(dereferenced(before), dereferenced(after), budget) ?? []),
    requiresOneOf: () => {},
    requiresMatching: () => {},
    spend: (steps) => budget.spend(steps),
  }
  compare(original, update, sight)
  return isBroken
}
