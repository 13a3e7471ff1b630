import type { MessagePort } from 'node:worker_threads'
import type { CallExecutor } from './calls.ts'
import { toErrorMessage } from './error-message.ts'
import type { AnswerMessage, CallMessage } from './worker-calls.ts'

/** An executor that says which buffers of an answer leave with it. */
export interface ServedExecutor<Call> extends CallExecutor<Call> {
  transferOf(answer: unknown): readonly ArrayBuffer[]
}

/** The worker's half of WorkerCalls: executes what comes, in order, and answers. */
export function serveCalls<Call>(port: MessagePort, executor: ServedExecutor<Call>): void {
  let tail: Promise<void> = Promise.resolve()
  port.on('message', ({ calls }: CallMessage<Call>) => {
    tail = tail.then(() => executeAll(port, executor, calls))
  })
}

/** Answers are held together for at most this long, so that the first of many does not wait for the last. */
const ANSWER_HOLD_MS = 1

async function executeAll<Call>(port: MessagePort, executor: ServedExecutor<Call>, calls: CallMessage<Call>['calls']): Promise<void> {
  let answers: AnswerMessage['answers'][number][] = []
  let transfer: ArrayBuffer[] = []
  let postedMs = performance.now()
  const post = (): void => {
    if (answers.length > 0) port.postMessage({ answers } satisfies AnswerMessage, transfer)
    answers = []
    transfer = []
    postedMs = performance.now()
  }
  for (const { id, call } of calls) {
    try {
      const outcome = executor.execute(call)
      const value = outcome instanceof Promise ? ((await outcome) as unknown) : outcome
      if (id === 0) continue
      answers.push({ id, value })
      transfer.push(...executor.transferOf(value))
    } catch (error) {
      // Nobody waits for it: let it end the worker, which is reported.
      if (id === 0) throw error
      answers.push({ id, error: toErrorMessage(error) })
    }
    if (performance.now() - postedMs >= ANSWER_HOLD_MS) post()
  }
  post()
}
