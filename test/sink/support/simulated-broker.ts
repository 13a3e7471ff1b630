import { type BatchToJudge, verdictOfLane, defineSchemas } from '../../../src/broker/lane-verdict.ts'
import { CalledEncoder, type EncoderCall } from '../../../src/lanes/encoder-calls.ts'
import { EncoderExecutor } from '../../../src/lanes/encoder-executor.ts'
import type { Lane } from '../../../src/lanes/lane.ts'
import { CalledLane, type LaneCall } from '../../../src/lanes/lane-calls.ts'
import { LaneExecutor } from '../../../src/lanes/lane-executor.ts'
import { LanePool } from '../../../src/lanes/lane-pool.ts'
import type { AppendOutcome } from '../../../src/log/log.ts'
import { objectPieces } from '../../../src/log/object-pieces.ts'
import { openLog, type OpenedLog } from '../../../src/log/open.ts'
import { RetryingObjectStore } from '../../../src/objects/retry.ts'
import { readBatchHeader } from '../../../src/protocol/records/batch.ts'
import { avro } from '../../../src/schema/avro/language.ts'
import { isErrorOfKind } from '../../../src/shared/errors.ts'
import { Metrics } from '../../../src/shared/metrics.ts'
import { randomInt } from '../../../src/shared/random.ts'
// The sink loads it with its first table; what the module loader does is out of the scheduler's sight.
import '../../../src/sink/open-tables.ts'
import { type LakeTopic, Sinks } from '../../../src/sink/sinks.ts'
import { withStateFaults } from '../../../src/state/faults.ts'
import type { Life } from './scheduler.ts'
import { SimulatedCalls } from './simulated-calls.ts'
import { steppingStore } from './stepping-store.ts'
import { orderSchemas, type SimulatedTopic } from './simulated-topic.ts'
import type { World } from './world.ts'

export type ProduceOutcome = AppendOutcome | { readonly kind: 'invalid' }

/** One life of a broker, from the stores it finds to the moment it is killed. */
export class SimulatedBroker {
  readonly log: OpenedLog
  readonly sinks: Sinks
  readonly life: Life
  readonly #logLife: Life
  readonly #world: World
  readonly #lanes: LanePool
  readonly #laneCalls: readonly SimulatedCalls<LaneCall>[]
  readonly #encoderCalls: SimulatedCalls<EncoderCall>
  readonly #reopening = new Map<SimulatedTopic, Promise<void>>()

  static async start(world: World): Promise<SimulatedBroker> {
    const life = world.scheduler.newLife()
    const logLife = world.scheduler.newLife()
    for (;;) {
      try {
        return new SimulatedBroker(world, { life, logLife }, await openLogOf(world, logLife))
      } catch (error) {
        // The store refused; a supervisor starts the process again.
        if (!isErrorOfKind(error, 'store-unavailable')) throw error
      }
    }
  }

