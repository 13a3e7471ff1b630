import { limits } from '../../../shared/limits.ts'
import type { CompatibilityQuestion, Incompatibility } from '../../compatibility.ts'
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
  const pending: Place[] = [{ outer: undefined, demand: { kind: 'pair', path: '', pair: root } }]
  for (let place = pending.pop(); place && incompatibilities.length < limits.incompatibilitiesMax; place = pending.pop()) {
    const { demand } = place
    if (!isUnmet(demand, budget)) continue
    if (demand.kind !== 'pair') {
      const path = pathOf(place)
      incompatibilities.push({ errorType: demand.breach.rule, path, description: describe(demand.breach.rule, path, names) })
    } else if (!told.has(demand.pair)) {
      told.add(demand.pair)
      for (const inner of demand.pair.demands.toReversed()) pending.push({ outer: place, demand: inner })
    }
  }
  return incompatibilities
}

/** A demand and how it was come to: paths are written out only for what is told, since schemas can chain without end. */
interface Place {
  readonly outer: Place | undefined
  readonly demand: Demand
}

/** A JSON pointer into both schemas, references followed; the root is `#/`, as Confluent's registry has it. */
function pathOf(place: Place): string {
  const parts: string[] = []
  let current: Place | undefined = place
  for (; current && parts.length < limits.compatibilityPathTypesMax; current = current.outer) {
    const { demand }: Place = current
    parts.unshift(demand.kind === 'pair' ? demand.path : demand.breach.path)
  }
  const path = `${current ? '/…' : ''}${parts.join('')}`
  return `#${path === '' ? '/' : path}`
}
