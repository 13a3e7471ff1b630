import { InProcessCalls } from './in-process-calls.ts'
import type { Lane } from './lane.ts'
import { CalledLane } from './lane-calls.ts'
import { LaneExecutor } from './lane-executor.ts'
import type { LoadLanguage } from './languages.ts'

/** A lane on the caller's own thread. */
export function inProcessLane(options: { readonly loadLanguage?: LoadLanguage } = {}): Lane {
  return new CalledLane(new InProcessCalls('the lane', new LaneExecutor(options.loadLanguage)))
}
