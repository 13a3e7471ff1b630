import { rm } from 'node:fs/promises'
import { systemClock } from '../../../shared/clock.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { BenchServer, withServer } from '../bench-server.ts'
import type { Figure } from '../figure.ts'
import { processUsage } from '../measure/process-usage.ts'
import { median } from '../measure/statistics.ts'

/** From the start of the process to its ready line, and the memory of a server that nobody has talked to yet. */
export async function start(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  const freshMs: number[] = []
  const againMs: number[] = []
  // One more comes first, uncounted: the very first start compiles what later ones find compiled.
  for (let turn = 0; turn <= sizes.starts; turn++) {
    say(`start ${turn} of ${sizes.starts}`)
    const dataDir = dataDirOf(run, 'start')
    try {
      const fresh = await startOnce(dataDir, signal)
      const again = await startOnce(dataDir, signal)
      if (turn === 0) continue
      freshMs.push(fresh)
      againMs.push(again)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  }
  return [
    { name: 'start to ready, empty data directory', value: median(freshMs), unit: 'ms', budget: { atMost: 200 } },
    { name: 'start to ready, slowest', value: Math.max(...freshMs), unit: 'ms' },
    { name: 'start to ready, once more', value: median(againMs), unit: 'ms', budget: { atMost: 200 } },
    { name: 'memory at rest', value: (await memoryAtRest(run)) / 1e6, unit: 'MB', budget: { atMost: 100 } },
  ]
}

async function startOnce(dataDir: string, signal: AbortSignal): Promise<number> {
  const server = await BenchServer.start({ dataDir, signal })
  await server.stop()
  return server.startMs
}

function memoryAtRest(run: BenchRun): Promise<number> {
  run.say('at rest')
  return withServer({ dataDir: dataDirOf(run, 'rest'), signal: run.signal }, async ({ pid }) => {
    await systemClock.sleep(run.sizes.restMs, run.signal)
    return processUsage(pid).residentBytes
  })
}
