import type { TopicDescription } from '../../http/admin.ts'
import { valueSubjectOf } from '../../registry/subject-names.ts'
import { systemClock } from '../../shared/clock.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { systemRandom } from '../../shared/random.ts'
import { argument, type Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { KafkaClient } from '../kafka/kafka-client.ts'
import { partitionOffsets, readPartitions, type PartitionRange } from '../kafka/read-partitions.ts'
import { describeTopic, type KafkaTopic } from '../kafka/topic-metadata.ts'
import { withoutControls } from '../output/text-width.ts'
import { write } from '../output/write.ts'
import { kafkaAddress } from '../server/addresses.ts'
import { latestVersion } from '../server/registry-client.ts'
import { pathOf, ServerClient, type Wire } from '../server/server-client.ts'
import { RecordDecoder } from './record-decoder.ts'
import { recordLine, type RecordForm } from './record-line.ts'

export interface ConsumeOptions {
  readonly from: 'earliest' | 'latest' | bigint
  readonly partition: number | undefined
  readonly recordsMax: number
  readonly isFollowing: boolean
  readonly form: RecordForm
}

/** `headgate consume`. Being interrupted is how following ends, so it is no failure. */
export async function consumeTopic(invocation: Invocation, options: ConsumeOptions): Promise<number> {
  const { signal } = invocation
  const client = new KafkaClient(kafkaAddress(invocation), { clock: systemClock, random: systemRandom, signal })
  try {
    const topic = await describeTopic(client, argument(invocation, 0), { mayCreate: false })
    const decoder = await recordDecoder(ServerClient.of(invocation), topic)
    const isComplete = await printRecords({ client, topic, decoder, invocation }, options)
    return isComplete ? exitCodes.ok : exitCodes.refused
  } catch (error) {
    if (options.isFollowing && signal.aborted) return exitCodes.ok
    throw error
  } finally {
    await client.close()
  }
}

interface Consumption {
  readonly client: KafkaClient
  readonly topic: KafkaTopic
  readonly decoder: RecordDecoder
  readonly invocation: Invocation
}

/** Answers whether every value could be decoded. */
async function printRecords({ client, topic, decoder, invocation }: Consumption, options: ConsumeOptions): Promise<boolean> {
  const { stdout, stderr } = invocation
  const ranges = await rangesOf(client, topic, options)
  let isComplete = true
  let recordsLeft = options.recordsMax
  for await (const records of readPartitions(client, topic, ranges)) {
    const lines: Uint8Array[] = []
    for (const read of records) {
      const value = options.form === 'raw' ? undefined : await decoder.decode(read.record)
      if (value?.kind === 'undecodable') {
        isComplete = false
        stderr.write(`partition ${read.partition}, offset ${read.offset}: ${withoutControls(value.reason)}\n`)
      }
      lines.push(recordLine(read, value, { form: options.form, isForTerminal: stdout.isTTY === true }))
      if (--recordsLeft === 0) break
    }
    await write(stdout, Buffer.concat(lines))
    if (recordsLeft === 0) break
  }
  return isComplete
}

async function recordDecoder(server: ServerClient, { name }: KafkaTopic): Promise<RecordDecoder> {
  const [{ configs }, latest] = await Promise.all([
    server.get<Wire<TopicDescription>>(`/v1/topics${pathOf(name)}`),
    latestVersion(server, valueSubjectOf(name)),
  ])
  return new RecordDecoder({ server, framing: configs['schema.framing']?.value ?? 'auto', latest })
}

async function rangesOf(client: KafkaClient, topic: KafkaTopic, options: ConsumeOptions): Promise<PartitionRange[]> {
  const partitions = partitionsOf(topic, options)
  const [first, next] = await Promise.all([
    partitionOffsets(client, topic, { partitions, query: 'earliest' }),
    partitionOffsets(client, topic, { partitions, query: 'latest' }),
  ])
  return partitions.map((partition) => {
    const bounds = { first: first.get(partition) ?? 0n, next: next.get(partition) ?? 0n }
    return { partition, from: startIn(bounds, options.from, partition), end: options.isFollowing ? undefined : bounds.next }
  })
}

function partitionsOf({ name, partitionCount }: KafkaTopic, { partition, from }: ConsumeOptions): number[] {
  if (partition === undefined && typeof from === 'bigint' && partitionCount > 1)
    throw new HeadgateError(
      'invalid-argument',
      `topic ${name} has ${partitionCount} partitions; say with --partition which one starts at ${from}`,
    )
  if (partition === undefined) return Array.from({ length: partitionCount }, (_, index) => index)
  if (partition < partitionCount) return [partition]
  throw new HeadgateError('not-found', `topic ${name} has no partition ${partition}; it has ${partitionCount}, counted from 0`)
}

/** Throws for an offset that the log has no longer, or that nothing could be at yet. */
function startIn({ first, next }: { first: bigint; next: bigint }, from: ConsumeOptions['from'], partition: number): bigint {
  if (from === 'earliest') return first
  if (from === 'latest') return next
  if (from >= first && from <= next) return from
  throw new HeadgateError('not-found', `partition ${partition} has no offset ${from}; its log goes from ${first} to ${next} (exclusive)`)
}
