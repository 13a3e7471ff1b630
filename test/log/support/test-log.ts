import { ManualClock } from '../../../src/shared/clock.ts'
import { silentLogger } from '../../../src/shared/log.ts'
import { seededRandom } from '../../../src/shared/random.ts'
import { memoryState } from '../../../src/state/memory.ts'
import type { StateStore } from '../../../src/state/state-store.ts'
import type { LogPieces } from '../../../src/log/log-pieces.ts'
import { openLog, type OpenedLog } from '../../../src/log/open.ts'
import { SegmentPieces } from '../../../src/log/segment-pieces.ts'
import { topicId } from './batches.ts'
import { SimulatedFiles } from './simulated-files.ts'

export interface TestLog {
  readonly log: OpenedLog
  readonly state: StateStore
  readonly pieces: LogPieces
  readonly files: SimulatedFiles
  readonly clock: ManualClock
}

export interface TestLogParts {
  readonly wrapState?: (state: StateStore) => StateStore
  readonly wrapPieces?: (pieces: LogPieces) => LogPieces
  readonly segmentBytesMax?: number
  readonly partitionCount?: number
}

/** A log over the memory state and simulated files, with one topic; each part may be replaced. */
export async function openTestLog({
  wrapState,
  wrapPieces,
  segmentBytesMax = 1_000_000,
  partitionCount = 3,
}: TestLogParts = {}): Promise<TestLog> {
  const clock = new ManualClock()
  const random = seededRandom(1)
  const files = new SimulatedFiles()
  const state = memoryState({ clock, random })
  await state.createTopic({ topicId, name: 'orders', partitionCount, configs: {} })
  const segments = new SegmentPieces(files, { clock, random, segmentBytesMax })
  const pieces = wrapPieces?.(segments) ?? segments
  const log = await openLog({ state: wrapState?.(state) ?? state, pieces, clock, random, logger: silentLogger })
  return { log, state, pieces, files, clock }
}

/** A gate that work waits at until it is opened; then it stays open. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>()
  arrivals = 0

  async pass(): Promise<void> {
    this.arrivals++
    await this.#opened.promise
  }

  open(): void {
    this.#opened.resolve()
  }
}

/** Lets everything that can go on without a timer go on. */
export async function idle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Whether the promise is settled once everything that can go on has gone on. */
export async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const note = (): void => {
    settled = true
  }
  promise.then(note, note)
  await idle()
  return settled
}
