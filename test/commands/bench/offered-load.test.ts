import { expect, test } from 'vitest'
import { offerLoad } from '../../../src/commands/bench/load/offered-load.ts'

const { signal } = new AbortController()
const acknowledged = { partition: 0, nextOffset: 1n }

test('batches are sent when they are due, whether or not those before them are answered', async () => {
  const answers: (() => void)[] = []
  // Nobody is answered before all five are sent: a loop that waited for answers would wait for ever.
  const sendOne = async (): Promise<typeof acknowledged> => {
    await new Promise<void>((resolve) => {
      answers.push(resolve)
      if (answers.length === 5) for (const answer of answers) answer()
    })
    return acknowledged
  }
  const acks: object[] = []
  const { fromDueMs, fromSentMs } = await offerLoad(
    { sendOne },
    { batchesPerSecond: 250, durationMs: 20, signal, onAck: (batch) => acks.push(batch) },
  )
  expect(answers).toHaveLength(5)
  expect(acks).toEqual(Array.from({ length: 5 }, () => acknowledged))
  for (const [index, fromDue] of fromDueMs.entries()) expect(fromDue).toBeGreaterThanOrEqual(fromSentMs[index] ?? NaN)
})

test('the first batch that fails ends the load with its error', async () => {
  const sendOne = (): Promise<never> => Promise.reject(new Error('refused'))
  await expect(offerLoad({ sendOne }, { batchesPerSecond: 1_000, durationMs: 60_000, signal })).rejects.toThrow('refused')
})

test('an interruption ends the load', async () => {
  const interrupted = new AbortController()
  const sendOne = (): Promise<never> => {
    interrupted.abort(new Error('enough'))
    return new Promise(() => undefined)
  }
  const load = offerLoad({ sendOne }, { batchesPerSecond: 1_000, durationMs: 60_000, signal: interrupted.signal })
  await expect(load).rejects.toThrow('enough')
})
