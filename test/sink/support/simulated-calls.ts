import type { Calls, CallExecutor } from '../../../src/lanes/calls.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'
import type { Life } from './scheduler.ts'

export interface SimulatedWorker<Call> {
  readonly name: string
  readonly newExecutor: () => CallExecutor<Call>
  /** How long the answer to a call, and to all behind it, is on its way. */
  readonly answerMs: (call: Call) => number
  readonly life: Life
}

/**
 * A worker without a thread: executes calls in their order, each at a time of the scheduler's choice, and answers in
 * order, later. It may die, as a thread does: what it holds is gone, calls under way are rejected, and the next call
 * starts a new one.
 */
export class SimulatedCalls<Call> implements Calls<Call> {
  readonly #name: string
  readonly #newExecutor: () => CallExecutor<Call>
  readonly #answerMs: (call: Call) => number
  readonly #life: Life
  #executor: CallExecutor<Call>
  #executed: Promise<unknown> = Promise.resolve()
  #answered: Promise<unknown> = Promise.resolve()
  #death = Promise.withResolvers<never>()

  constructor({ name, newExecutor, answerMs, life }: SimulatedWorker<Call>) {
    this.#name = name
    this.#newExecutor = newExecutor
    this.#answerMs = answerMs
    this.#executor = newExecutor()
    this.#life = life
    this.#death.promise.catch(() => {})
  }

  request(call: Call): Promise<unknown> {
    const executor = this.#executor
    const executed = this.#executed.then(() => this.#execute(executor, call))
    this.#executed = executed.catch(() => {})
    const answered = Promise.allSettled([executed, this.#answered]).then(() => this.#life.sleep(this.#answerMs(call)))
    this.#answered = answered
    return Promise.race([answered.then(() => executed), this.#death.promise])
  }

  tell(call: Call): void {
    this.request(call).catch(() => {})
  }

  die(): void {
    this.#death.reject(
      new HeadgateError('store-unavailable', `${this.#name} stopped (a fault on purpose); it starts again with the next call`),
    )
    this.#death = Promise.withResolvers()
    this.#death.promise.catch(() => {})
    this.#executor = this.#newExecutor()
    this.#executed = Promise.resolve()
    this.#answered = Promise.resolve()
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** A thread that died does nothing more. */
  async #execute(executor: CallExecutor<Call>, call: Call): Promise<unknown> {
    await this.#life.step()
    return executor === this.#executor ? this.#life.whole(Promise.resolve(executor.execute(call))) : undefined
  }
}
