import { limits } from '../../../shared/limits.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer } from '../bench-server.ts'
import type { Figure } from '../figure.ts'
import { syncedWrites } from '../measure/disk-speed.ts'
import { median } from '../measure/statistics.ts'
import { rawTopic, throughputFigures, throughputOf, VALUE_BYTES, type Throughput } from './raw-topic.ts'

interface Round extends Throughput {
  /** Bytes per second of the disk itself: blocks as large as one batch, and as the log's largest write. */
  readonly diskOfBatches: number
  readonly diskOfGroups: number
}

/** What it costs to have bytes durable, beside what the disk itself gives in the same minute. */
export function raw(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  return withServer({ dataDir: dataDirOf(run, 'raw'), signal }, async (server) => {
    const { producers, prepared } = await rawTopic(server, run)
    const rounds: Round[] = []
    for (let round = 0; round <= sizes.rounds; round++) {
      say(`round ${round} of ${sizes.rounds}`)
      const disk = await diskSpeeds(run, prepared.batchBytes)
      const written = await throughputOf(server, async () => (await producers.sendRecords(sizes.records)) * VALUE_BYTES)
      if (round > 0) rounds.push({ ...written, ...disk })
    }
    await producers.close()
    return figuresOf(rounds, prepared.batchBytes)
  })
}

const DISK_BYTES_MAX = 256e6

async function diskSpeeds({ directory, sizes }: BenchRun, batchBytes: number): Promise<Omit<Round, keyof Throughput>> {
  const totalBytes = Math.min(sizes.records * VALUE_BYTES, DISK_BYTES_MAX)
  const batches = await syncedWrites(directory, { blockBytes: Math.round(batchBytes), totalBytes })
  const groups = await syncedWrites(directory, { blockBytes: limits.appendGroupBytesMax, totalBytes })
  return { diskOfBatches: batches.bytesPerSecond, diskOfGroups: groups.bytesPerSecond }
}

function figuresOf(rounds: readonly Round[], batchBytes: number): Figure[] {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of))
  const ofDisk = middle(({ bytesPerSecond, diskOfBatches, diskOfGroups }) => bytesPerSecond / Math.max(diskOfBatches, diskOfGroups))
  return [
    { name: 'bytes of a batch', value: batchBytes, unit: 'bytes' },
    ...throughputFigures(rounds, { throughput: { atLeast: 100 }, cpu: { atMost: 2 } }),
    { name: 'disk, synced writes of a batch', value: middle(({ diskOfBatches }) => diskOfBatches) / 1e6, unit: 'MB/s' },
    { name: 'disk, synced writes of 8 MiB', value: middle(({ diskOfGroups }) => diskOfGroups) / 1e6, unit: 'MB/s' },
    { name: 'throughput / disk at its best', value: ofDisk, unit: 'times' },
  ]
}
