import { limits } from '../shared/limits.ts'
import { registryErrors } from './registry-error.ts'

/** One change at a time, in the order they came: in one process there is then nobody to lose a race against. */
export class Turns {
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  /** Throws RegistryError 50002 when too many wait already. */
  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= limits.registryChangesWaitingMax) throw registryErrors.timedOut('too many changes are waiting; try again')
    this.#waiting++
    const mine = this.#last.then(work, work)
    this.#last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      this.#waiting--
    }
  }
}