  private constructor(world: World, { life, logLife }: { readonly life: Life; readonly logLife: Life }, log: OpenedLog) {
    const { random, logger } = world
    const clock = life
    this.#world = world
    this.life = life
    this.#logLife = logLife
    this.log = log
    const newLane = () => new LaneExecutor(async () => avro)
    const { answerMs } = world
    this.#laneCalls = [0, 1].map((index) => new SimulatedCalls<LaneCall>({ name: `lane ${index}`, newExecutor: newLane, answerMs, life }))
    this.#lanes = new LanePool(this.#laneCalls.map((calls) => new CalledLane(calls)))
    this.#encoderCalls = new SimulatedCalls<EncoderCall>({ name: 'the encoder', newExecutor: () => new EncoderExecutor(), answerMs, life })
    const lake = steppingStore(world.lake, life)
    const store = world.plan.hasRetries ? new RetryingObjectStore(lake, { clock, random }) : lake
    const root = { uri: world.lakeUri, store }
    this.sinks = new Sinks({
      log,
      lanes: this.#lanes,
      encoder: new CalledEncoder(this.#encoderCalls),
      tables: { catalog: world.catalog.seenBy(life), root, engineInfo: 'headgate/test', clock, random, logger },
      defineSchemas: (lane, needed) => defineSchemas(lane, orderSchemas, needed),
      bufferBytesMax: world.plan.bufferBytesMax,
      bounds: world.plan.bounds,
      metrics: new Metrics(),
      clock,
      random,
      logger,
    })
    for (const topic of world.topics) this.sinks.open(topic.lakeTopic())
  }

  /** As the produce handler does it: judged at once, appended behind the batches that were sent `before`. */
  async produce(
    topic: SimulatedTopic,
    batch: { readonly partition: number; readonly bytes: Uint8Array },
    { before, queued }: { readonly before: Promise<void>; readonly queued: () => void },
  ): Promise<ProduceOutcome> {
    const { partition, bytes } = batch
    const lane = this.#lanes.laneFor(topic.topicId, partition)
    const judgement = topic.judgement({ hasTable: this.sinks.has(topic.topicId) })
    const verdict = await this.#judge(lane, { topic: topic.name, partition, batch: bytes, judgement })
    await before
    try {
      const header = readBatchHeader(bytes)
      if (verdict.kind === 'unavailable') {
        this.log.awaitRetry({ topicId: topic.topicId, partition, ...header })
        return verdict
      }
      if (verdict.kind !== 'valid') return { kind: 'invalid' }
      const laneTicket = judgement.tableKey === undefined ? undefined : { lane, ticket: verdict.ticket }
      const appending = this.log.append({
        topicId: topic.topicId,
        partition,
        bytes,
        recordCount: header.recordsCount,
        maxTimestampMs: header.maxTimestamp,
        producerId: header.producerId,
        producerEpoch: header.producerEpoch,
        baseSequence: header.baseSequence,
        logAppendTimeMs: topic.isLogAppendTime ? BigInt(this.life.now()) : null,
        ticket: laneTicket,
      })
      queued()
      const outcome = await appending
      if (outcome.kind !== 'appended') laneTicket?.lane.discard(laneTicket.ticket)
      return outcome
    } finally {
      queued()
    }
  }

  /** A topic whose settings changed; changes of one topic take turns. */
  reopen(topic: SimulatedTopic, change: () => void = () => undefined): Promise<void> {
    const changed = (): LakeTopic => {
      change()
      return topic.lakeTopic()
    }
    const reopened = (this.#reopening.get(topic) ?? Promise.resolve()).then(() => this.sinks.close(topic.topicId, changed))
    this.#reopening.set(topic, reopened)
    return reopened
  }

  /** One of them, whichever. */
  killLane(): void {
    this.#laneCalls[randomInt(this.#world.random, this.#laneCalls.length)]?.die()
  }

  killLanes(): void {
    for (const calls of this.#laneCalls) calls.die()
  }

  killEncoder(): void {
    this.#encoderCalls.die()
  }

  kill(): void {
    this.loseLog()
    this.life.end()
  }

  /** Nobody sends to it and it reads no more, but what its sinks hold is still on its way into the tables. */
  loseLog(): void {
    this.#logLife.end()
  }

  async #judge(lane: Lane, batch: BatchToJudge) {
    try {
      return await verdictOfLane(lane, { schemas: orderSchemas, tables: this.sinks }, batch)
    } catch (error) {
      if (!isErrorOfKind(error, 'store-unavailable')) throw error
      return { kind: 'unavailable', reason: error.message } as const
    }
  }
}

function openLogOf(world: World, life: Life): Promise<OpenedLog> {
  const { random, logger } = world
  const pieces = objectPieces(steppingStore(world.logStore, life), { clock: life, random })
  const state = withStateFaults(world.state, world.stateFaultsOf(life), random)
  return openLog({ state, pieces, clock: life, random, logger })
}
