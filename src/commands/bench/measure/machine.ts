import { statfs } from 'node:fs/promises'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { version } from '../../../version.ts'

/** Where and when figures were measured, without which they mean little. */
export interface Machine {
  readonly measuredAt: string
  readonly headgate: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  /** Whether the data directory is in memory, where a sync costs nothing and durable figures are none. */
  readonly isDataInMemory: boolean
}

export async function describeMachine(directory: string): Promise<Machine> {
  return {
    measuredAt: new Date().toISOString(),
    headgate: version,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    isDataInMemory: (await statfs(directory)).type === TMPFS_MAGIC,
  }
}

/** statfs(2), on Linux. */
const TMPFS_MAGIC = 0x0102_1994
