import { limits } from '../../../shared/limits.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer } from '../bench-server.ts'
import type { Figure } from '../figure.ts'
import { syncedWrites, type DiskRun } from '../measure/disk-speed.ts'
import { median } from '../measure/statistics.ts'
import { rawTopic, throughputFigures, throughputOf, VALUE_BYTES, type Throughput } from './raw-topic.ts'

interface Round extends Throughput {
  /** The disk itself, given blocks as large as one batch. */
  readonly batches: DiskRun
  /** And as large as the most that the log writes at once. */
  readonly groups: DiskRun
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
  return {
    batches: await syncedWrites(directory, { blockBytes: Math.round(batchBytes), totalBytes }),
    groups: await syncedWrites(directory, { blockBytes: limits.appendGroupBytesMax, totalBytes }),
  }
}

function figuresOf(rounds: readonly Round[], batchBytes: number): Figure[] {
  const middle = (of: (round: Round) => number): number => median(rounds.map(of))
  const ofDisk = ({ bytesPerSecond, batches, groups }: Round): number =>
    bytesPerSecond / Math.max(batches.bytesPerSecond, groups.bytesPerSecond)
  return [
    { name: 'bytes of a batch', value: batchBytes, unit: 'bytes' },
    ...throughputFigures(rounds, { throughput: { atLeast: 100 }, cpu: { atMost: 2 } }),
    { name: 'disk, synced writes of a batch', value: middle(({ batches }) => batches.bytesPerSecond) / 1e6, unit: 'MB/s' },
    { name: 'disk, synced writes of 8 MiB', value: middle(({ groups }) => groups.bytesPerSecond) / 1e6, unit: 'MB/s' },
    { name: 'disk, CPU of writes of 8 MiB', value: middle(({ groups }) => groups.cpuPerGigabyte), unit: 's per GB' },
    { name: 'throughput / disk at its best', value: middle(ofDisk), unit: 'times' },
  ]
}
