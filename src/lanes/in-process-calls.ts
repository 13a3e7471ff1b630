import { HeadgateError } from '../shared/errors.ts'
import type { CallExecutor, Calls } from './calls.ts'

/** Executes calls on the caller's own thread: for tests, simulation and machines with a single core. */
export class InProcessCalls<Call> implements Calls<Call> {
  readonly #name: string
  readonly #executor: CallExecutor<Call>
  #tail: Promise<unknown> = Promise.resolve()
  #failure: unknown

  constructor(name: string, executor: CallExecutor<Call>) {
    this.#name = name
    this.#executor = executor
  }

  request(call: Call): Promise<unknown> {
    const answer = this.#tail.then(() => this.#execute(call))
    this.#tail = answer.catch(() => {})
    return answer
  }

  tell(call: Call): void {
    this.request(call).catch((error: unknown) => (this.#failure ??= error))
  }

  close(): Promise<void> {
    this.#failure ??= new HeadgateError('shutting-down', `${this.#name} is closed`)
    return Promise.resolve()
  }

  async #execute(call: Call): Promise<unknown> {
    if (this.#failure !== undefined) throw this.#failure
    return this.#executor.execute(call)
  }
}
