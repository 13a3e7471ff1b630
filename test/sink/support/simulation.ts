import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { randomInt } from '../../../src/shared/random.ts'
import { OrderProducer, type SentRecord } from './order-producer.ts'
import { SimulatedBroker } from './simulated-broker.ts'
import type { SimulatedTopic } from './simulated-topic.ts'
import { TableCheck } from './table-check.ts'
import { World } from './world.ts'

const turnsMax = 3_000
/** A flush that has nothing in its way takes seconds of the simulation's time; the longest commit interval is a day. */
const flushMsMax = 3_600_000

/** One story: producers, operators and fate act on a broker and its stores; in the end everything must be in its place. */
export class Simulation {
  readonly #world: World
  readonly #check: TableCheck
  readonly #producers: OrderProducer[]
  readonly #errors: unknown[] = []
  /** Topics whose flush somebody waits for; a broker that is killed takes them along. */
  readonly #flushing = new Set<SimulatedTopic>()
  #broker: SimulatedBroker | undefined
  /** A broker that lost its log and still commits. */
  #zombie: SimulatedBroker | undefined
  #lakeOutageTurns = 0
  #stateOutage = { losingTurns: 0, downTurns: 0 }

  constructor(seed: number) {
    this.#world = new World(seed)
    const sent = new Map<number, SentRecord>()
    this.#producers = producersOf(this.#world, sent)
    this.#check = new TableCheck(this.#world, sent, this.#producers)
  }

  /** What brokers said happened, and why. */
  get events(): Iterable<string> {
    return this.#world.events.keys()
  }

  /** Throws when anything is not as it must be. */
  async run(): Promise<void> {
    const { scheduler } = this.#world
    scheduler.threadPool.start()
    try {
      await this.#world.create()
      await this.#startBroker()
      for (let turn = 0; turn < turnsMax && this.#errors.length === 0; turn++) {
        await this.#act()
        await scheduler.turn()
      }
      await this.#finish()
    } finally {
      scheduler.threadPool.stop()
    }
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, this.#errors.map(String).join('\n'))
  }

