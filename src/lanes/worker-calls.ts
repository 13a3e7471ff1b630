import { Worker } from 'node:worker_threads'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import type { Calls } from './calls.ts'
import { type ErrorMessage, fromErrorMessage } from './error-message.ts'

/** What a worker is sent: calls in order; `id` is 0 where no answer is wanted. */
export interface CallMessage<Call> {
  readonly calls: readonly { readonly id: number; readonly call: Call }[]
}

/** What it sends back. */
export interface AnswerMessage {
  readonly answers: readonly ({ readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ErrorMessage })[]
}

export interface WorkerOptions {
  readonly url: URL
  readonly name: string
  readonly heapMiB: number
  /** The worker died; calls under way were rejected. The next call starts a new one, which remembers nothing. */
  readonly onCrash: (error: Error) => void
}

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Executes calls on a worker thread, started with the first of them. The calls of one turn of the event loop share a
 * message, because a message costs more than a small batch.
 */
export class WorkerCalls<Call> implements Calls<Call> {
  readonly #options: WorkerOptions
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | undefined
  #outbox: { id: number; call: Call }[] = []
  #transfer: ArrayBuffer[] = []
  #lastId = 0
  #isClosed = false

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  request(call: Call, transfer: readonly ArrayBuffer[] = []): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(this.#closedError())
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#send(id, call, transfer)
    })
  }

  tell(call: Call): void {
    if (!this.#isClosed) this.#send(0, call, [])
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#worker = undefined
    this.#rejectPending(this.#closedError())
    await worker?.terminate()
  }

  #send(id: number, call: Call, transfer: readonly ArrayBuffer[]): void {
    if (this.#outbox.length === 0) setImmediate(() => this.#post())
    this.#outbox.push({ id, call })
    for (const buffer of transfer) this.#transfer.push(buffer)
  }

  #post(): void {
    // Empty when the worker died in between.
    if (this.#isClosed || this.#outbox.length === 0) return
    const message: CallMessage<Call> = { calls: this.#outbox }
    const transfer = this.#transfer
    this.#outbox = []
    this.#transfer = []
    this.#worker ??= this.#start()
    try {
      this.#worker.postMessage(message, transfer)
    } catch (error) {
      // Something that cannot be sent: whoever made one of these calls learns of it.
      for (const { id } of message.calls) this.#settle(id)?.reject(error as Error)
    }
  }

  #start(): Worker {
    const { url, name, heapMiB } = this.#options
    const worker = new Worker(url, { name, resourceLimits: { maxOldGenerationSizeMb: heapMiB } })
    worker.on('message', (message: AnswerMessage) => this.#onAnswers(message))
    worker.on('error', (error) => this.#onEnd(worker, error))
    worker.on('exit', (code) => this.#onEnd(worker, new Error(`exit code ${code}`)))
    return worker
  }

  #onAnswers({ answers }: AnswerMessage): void {
    for (const answer of answers) {
      const pending = this.#settle(answer.id)
      if ('error' in answer) pending?.reject(fromErrorMessage(answer.error))
      else pending?.resolve(answer.value)
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }

  #onEnd(worker: Worker, cause: unknown): void {
    // An error is followed by an exit, and an exit by our own hand is none.
    if (this.#worker !== worker) return
    this.#worker = undefined
    const error = new HeadgateError(
      'store-unavailable',
      `${this.#options.name} stopped: ${messageOf(cause)}; it starts again with the next call`,
      { cause },
    )
    this.#rejectPending(error)
    this.#options.onCrash(error)
  }

  #rejectPending(error: Error): void {
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    this.#outbox = []
    this.#transfer = []
    for (const { reject } of pending) reject(error)
  }

  #closedError(): HeadgateError {
    return new HeadgateError('shutting-down', `${this.#options.name} is closed`)
  }
}
