import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'

export interface DiskRun {
  readonly bytesPerSecond: number
  /** CPU seconds of this process, nearly all of them in the kernel. */
  readonly cpuPerGigabyte: number
  /** Of each write with its sync. */
  readonly latenciesMs: readonly number[]
}

/** What the disk itself gives one writer that appends blocks to a file and syncs each (fdatasync), as a log does. */
export async function syncedWrites(
  directory: string,
  { blockBytes, totalBytes }: { blockBytes: number; totalBytes: number },
): Promise<DiskRun> {
  const path = join(directory, 'disk-speed.bin')
  const block = Buffer.alloc(blockBytes, 0xa5)
  const latenciesMs: number[] = []
  const file = await open(path, 'w')
  try {
    const cpuBefore = process.cpuUsage()
    const startMs = performance.now()
    for (let written = 0; written < totalBytes; written += blockBytes) {
      const blockStartMs = performance.now()
      await file.write(block, 0, blockBytes, written)
      await file.datasync()
      latenciesMs.push(performance.now() - blockStartMs)
    }
    const seconds = (performance.now() - startMs) / 1_000
    const { user, system } = process.cpuUsage(cpuBefore)
    const bytes = latenciesMs.length * blockBytes
    return { bytesPerSecond: bytes / seconds, cpuPerGigabyte: (user + system) / 1e6 / (bytes / 1e9), latenciesMs }
  } finally {
    await file.close()
    await rm(path, { force: true })
  }
}
