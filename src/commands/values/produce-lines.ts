import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import type { TopicDescription } from '../../http/admin.ts'
import type { CompressionType } from '../../protocol/records/compression.ts'
import { valueSubjectOf } from '../../registry/subject-names.ts'
import { systemClock } from '../../shared/clock.ts'
import { HeadgateError, messageOf } from '../../shared/errors.ts'
import { systemRandom } from '../../shared/random.ts'
import { argument, isFlagSet, textFlag, type Invocation } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { KafkaClient } from '../kafka/kafka-client.ts'
import { Producer, type Acks } from '../kafka/producer.ts'
import { describeTopic, type KafkaTopic } from '../kafka/topic-metadata.ts'
import { bytesText, countText, plural } from '../output/number-text.ts'
import { Progress } from '../output/progress.ts'
import { write, writeJson } from '../output/write.ts'
import { kafkaAddress } from '../server/addresses.ts'
import { definitionOf, latestVersion } from '../server/registry-client.ts'
import { pathOf, ServerClient, type Wire } from '../server/server-client.ts'
import { encodeLine, type LineEncoderOptions } from './line-encoder.ts'
import { LineBatches } from './line-batches.ts'
import { LineSender, type Sent } from './line-sender.ts'
import { readLines } from './read-lines.ts'
import { valueCodec } from './value-codec.ts'

export interface ProduceOptions {
  readonly partition: number | undefined
  readonly compression: CompressionType
  readonly acks: Acks
}

/** `headgate produce`: lines flow in, batches flow out, one request at a time; memory holds what one read completes. */
export async function produceLines(invocation: Invocation, options: ProduceOptions): Promise<number> {
  const { signal, stderr } = invocation
  const world = { clock: systemClock, random: systemRandom, signal }
  const client = new KafkaClient(kafkaAddress(invocation), world)
  const progress = new Progress(stderr, systemClock)
  // Before a topic is made for it.
  const input = await openInput(invocation)
  try {
    const server = ServerClient.of(invocation)
    const topic = await openTopic({ server, client, invocation })
    checkPartition(options.partition, topic)
    const encoder = await lineEncoder(server, topic, textFlag(invocation, 'key-field'))
    const producer = new Producer({ ...world, client, topic: topic.name, acks: options.acks, compression: options.compression })
    const batches = new LineBatches({ ...topic, partition: options.partition })
    const sender = new LineSender({ producer, batches, stderr, topic: topic.name, clearProgress: () => progress.clear() })
    const startedAtMs = systemClock.now()
    for await (const { firstLine, lines } of readLines(input)) {
      for (const [index, line] of lines.entries()) await sender.add(encodeLine(line, encoder), firstLine + index, systemClock.now())
      await sender.flush()
      progress.show(() => progressText(sender.sent, systemClock.now() - startedAtMs))
    }
    progress.clear()
    await report(invocation, topic.name, sender.sent)
    return exitCodes.ok
  } finally {
    progress.clear()
    input.destroy()
    await client.close()
  }
}

interface OpenTopic extends KafkaTopic {
  readonly framing: string
  readonly batchBytesMax: number
}

/** The topic with what produce needs of its configs. A server that creates topics on demand creates this one, and it is said. */
async function openTopic({
  server,
  client,
  invocation,
}: {
  server: ServerClient
  client: KafkaClient
  invocation: Invocation
}): Promise<OpenTopic> {
  const name = argument(invocation, 0)
  const path = `/v1/topics${pathOf(name)}`
  const known = await server.find<Wire<TopicDescription>>(path)
  const topic = await describeTopic(client, name, { mayCreate: known === undefined })
  if (!known) invocation.stderr.write(`created topic ${name} with ${plural(topic.partitionCount, 'partition')}\n`)
  const { configs } = known ?? (await server.get<Wire<TopicDescription>>(path))
  return {
    ...topic,
    framing: configs['schema.framing']?.value ?? 'auto',
    batchBytesMax: Number(configs['max.message.bytes']?.value ?? 1_048_588),
  }
}

function checkPartition(partition: number | undefined, { name, partitionCount }: KafkaTopic): void {
  if (partition === undefined || partition < partitionCount) return
  throw new HeadgateError('not-found', `topic ${name} has no partition ${partition}; it has ${countText(partitionCount)}, counted from 0`)
}

async function lineEncoder(server: ServerClient, { name, framing }: OpenTopic, keyField: string | undefined): Promise<LineEncoderOptions> {
  const latest = await latestVersion(server, valueSubjectOf(name))
  const schema = latest && { schemaId: latest.id, codec: await valueCodec(await definitionOf(server, latest)) }
  return { schema, framing, keyField }
}

/** Pieces of a file are large, so that batches are; a pipe gives what there is. */
async function openInput({ positionals: [, file], stdin, signal }: Invocation): Promise<Readable> {
  if (file === undefined || file === '-') return addAbortSignal(signal, stdin)
  const input = createReadStream(file, { highWaterMark: FILE_PIECE_BYTES, signal })
  await new Promise<void>((resolve, reject) => {
    input.once('open', () => resolve())
    input.once('error', (cause: NodeJS.ErrnoException) => {
      const kind = cause.code === 'ENOENT' ? 'not-found' : 'invalid-argument'
      reject(new HeadgateError(kind, `${file} cannot be read: ${messageOf(cause)}`, { cause }))
    })
  })
  return input
}

const FILE_PIECE_BYTES = 1024 * 1024

function progressText({ recordCount, byteCount }: Sent, elapsedMs: number): string {
  const perSecond = Math.round((recordCount * 1000) / Math.max(1, elapsedMs))
  return `${plural(recordCount, 'record')} stored, ${bytesText(byteCount)}, ${countText(perSecond)} a second`
}

async function report({ flags, stdout }: Invocation, topic: string, { recordCount, byteCount, ranges }: Sent): Promise<void> {
  const partitions = [...ranges].sort(([a], [b]) => a - b).map(([partition, range]) => ({ partition, ...range }))
  if (isFlagSet({ flags }, 'json')) return writeJson(stdout, { topic, records: recordCount, bytes: byteCount, partitions })
  const [only, ...others] = partitions
  const where =
    only === undefined
      ? ''
      : others.length > 0
        ? ` in ${partitions.length} partitions`
        : `, offsets ${only.firstOffset} to ${only.nextOffset - 1n}`
  await write(stdout, `${plural(recordCount, 'record')} stored in ${topic}${only && only.firstOffset < 0n ? ', unacknowledged' : where}\n`)
}