  async #act(): Promise<void> {
    const broker = this.#live()
    const { random, topics } = this.#world
    const topic = topics[randomInt(random, topics.length)] as SimulatedTopic
    const producer = this.#producers[randomInt(random, this.#producers.length)]
    if (this.#chance(0.04)) producer?.send(broker, { isFinishing: false })
    if (this.#chance(0.01)) void this.#noting(this.#flush(broker, topic))
    if (this.#chance(0.002)) void this.#noting(broker.reopen(topic))
    if (this.#chance(0.002)) void this.#noting(this.#addFormat(broker, topic))
    if (this.#chance(0.003)) await this.#removeOldLog(broker)
    if (this.#chance(0.01)) await this.#noting(this.#check.tablesOf(topic))
    await this.#fail(broker)
  }

  async #fail(broker: SimulatedBroker): Promise<void> {
    const { catalog, random } = this.#world
    if (this.#chance(0.02)) await catalog.settle()
    if (this.#chance(0.001)) broker.killLane()
    if (this.#chance(0.001)) broker.killEncoder()
    if (this.#chance(0.0005)) this.#lakeOutageTurns = randomInt(random, 600)
    if (this.#chance(0.001)) this.#stateOutage = { losingTurns: randomInt(random, 150), downTurns: randomInt(random, 600) }
    this.#world.isLakeDown = this.#lakeOutageTurns-- > 0
    this.#world.stateNetwork = this.#stateNetwork()
    if (this.#chance(0.02)) this.#commitByZombie()
    if (this.#chance(0.004)) this.#zombie?.kill()
    if (this.#chance(0.004)) await this.#replaceBroker()
  }

  #stateNetwork(): World['stateNetwork'] {
    if (this.#stateOutage.losingTurns-- > 0) return 'losing-answers'
    return this.#stateOutage.downTurns-- > 0 ? 'down' : 'up'
  }

  /** The process is killed, or it has lost its log only, and goes on committing what it has for a while. */
  async #replaceBroker(): Promise<void> {
    const former = this.#live()
    this.#zombie?.kill()
    this.#zombie = this.#chance(0.6) ? former : undefined
    if (this.#zombie) former.loseLog()
    else former.kill()
    for (const producer of this.#producers) producer.disconnect()
    this.#flushing.clear()
    await this.#startBroker()
  }

  #commitByZombie(): void {
    const { topics } = this.#world
    for (const { topicId } of topics) void this.#zombie?.sinks.flush(topicId, new AbortController().signal).catch(() => undefined)
  }

  /** No process starts without its state store. */
  async #startBroker(): Promise<void> {
    this.#stateOutage = { losingTurns: 0, downTurns: 0 }
    this.#world.stateNetwork = 'up'
    this.#broker = await this.#world.scheduler.until(SimulatedBroker.start(this.#world))
  }

  async #addFormat(broker: SimulatedBroker, topic: SimulatedTopic): Promise<void> {
    if (topic.formats.join() !== 'iceberg') return
    await broker.reopen(topic, () => {
      // A broker that was replaced meanwhile changes nothing any more.
      if (broker === this.#broker) topic.formats = ['iceberg', 'delta']
    })
  }

  /** Retention takes what is in the tables, as far as this simulation has noted it. */
  async #removeOldLog(broker: SimulatedBroker): Promise<void> {
    const noted = await this.#check.noteLog()
    const keepFrom = (topicId: string, partition: number): bigint | undefined => {
      const committed = broker.sinks.committedOffset(topicId, partition)
      const end = noted.get(`${topicId}/${partition}`) ?? 0n
      return committed !== undefined && committed < end ? committed : end
    }
    void broker.log.enforceRetention({ policyOf: () => ({ retentionMs: -1, retentionBytes: 0 }), keepFrom }).catch(() => undefined)
  }

  /** What was acknowledged before is in every table when it resolves. */
  async #flush(broker: SimulatedBroker, topic: SimulatedTopic): Promise<void> {
    if (this.#flushing.has(topic)) return
    this.#flushing.add(topic)
    const acknowledged = this.#check.acknowledgedEnds(topic)
    // A format that is added meanwhile begins when it begins.
    const { formats } = topic
    const startedMs = broker.life.now()
    try {
      await broker.sinks.flush(topic.topicId, new AbortController().signal)
    } catch (error) {
      if (!isRefusal(error)) throw error
      return
    } finally {
      this.#flushing.delete(topic)
    }
    if (broker.life.now() - startedMs > flushMsMax) throw new Error(`a flush of ${topic.name} waited for something else`)
    await this.#check.tablesHold(topic, acknowledged, formats)
  }

  /** The faults end, and everybody gets to where they were going. */
  async #finish(): Promise<void> {
    const { catalog, scheduler, topics } = this.#world
    this.#zombie?.kill()
    this.#world.isCalm = true
    await catalog.settle()
    const broker = this.#live()
    for (let turn = 0; this.#producers.some(({ hasUnanswered }) => hasUnanswered); turn++) {
      if (turn > 20_000) throw new Error('the producers do not come to rest')
      for (const producer of this.#producers) producer.send(broker, { isFinishing: true })
      await scheduler.turn()
    }
    for (const topic of topics) await scheduler.until(this.#flushAtLast(broker, topic))
    await scheduler.until(broker.sinks.drain(new AbortController().signal))
    if (broker.sinks.bufferedBytes !== 0) throw new Error(`${broker.sinks.bufferedBytes} bytes are counted as buffered in the end`)
    await this.#check.everything()
  }

  async #flushAtLast(broker: SimulatedBroker, topic: SimulatedTopic): Promise<void> {
    const startedMs = broker.life.now()
    for (;;) {
      try {
        await broker.sinks.flush(topic.topicId, new AbortController().signal)
        if (broker.life.now() - startedMs > flushMsMax) throw new Error(`the last flush of ${topic.name} waited for something else`)
        return
      } catch (error) {
        if (!isRefusal(error)) throw error
        await broker.life.sleep(1_000)
      }
    }
  }

  async #noting(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#errors.push(error)
    }
  }

  #chance(share: number): boolean {
    return this.#world.random.next() < share
  }

  #live(): SimulatedBroker {
    if (!this.#broker) throw new Error('no broker')
    return this.#broker
  }
}

function producersOf({ random, topics }: World, sent: Map<number, SentRecord>): OrderProducer[] {
  let nextProducerId = 1000n
  return topics.flatMap((topic) =>
    Array.from({ length: topic.plan.partitionCount + 1 }, (_, index) => {
      const producerId = random.next() < 0.2 ? -1n : nextProducerId++
      return new OrderProducer({ topic, partition: index % topic.plan.partitionCount, producerId, random, sent })
    }),
  )
}

/** One session after the other failed, or the topic was closed meanwhile. */
function isRefusal(error: unknown): boolean {
  return (['store-unavailable', 'shutting-down', 'not-found'] as const).some((kind) => isErrorOfKind(error, kind))
}
