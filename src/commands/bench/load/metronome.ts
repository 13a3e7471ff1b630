import { Worker } from 'node:worker_threads'
import { workerUrl } from '../../../shared/worker-url.ts'

export interface Beats {
  /** Of the first beat, since the epoch. */
  readonly firstMs: number
  readonly everyMs: number
}

/**
 * Calls `onBeat` at each beat until `until` resolves, a tenth of a millisecond late or so; beats that the event loop missed
 * come all at once. Rejects when `until` does.
 */
export async function withMetronome(beats: Beats, onBeat: () => void, until: Promise<unknown>): Promise<void> {
  const worker = new Worker(workerUrl(import.meta.url, 'metronome-worker'), { name: 'metronome', workerData: beats })
  worker.on('message', onBeat)
  const broken = new Promise<never>((_, reject) => worker.once('error', reject))
  try {
    await Promise.race([until, broken])
  } finally {
    await worker.terminate()
  }
}
