import { expect, test } from 'vitest'
import { ManualClock } from '../../src/shared/clock.ts'
import { repeatEvery } from '../../src/shared/repeat.ts'

const intervalMs = 1_000

async function pass(clock: ManualClock, ms: number): Promise<void> {
  await clock.advance(ms)
  await new Promise((resolve) => setImmediate(resolve))
}

test('work comes after each interval, counted from the end of the run before', async () => {
  const clock = new ManualClock()
  let runs = 0
  let finish = (): void => undefined
  const work = (): Promise<void> => {
    runs++
    return new Promise((resolve) => (finish = resolve))
  }
  const repeated = repeatEvery(work, { intervalMs, clock, onFailure: () => expect.unreachable() })
  await pass(clock, 999)
  expect(runs).toBe(0)
  await pass(clock, 1)
  expect(runs).toBe(1)
  await pass(clock, 5_000)
  expect(runs).toBe(1)
  finish()
  await pass(clock, 0)
  await pass(clock, 1_000)
  expect(runs).toBe(2)
  finish()
  await repeated.stop()
})

test('a run that fails is told of, and does not end the others', async () => {
  const clock = new ManualClock()
  const failures: string[] = []
  let runs = 0
  const work = async (): Promise<void> => {
    if (++runs === 1) throw new Error('away')
  }
  const repeated = repeatEvery(work, { intervalMs, clock, onFailure: (error) => failures.push((error as Error).message) })
  await pass(clock, 1_000)
  await pass(clock, 1_000)
  expect([runs, failures]).toEqual([2, ['away']])
  await repeated.stop()
})

test('a stop aborts the run under way, waits for its end, and reports nothing of it', async () => {
  const clock = new ManualClock()
  let hasEnded = false
  const work = async (signal: AbortSignal): Promise<void> => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    hasEnded = true
    throw signal.reason
  }
  const repeated = repeatEvery(work, { intervalMs, clock, onFailure: () => expect.unreachable() })
  await pass(clock, 1_000)
  await repeated.stop()
  expect(hasEnded).toBe(true)
})
