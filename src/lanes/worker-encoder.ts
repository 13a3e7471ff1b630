import { limits } from '../shared/limits.ts'
import { workerUrl } from '../shared/worker-url.ts'
import type { Encoder } from './encoder.ts'
import { CalledEncoder } from './encoder-calls.ts'
import { WorkerCalls } from './worker-calls.ts'

export interface WorkerEncoderOptions {
  /** For thread lists and messages. */
  readonly name: string
  /** The thread died with its open files: calls under way were rejected, and the files are not open any more. */
  readonly onCrash: (error: Error) => void
}

/** An encoder on a thread of its own, started with its first file. */
export function workerEncoder({ name, onCrash }: WorkerEncoderOptions): Encoder {
  return new CalledEncoder(
    new WorkerCalls({ url: workerUrl(import.meta.url, 'encoder-worker'), name, heapMiB: limits.encoderHeapMiB, onCrash }),
  )
}
