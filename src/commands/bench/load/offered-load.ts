import { systemClock } from '../../../shared/clock.ts'
import type { Acknowledged, Producers } from './producers.ts'

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
  /** From the moment it was sent. */
  readonly fromSentMs: readonly number[]
}

/**
 * Sends batches at a fixed rate, whatever the answers do (an open loop). Latency counts from the moment a batch was due:
 * a server that stands still for a second is charged for every batch that should have been sent meanwhile, which a
 * loop that waits for answers would leave out ("coordinated omission").
 */
export async function offerLoad(
  producers: Producers,
  { batchesPerSecond, durationMs, signal, onAck }: OfferedRate,
): Promise<OfferedLatencies> {
  const fromDueMs: number[] = []
  const fromSentMs: number[] = []
  const underWay: Promise<void>[] = []
  const send = async (dueMs: number): Promise<void> => {
    const sentMs = performance.now()
    const acknowledged = await producers.sendOne()
    const nowMs = performance.now()
    fromDueMs.push(nowMs - dueMs)
    fromSentMs.push(nowMs - sentMs)
    onAck?.(acknowledged)
  }
  const startMs = performance.now()
  const batchCount = Math.ceil((batchesPerSecond * durationMs) / 1_000)
  while (underWay.length < batchCount) {
    const dueCount = Math.min(batchCount, Math.ceil(((performance.now() - startMs) * batchesPerSecond) / 1_000))
    while (underWay.length < dueCount) underWay.push(send(startMs + (underWay.length * 1_000) / batchesPerSecond))
    await systemClock.sleep(1, signal)
  }
  await Promise.all(underWay)
  return { fromDueMs, fromSentMs }
}
