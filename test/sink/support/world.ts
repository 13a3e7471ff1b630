import type { PointerFault } from '../../../src/catalogs/faults.ts'
import { FaultyObjectStore, seededFaults, type FaultPlan, type FaultRates } from '../../../src/objects/faults.ts'
import { MemoryObjectStore } from '../../../src/objects/memory.ts'
import { randomInt, randomUuid, seededRandom, type Random } from '../../../src/shared/random.ts'
import type { Logger, LogFacts } from '../../../src/shared/log.ts'
import type { SessionBounds } from '../../../src/sink/session-context.ts'
import type { StateFaults } from '../../../src/state/faults.ts'
import { memoryState } from '../../../src/state/memory.ts'
import type { StateStore } from '../../../src/state/state-store.ts'
import { MemoryCatalog } from './memory-catalog.ts'
import { Scheduler, type Life } from './scheduler.ts'
import { SimulatedTopic, type TopicPlan } from './simulated-topic.ts'

/** What a seed decides before anything happens. */
export interface Plan {
  readonly bufferBytesMax: number
  readonly bounds: SessionBounds
  /** Whether a broker tries its object store again, as in production, or learns of every fault. */
  readonly hasRetries: boolean
  readonly lakeFaults: FaultRates
  readonly logFaults: FaultRates
}

/** What a test says instead of the seed. */
export interface GivenWorld {
  readonly plan?: Plan
  readonly topics?: readonly TopicPlan[]
  readonly lakeFaults?: FaultPlan
  readonly logFaults?: FaultPlan
  readonly answerMs?: (call: { readonly kind: string }) => number
}

/** Everything that outlives a process: the stores, the catalog, and the faults on the way to them. */
export class World {
  readonly random: Random
  readonly scheduler: Scheduler
  readonly plan: Plan
  readonly topics: readonly SimulatedTopic[]
  readonly state: StateStore
  readonly lakeUri = 'memory://lake'
  /** What is really there. */
  readonly lakeTruth = new MemoryObjectStore()
  readonly logTruth = new MemoryObjectStore()
  readonly lake: FaultyObjectStore
  readonly logStore: FaultyObjectStore
  readonly catalog: MemoryCatalog
  /** How long the next answer of a lane or an encoder is on its way: nearly always no time. */
  readonly answerMs: (call: { readonly kind: string }) => number
  /** What brokers said happened and why, and how often. */
  readonly events = new Map<string, number>()
  readonly logger: Logger
  isLakeDown = false
  /** A network goes down in two steps: first requests arrive and answers do not, then nothing arrives. */
  stateNetwork: 'up' | 'losing-answers' | 'down' = 'up'
  isCalm = false

  constructor(seed: number, given: GivenWorld = {}) {
    const random = seededRandom(seed)
    this.random = random
    this.scheduler = new Scheduler(random)
    this.plan = given.plan ?? planOf(random)
    this.topics = given.topics?.map((plan) => new SimulatedTopic(plan)) ?? topicsOf(random)
    this.state = memoryState({ clock: this.scheduler.newLife(), random })
    // What a process has sent arrives also when the process is gone.
    const clock = this.scheduler.newLife()
    const lakeFaults = this.#unlessCalm(seededFaults(random, this.plan.lakeFaults), () => this.isLakeDown)
    const logFaults = this.#unlessCalm(seededFaults(random, this.plan.logFaults), () => false)
    this.lake = new FaultyObjectStore(this.lakeTruth, { plan: given.lakeFaults ?? lakeFaults, clock })
    this.logStore = new FaultyObjectStore(this.logTruth, { plan: given.logFaults ?? logFaults, clock })
    this.answerMs = given.answerMs ?? (() => (random.next() < 0.01 ? randomInt(random, 500) : 0))
    const note = ({ reason = '' }: LogFacts & { readonly reason?: unknown }, event: string): void => {
      const what = `${event}: ${String(reason)}`
      this.events.set(what, (this.events.get(what) ?? 0) + 1)
    }
    this.logger = { debug: note, info: note, warn: note, error: note }
    this.catalog = new MemoryCatalog({ uri: this.lakeUri, store: this.lakeTruth }, () => this.#pointerFault())
  }

  async create(): Promise<void> {
    for (const { name, topicId, plan } of this.topics)
      await this.state.createTopic({ name, topicId, partitionCount: plan.partitionCount, configs: {} })
  }

  stateFaultsOf(life: Life): StateFaults {
    const rate = (isCertain: boolean): number => (this.isCalm ? 0 : isCertain ? 1 : 0.02)
    const refused = (): number => rate(this.stateNetwork === 'down')
    const lostAnswer = (): number => rate(this.stateNetwork !== 'up')
    return {
      get refused() {
        return refused()
      },
      get lostAnswer() {
        return lostAnswer()
      },
      decidedTwice: 0.05,
      delay: () => life.step(),
    }
  }

  #unlessCalm(plan: FaultPlan, isDown: () => boolean): FaultPlan {
    return (call) => {
      if (this.isCalm) return { kind: 'none' }
      return isDown() ? { kind: 'refused' } : plan(call)
    }
  }

  #pointerFault(): PointerFault {
    const share = this.isCalm ? 1 : this.random.next()
    if (share < 0.04) return 'lost-answer'
    if (share < 0.06) return 'lost-request'
    if (share < 0.1) return 'late'
    return share < 0.16 ? 'conflict' : 'none'
  }
}

function planOf(random: Random): Plan {
  const hasRetries = random.next() < 0.5
  const rates = (most: number): FaultRates => ({
    refused: most * random.next(),
    lostAnswer: most * random.next(),
    lateAnswer: 0.1 * random.next(),
    lateWork: most * random.next(),
    delayMsMax: 300,
  })
  return {
    bufferBytesMax: oneOf(random, [1, 60_000, 1 << 30]),
    bounds: {
      chunkBytes: oneOf(random, [1, 20_000, 1 << 25]),
      rowGroupRows: oneOf(random, [3, 1_000_000]),
      rowGroupBytes: 64_000_000,
      openRowGroupsBytesMax: oneOf(random, [1, 40_000, 1 << 28]),
      openPartitionsMax: oneOf(random, [2, 100]),
      catchUpReadBytes: oneOf(random, [1, 600, 1 << 22]),
      flushesAtOnce: oneOf(random, [1, 32]),
    },
    hasRetries,
    lakeFaults: rates(hasRetries ? 0.1 : 0.01),
    logFaults: rates(0.02),
  }
}

function topicsOf(random: Random): SimulatedTopic[] {
  return ['orders', 'returns'].map(
    (name) =>
      new SimulatedTopic({
        name,
        topicId: randomUuid(random),
        partitionCount: 1 + randomInt(random, 3),
        formats: oneOf(random, [['iceberg'], ['iceberg'], ['delta'], ['iceberg', 'delta'], ['iceberg', 'delta']] as const),
        partitionBy: oneOf(random, ['none', 'day'] as const),
        commitIntervalMs: oneOf(random, [200, 5_000, 86_400_000]),
        targetFileBytes: oneOf(random, [10_000, 1 << 27]),
        isLogAppendTime: random.next() < 0.3,
        isValidated: random.next() < 0.7,
      }),
  )
}

function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[randomInt(random, choices.length)] as T
}
