import type { Address } from '../../../settings.ts'
import { dataDirOf, type BenchRun } from '../bench-run.ts'
import { withServer } from '../bench-server.ts'
import type { BenchTopic } from '../bench-topic.ts'
import type { Figure } from '../figure.ts'
import { readPartition } from '../load/consumers.ts'
import { rawTopic, RECORDS_PER_BATCH, throughputFigures, throughputOf, type Throughput } from './raw-topic.ts'

/** The log read back by one consumer for each partition, from the system's page cache. */
export function fetchBack(run: BenchRun): Promise<Figure[]> {
  const { sizes, say, signal } = run
  return withServer({ dataDir: dataDirOf(run, 'fetch'), signal }, async (server) => {
    const { producers, topic } = await rawTopic(server, run)
    say('writing what is to be read')
    const recordCount = await producers.sendRecords(sizes.records)
    await producers.close()
    const rounds: Throughput[] = []
    for (let round = 0; round <= sizes.rounds; round++) {
      say(`round ${round} of ${sizes.rounds}`)
      const read = await throughputOf(server, () => readAll(server.kafka, { topic, recordCount, signal }))
      if (round > 0) rounds.push(read)
    }
    return throughputFigures(rounds)
  })
}

interface Reading {
  readonly topic: BenchTopic
  readonly recordCount: number
  readonly signal: AbortSignal
}

async function readAll(kafka: Address, { topic, recordCount, signal }: Reading): Promise<number> {
  const batchCount = recordCount / RECORDS_PER_BATCH
  const reads = Array.from({ length: topic.partitions }, (_, partition) => {
    // Batches went to the partitions in turn, so the first ones may have one more.
    const endOffset = BigInt(Math.ceil((batchCount - partition) / topic.partitions) * RECORDS_PER_BATCH)
    return readPartition(kafka, { topic: topic.topic, topicId: topic.topicId, partition, endOffset }, signal)
  })
  return (await Promise.all(reads)).reduce((sum, bytes) => sum + bytes, 0)
}
