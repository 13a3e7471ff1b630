/** The thread behind metronome.ts: sleeps to the next beat, which timers of an event loop do to a millisecond at best. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Beats } from './metronome.ts'

const { firstMs, everyMs } = workerData as Beats
const never = new Int32Array(new SharedArrayBuffer(4))
for (let beat = 0; ; beat++) {
  const waitMs = firstMs + beat * everyMs - (performance.timeOrigin + performance.now())
  if (waitMs > 0) Atomics.wait(never, 0, 0, waitMs)
  parentPort?.postMessage(beat, [])
}
