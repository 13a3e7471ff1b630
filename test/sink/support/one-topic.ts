import type { FaultPlan } from '../../../src/objects/faults.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { limits } from '../../../src/shared/limits.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import type { CommittedVersions } from '../../../src/sink/committer.ts'
import type { SessionBounds } from '../../../src/sink/session-context.ts'
import { newYearMs, order } from '../../lanes/orders.ts'
import { LakeTruth, type FoundTable } from './lake-truth.ts'
import type { Scheduler } from './scheduler.ts'
import { SimulatedBroker, type ProduceOutcome } from './simulated-broker.ts'
import type { SimulatedTopic, TopicPlan } from './simulated-topic.ts'
import { World } from './world.ts'

export interface GivenTopics {
  /** Of the order of events. */
  readonly seed?: number
  readonly topics?: readonly Partial<TopicPlan>[]
  readonly bounds?: Partial<SessionBounds>
  readonly bufferBytesMax?: number
  readonly lakeFaults?: FaultPlan
  readonly logFaults?: FaultPlan
  /** How long the next answer of a lane is on its way. */
  readonly answerMs?: (call: { readonly kind: string }) => number
}

/** A broker without faults but those that a test deals out, and short words for what happens to its first topic. */
export class OneTopic {
  readonly world: World
  readonly broker: SimulatedBroker
  #lastId = 0

  static async start(given: GivenTopics = {}): Promise<OneTopic> {
    const world = worldOf(given)
    world.isCalm = true
    world.scheduler.threadPool.start()
    await world.create()
    return new OneTopic(world, await world.scheduler.until(SimulatedBroker.start(world)))
  }

  private constructor(world: World, broker: SimulatedBroker) {
    this.world = world
    this.broker = broker
  }

  get scheduler(): Scheduler {
    return this.world.scheduler
  }

  topic(index = 0): SimulatedTopic {
    return this.world.topics[index] as SimulatedTopic
  }

  /** A batch of so many orders, from an idempotent producer where it has a sequence. */
  batch(count: number, { baseSequence = -1 } = {}): Uint8Array {
    const records = Array.from({ length: count }, () => {
      const id = ++this.#lastId
      return { ...order(id, { atMs: newYearMs }), key: utf8Bytes(String(id)) }
    })
    return buildBatch({ records, ...(baseSequence >= 0 && { producer: { id: 1000n, epoch: 0, baseSequence } }) })
  }

  /** Sends it, without waiting. */
  produce(bytes: Uint8Array, { topic = this.topic(), partition = 0 } = {}): Promise<ProduceOutcome> {
    return this.broker.produce(topic, { partition, bytes }, { before: Promise.resolve(), queued: () => undefined })
  }

  /** Sends so many orders, and waits for the answer. */
  send(count: number, place: { readonly topic?: SimulatedTopic; readonly partition?: number } = {}): Promise<ProduceOutcome> {
    return this.scheduler.until(this.produce(this.batch(count), place))
  }

  close(topic = this.topic()): Promise<void> {
    return this.scheduler.until(this.broker.sinks.close(topic.topicId))
  }

  open(topic = this.topic()): void {
    this.broker.sinks.open(topic.lakeTopic())
  }

  flush(topic = this.topic()): Promise<CommittedVersions> {
    return this.scheduler.until(this.broker.sinks.flush(topic.topicId, new AbortController().signal))
  }

  /** The places of all rows, in order; a row that is there twice is named twice. */
  async places(topic = this.topic()): Promise<string[]> {
    return (await this.#rows(topic)).map(({ place }) => place).sort()
  }

  /** The ids of all orders in the table, in the order of their places. */
  async ids(topic = this.topic()): Promise<number[]> {
    return (await this.#rows(topic)).toSorted((a, b) => (a.place < b.place ? -1 : 1)).map(({ id }) => id)
  }

  /** Lets everything happen that happens within so much time. */
  async pass(durationMs: number): Promise<void> {
    await this.scheduler.until(this.scheduler.newLife().sleep(durationMs))
  }

  async #rows(topic: SimulatedTopic): Promise<FoundTable['rows']> {
    const truth = new LakeTruth(this.world)
    return (topic.formats.includes('iceberg') ? await truth.icebergTable(topic) : await truth.deltaTable(topic)).rows
  }

  stop(): void {
    this.broker.kill()
    this.scheduler.threadPool.stop()
  }
}

function worldOf({
  seed = 1,
  topics = [{}],
  bounds,
  bufferBytesMax = 1 << 30,
  lakeFaults,
  logFaults,
  answerMs = () => 0,
}: GivenTopics): World {
  const plan = { bufferBytesMax, bounds: { ...limits, ...bounds }, hasRetries: false, lakeFaults: {}, logFaults: {} }
  return new World(seed, {
    plan,
    answerMs,
    topics: topics.map((topic, index) => ({ ...usualTopic, name: `orders${index}`, topicId: `topic-${index}`, ...topic })),
    ...(lakeFaults && { lakeFaults }),
    ...(logFaults && { logFaults }),
  })
}

const usualTopic: Omit<TopicPlan, 'name' | 'topicId'> = {
  partitionCount: 1,
  formats: ['iceberg'],
  partitionBy: 'none',
  commitIntervalMs: 86_400_000,
  targetFileBytes: limits.segmentBytesMax,
  isLogAppendTime: false,
  isValidated: true,
}

/** `offset` 0 to `end`, exclusive, of a partition. */
export function placesTo(end: number, partition = 0): string[] {
  return Array.from({ length: end }, (_, offset) => `${partition}:${offset}`).sort()
}
