import type { FaultPlan } from '../../../src/objects/faults.ts'
import { buildBatch } from '../../../src/protocol/records/build-batch.ts'
import { limits } from '../../../src/shared/limits.ts'
import { utf8Bytes } from '../../../src/shared/bytes.ts'
import type { CommittedVersions } from '../../../src/sink/committer.ts'
import type { SessionBounds } from '../../../src/sink/session-context.ts'
import { newYearMs, order } from '../../lanes/orders.ts'
import { LakeTruth } from './lake-truth.ts'
import type { Scheduler } from './scheduler.ts'
import { SimulatedBroker, type ProduceOutcome } from './simulated-broker.ts'
import type { SimulatedTopic, TopicPlan } from './simulated-topic.ts'
import { World } from './world.ts'

export interface GivenTopics {
  readonly topics?: readonly Partial<TopicPlan>[]
  readonly bounds?: Partial<SessionBounds>
  readonly bufferBytesMax?: number
  readonly lakeFaults?: FaultPlan
  readonly logFaults?: FaultPlan
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

  /** Orders that the broker acknowledges. */
  send(count: number, { topic = this.topic(), partition = 0 } = {}): Promise<ProduceOutcome> {
    const records = Array.from({ length: count }, () => {
      const id = ++this.#lastId
      return { ...order(id, { atMs: newYearMs }), key: utf8Bytes(String(id)) }
    })
    const batch = { partition, bytes: buildBatch({ records }) }
    return this.scheduler.until(this.broker.produce(topic, batch, { before: Promise.resolve(), queued: () => undefined }))
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
    const truth = new LakeTruth(this.world)
    const { rows } = topic.formats.includes('iceberg') ? await truth.icebergTable(topic) : await truth.deltaTable(topic)
    return rows.map(({ place }) => place).sort()
  }

  /** Lets everything happen that happens within so much time. */
  async pass(durationMs: number): Promise<void> {
    await this.scheduler.until(this.scheduler.newLife().sleep(durationMs))
  }

  stop(): void {
    this.broker.kill()
    this.scheduler.threadPool.stop()
  }
}

function worldOf({ topics = [{}], bounds, bufferBytesMax = 1 << 30, lakeFaults, logFaults }: GivenTopics): World {
  const plan = { bufferBytesMax, bounds: { ...limits, ...bounds }, hasRetries: false, lakeFaults: {}, logFaults: {} }
  return new World(1, {
    plan,
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
