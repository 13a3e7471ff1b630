import { processUsage } from './process-usage.ts'

export interface MemorySample {
  readonly atSeconds: number
  readonly residentBytes: number
}

/** Looks at a process's resident memory every so often while `work` runs. */
export async function sampleMemory(pid: number, intervalMs: number, work: () => Promise<void>): Promise<MemorySample[]> {
  const startMs = performance.now()
  const samples: MemorySample[] = []
  const look = (): void => {
    samples.push({ atSeconds: (performance.now() - startMs) / 1_000, residentBytes: processUsage(pid).residentBytes })
  }
  look()
  const timer = setInterval(() => {
    try {
      look()
    } catch {
      // The process is gone. So is what `work` talks to, and it says so better.
      clearInterval(timer)
    }
  }, intervalMs)
  try {
    await work()
    look()
  } finally {
    clearInterval(timer)
  }
  return samples
}
