import type { Acknowledged, Producers } from './producers.ts'
import { withMetronome } from './metronome.ts'

export interface OfferedRate {
  readonly batchesPerSecond: number
  readonly durationMs: number
  readonly signal: AbortSignal
  /** Each batch as it is acknowledged. */
  readonly onAck?: (batch: Acknowledged) => void
}

export interface OfferedLatencies {
  /** From the moment a batch was due to its acknowledgement. */
  readonly fromDueMs: readonly number[]
  /** From the moment it was sent: what the load generator itself was late is the difference. */
  readonly fromSentMs: readonly number[]
}

/** Batches are due at whole beats. */
const BEAT_MS = 1
/** For the metronome's thread to be there by the first beat. */
const LEAD_MS = 200

/**
 * Sends batches at a fixed rate, whatever the answers do (an open loop). Latency counts from the moment a batch was due:
 * a server that stands still for a second is charged for every batch that should have been sent meanwhile, which a
 * loop that waits for answers would leave out ("coordinated omission"). The first batch that fails ends it.
 */
export async function offerLoad(
  producers: Pick<Producers, 'sendOne'>,
  { batchesPerSecond, durationMs, signal, onAck }: OfferedRate,
): Promise<OfferedLatencies> {
  const fromDueMs: number[] = []
  const fromSentMs: number[] = []
  const over = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => over.reject(signal.reason as Error), { once: true })
  const batchCount = Math.ceil((batchesPerSecond * durationMs) / 1_000)

  const send = async (dueMs: number): Promise<void> => {
    const sentMs = performance.now()
    const acknowledged = await producers.sendOne()
    const nowMs = performance.now()
    fromDueMs.push(nowMs - dueMs)
    fromSentMs.push(nowMs - sentMs)
    onAck?.(acknowledged)
    if (fromDueMs.length === batchCount) over.resolve()
  }

  const startMs = performance.now() + LEAD_MS
  let beat = 0
  let sentCount = 0
  const onBeat = (): void => {
    for (; startMs + beat * BEAT_MS <= performance.now(); beat++) {
      const dueCount = Math.min(batchCount, Math.floor((beat * BEAT_MS * batchesPerSecond) / 1_000) + 1)
      for (; sentCount < dueCount; sentCount++) send(startMs + beat * BEAT_MS).catch(over.reject)
    }
  }
  await withMetronome({ firstMs: performance.timeOrigin + startMs, everyMs: BEAT_MS }, onBeat, over.promise)
  return { fromDueMs, fromSentMs }
}
