import { limits } from '../../../shared/limits.ts'
import type { CompatibilityQuestion, Incompatibility } from '../../compatibility.ts'
import { pathOf, type DemandPlace } from '../../demand-place.ts'
import type { StepBudget } from '../../step-budget.ts'
import type { Demand, Pair } from './pair.ts'
import { describe } from './rules.ts'
import { isUnmet } from './settle.ts'

/**
 * The broken rules below a pair in the order of the schemas' text. A pair that is met in several places is told in the
 * first one. What the schemas of a choice break is not told, only that none would do. At most `limits.incompatibilitiesMax`
 * are named, and never none of several.
 */
export function brokenRules(root: Pair, names: CompatibilityQuestion['names'], budget: StepBudget): Incompatibility[] {
  const incompatibilities: Incompatibility[] = []
  const told = new Set<Pair>()
  const pending: DemandPlace<Demand>[] = [{ outer: undefined, demand: { kind: 'pair', path: '', pair: root } }]
  for (let place = pending.pop(); place && incompatibilities.length < limits.incompatibilitiesMax; place = pending.pop()) {
    const { demand } = place
    if (!isUnmet(demand, budget)) continue
    if (demand.kind !== 'pair') {
      // References followed, as Confluent's registry has it.
      const path = `#${pathOf(place)}`
      incompatibilities.push({ errorType: demand.breach.rule, path, description: describe(demand.breach.rule, path, names) })
    } else if (!told.has(demand.pair)) {
      told.add(demand.pair)
      for (const inner of demand.pair.demands.toReversed()) pending.push({ outer: place, demand: inner })
    }
  }
  return incompatibilities
}
