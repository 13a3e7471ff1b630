import type { CompatibilityPolicy } from '../../compatibility.ts'
import type { StepBudget } from '../../step-budget.ts'
import { pointerTo } from '../raw-schema.ts'
import { breachesOnTheSpot, compare } from './compare.ts'
import type { Comparison, SchemaPair } from './comparison.ts'
import { dereferenced, type SchemaModel } from './model.ts'
import { isBrokenOnSight } from './on-sight.ts'
import type { Choice, Demand, Offer, Pair } from './pair.ts'
import { isBreaking, type Breach } from './rules.ts'
import { settle } from './settle.ts'

/** What a new pair counts, and an offer of a choice: they take memory until the comparison is over. */
const PAIR_STEPS = 50
const OFFER_STEPS = 5

/**
 * Lays out every pair of schemas that replacing one schema by another comes to, each once, and decides which of them are
 * compatible. The work is bounded by `budget`; no recursion, because references can chain schemas without end.
 */
export function pairGraph(original: SchemaModel, update: SchemaModel, options: { policy: CompatibilityPolicy; budget: StepBudget }): Pair {
  return new PairGraph(options).build(original, update)
}

class PairGraph {
  readonly #policy: CompatibilityPolicy
  readonly #budget: StepBudget
  readonly #known = new Map<SchemaModel, Map<SchemaModel, Pair>>()
  readonly #pairs: Pair[] = []

  constructor({ policy, budget }: { policy: CompatibilityPolicy; budget: StepBudget }) {
    this.#policy = policy
    this.#budget = budget
  }

  build(original: SchemaModel, update: SchemaModel): Pair {
    const root = this.#pairOf(dereferenced(original), dereferenced(update))
    // The list grows while it is walked: a pair stands behind the first one that asks for it.
    for (const { original, update, demands: into } of this.#pairs) compare(original, update, this.#comparisonInto(into))
    settle(this.#pairs, this.#budget)
    return root
  }

  #pairOf(original: SchemaModel, update: SchemaModel): Pair {
    const ofOriginal = this.#known.get(original) ?? new Map<SchemaModel, Pair>()
    this.#known.set(original, ofOriginal)
    const known = ofOriginal.get(update)
    if (known) return known
    this.#budget.spend(PAIR_STEPS)
    const pair: Pair = { original, update, demands: [], isBroken: false }
    ofOriginal.set(update, pair)
    this.#pairs.push(pair)
    return pair
  }

  #comparisonInto(demands: Demand[]): Comparison {
    const add = (demand: Demand): void => {
      this.#budget.spend(1)
      if (demand.kind === 'pair' || isBreaking(demand.breach.rule, this.#policy)) demands.push(demand)
    }
    return {
      breaks: (rule, ...steps) => add(breachOf({ rule, path: pointerTo('', ...steps) })),
      breaksAll: (breaches) => breaches.map(breachOf).forEach(add),
      requires: (original, update, ...steps) =>
        this.#require(dereferenced(original), dereferenced(update), () => pointerTo('', ...steps), add),
      requiresOneOf: (pairs, rule, ...steps) =>
        add({ kind: 'choice', breach: { rule, path: pointerTo('', ...steps) }, rows: [this.#offers(pairs)], columns: pairs.length }),
      requiresMatching: (originals, updates, rule) =>
        add({ kind: 'choice', breach: { rule, path: '' }, ...this.#table(originals, updates) }),
      spend: (steps) => this.#budget.spend(steps),
    }
  }

  /** Schemas without schemas inside are decided on the spot; everything else becomes a pair. */
  #require(original: SchemaModel, update: SchemaModel, path: () => string, add: (demand: Demand) => void): void {
    const breaches = breachesOnTheSpot(original, update, this.#budget)
    if (breaches === undefined) add({ kind: 'pair', path: path(), pair: this.#pairOf(original, update) })
    else for (const breach of breaches) add(breachOf({ rule: breach.rule, path: path() + breach.path }))
  }

  /** The shorter list makes the rows. */
  #table(originals: readonly SchemaModel[], updates: readonly SchemaModel[]): Pick<Choice, 'rows' | 'columns'> {
    return originals.length <= updates.length
      ? { rows: originals.map((original) => this.#offers(updates.map((update) => [original, update]))), columns: updates.length }
      : { rows: updates.map((update) => this.#offers(originals.map((original) => [original, update]))), columns: originals.length }
  }

  #offers(pairs: readonly SchemaPair[]): Offer[] {
    const offers: Offer[] = []
    for (const [column, pair] of pairs.entries()) {
      const [original, update] = [dereferenced(pair[0]), dereferenced(pair[1])]
      const breaches = breachesOnTheSpot(original, update, this.#budget)
      if (breaches) {
        if (!breaches.some(({ rule }) => isBreaking(rule, this.#policy))) offers.push({ column, pair: undefined })
      } else if (!isBrokenOnSight(original, update, { policy: this.#policy, budget: this.#budget }))
        offers.push({ column, pair: this.#pairOf(original, update) })
    }
    this.#budget.spend(OFFER_STEPS * offers.length)
    return offers
  }
}

function breachOf(breach: Breach): Demand {
  return { kind: 'breach', breach }
}
