import { limits } from '../shared/limits.ts'
import { workerUrl } from '../shared/worker-url.ts'
import type { Lane } from './lane.ts'
import { CalledLane } from './lane-calls.ts'
import { WorkerCalls } from './worker-calls.ts'

export interface WorkerLaneOptions {
  /** For thread lists and messages, such as `lane 2`. */
  readonly name: string
  /** The thread died and everything it held is gone: its calls were rejected, its tickets are gone, its tables are closed. */
  readonly onCrash: (error: Error) => void
}

/** A lane on a thread of its own, started with its first call. */
export function workerLane({ name, onCrash }: WorkerLaneOptions): Lane {
  return new CalledLane(new WorkerCalls({ url: workerUrl(import.meta.url, 'lane-worker'), name, heapMiB: limits.laneHeapMiB, onCrash }))
}
