import { HeadgateError } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'

/**
 * Counts the steps of comparing two schemas, so that no two of them can keep the registry busy: comparing is linear for
 * schemas that resemble each other, and quadratic only for those that are made to be.
 */
export class StepBudget {
  readonly #stepsMax: number
  #spent = 0

  constructor(stepsMax: number = limits.compatibilityStepsMax) {
    this.#stepsMax = stepsMax
  }

  get spent(): number {
    return this.#spent
  }

  /** Throws HeadgateError `too-large` once more was spent than there is. */
  spend(steps: number): void {
    this.#spent += steps
    if (this.#spent <= this.#stepsMax) return
    throw new HeadgateError(
      'too-large',
      `the two schemas are too large to compare: more than ${this.#stepsMax} steps; split the schema or give its types distinct names`,
      { facts: { stepsMax: this.#stepsMax } },
    )
  }
}
