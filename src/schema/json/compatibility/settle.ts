import type { StepBudget } from '../../step-budget.ts'
import { coversEveryRow } from './matching.ts'
import type { Choice, Demand, Pair } from './pair.ts'

/**
 * Decides which pairs are broken. All count as compatible at first; one that is found broken has whatever rests on it
 * looked at again, until nothing changes. Since a broken pair never makes another one compatible, the outcome does not
 * depend on the order. Pairs that ask for others stand before them, cycles apart, so one round decides nearly all.
 */
export function settle(pairs: readonly Pair[], budget: StepBudget): void {
  const inner = pairs.toReversed()
  for (let isChanged = true; isChanged;) {
    isChanged = false
    for (const pair of inner) {
      if (pair.isBroken || !pair.demands.some((demand) => isUnmet(demand, budget))) continue
      pair.isBroken = true
      isChanged = true
    }
  }
}

/** As the pairs stand. */
export function isUnmet(demand: Demand, budget: StepBudget): boolean {
  budget.spend(1)
  switch (demand.kind) {
    case 'breach':
      return true
    case 'pair':
      return demand.pair.isBroken
    case 'choice':
      return !isMet(demand, budget)
  }
}

function isMet({ rows, columns }: Choice, budget: StepBudget): boolean {
  const compatible = rows.map((offers) => {
    budget.spend(offers.length)
    return offers.filter(({ pair }) => pair === undefined || !pair.isBroken).map(({ column }) => column)
  })
  return coversEveryRow(compatible, columns, (steps) => budget.spend(steps))
}
