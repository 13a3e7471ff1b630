import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { ownCpuSeconds, processUsage, secondsOfPs } from '../../../src/commands/bench/measure/process-usage.ts'
import { HeadgateError } from '../../../src/shared/errors.ts'

describe('CPU time as ps prints it', () => {
  for (const [time, seconds] of [
    ['00:00:07', 7],
    ['01:02:03', 3_723],
    ['2-00:00:01', 172_801],
    ['0:03.25', 3.25],
    ['61:01.50', 3_661.5],
  ] as const)
    test(time, () => expect(secondsOfPs(time)).toBe(seconds))
})

test('a process is seen as the process sees itself', async () => {
  const before = processUsage(process.pid)
  const used = await ownCpuSeconds(async () => {
    for (const endMs = performance.now() + 300; performance.now() < endMs;) Math.sqrt(2)
  })
  const after = processUsage(process.pid)
  // Hundredths of a second are cut off at either end.
  expect(Math.abs(after.cpuSeconds - before.cpuSeconds - used)).toBeLessThan(0.1)
  expect(after.residentBytes / process.memoryUsage().rss).toBeCloseTo(1, 0)
})

test('a process that is gone is an error that names it', () => {
  const child = Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }))
  expect(() => processUsage(child)).toThrow(HeadgateError)
  expect(() => processUsage(child)).toThrow(`process ${child}`)
})
