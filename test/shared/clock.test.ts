import { describe, expect, test } from 'vitest'
import { HeadgateError } from '../../src/shared/errors.ts'
import { ManualClock, systemClock } from '../../src/shared/clock.ts'

for (const [name, clock] of [
  ['the system clock', systemClock],
  ['the clock of tests', new ManualClock()],
] as const)
  describe(`sleeping by ${name}`, () => {
    const reason = new HeadgateError('shutting-down', 'the client is gone')

    test('ends with the reason of the signal when it fires', async () => {
      const waiting = new AbortController()
      const slept = clock.sleep(60_000, waiting.signal)
      waiting.abort(reason)
      await expect(slept).rejects.toBe(reason)
    })

    test('does not begin when the signal has fired already', async () => {
      await expect(clock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
