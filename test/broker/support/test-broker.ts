import type { BrokerContext, Call } from '../../../src/broker/context.ts'
import { MemoryBudget, MemoryLease } from '../../../src/broker/memory-budget.ts'
import { RefusalLog } from '../../../src/broker/refusal-log.ts'
import { route } from '../../../src/broker/router.ts'
import type { TopicDefaults } from '../../../src/broker/topic-configs.ts'
import { type Topic, Topics } from '../../../src/broker/topics.ts'
import { inProcessLane } from '../../../src/lanes/in-process-lane.ts'
import type { Lane } from '../../../src/lanes/lane.ts'
import { LanePool } from '../../../src/lanes/lane-pool.ts'
import { openLog, type OpenedLog } from '../../../src/log/open.ts'
import { SegmentPieces } from '../../../src/log/segment-pieces.ts'
import type { Api } from '../../../src/protocol/api.ts'
import { decodeResponse, encodeRequest } from '../../../src/protocol/exchange.ts'
import { registeredTopicSchemas } from '../../../src/registry/registered-topic-schemas.ts'
import { Registry } from '../../../src/registry/registry.ts'
import type { Clock } from '../../../src/shared/clock.ts'
import { ManualClock } from '../../../src/shared/clock.ts'
import type { LogFacts } from '../../../src/shared/log.ts'
import { Metrics } from '../../../src/shared/metrics.ts'
import { seededRandom } from '../../../src/shared/random.ts'
import { memoryState } from '../../../src/state/memory.ts'
import type { StateStore, TopicConfigs } from '../../../src/state/state-store.ts'
import { SimulatedFiles } from '../../log/support/simulated-files.ts'

export interface TestBrokerParts {
  readonly autoCreateTopics?: boolean
  readonly defaultPartitions?: number
  readonly defaults?: TopicDefaults
  readonly lane?: Lane
  readonly clock?: Clock
  readonly wrapState?: (state: StateStore) => StateStore
  readonly tables?: BrokerContext['tables']
}

/** Everything that handlers rest on, over stores in memory and without a socket; each part may be replaced. */
export class TestBroker {
  readonly context: BrokerContext
  readonly log: OpenedLog
  readonly registry: Registry
  /** What was logged, as `event` with its facts. */
  readonly logged: (LogFacts & { readonly event: string })[]
  readonly clientGone = new AbortController()
  readonly answerMemory: MemoryBudget

  static async start(parts: TestBrokerParts = {}): Promise<TestBroker> {
    const { clock = new ManualClock(), wrapState = (state) => state } = parts
    const random = seededRandom(1)
    const state = wrapState(memoryState({ clock, random }))
    const logged: TestBroker['logged'] = []
    const note = (facts: LogFacts, event: string): number => logged.push({ ...facts, event })
    const logger = { debug: note, info: note, warn: note, error: note }
    const pieces = new SegmentPieces(new SimulatedFiles(), { clock, random })
    const log = await openLog({ state, pieces, clock, random, logger })
    const topics = new Topics({ state, clock, random, logger, namespace: 'default', defaults: parts.defaults ?? {} })
    topics.addListener({
      onCreated: (topic) => log.addTopic(topic.topicId, topic.partitionCount),
      onChanged: async () => undefined,
      onDeleted: (topic) => log.removeTopic(topic.topicId),
    })
    const registry = await Registry.open({ state: state.schemas, clock, tableOf: () => undefined })
    const context: BrokerContext = {
      clusterId: await state.clusterId(),
      nodeId: 1,
      topics,
      log,
      state,
      schemas: registeredTopicSchemas(registry),
      lanes: new LanePool([parts.lane ?? inProcessLane()]),
      tables: parts.tables ?? { has: () => false, defineTable: () => false },
      autoCreateTopics: parts.autoCreateTopics ?? true,
      defaultPartitions: parts.defaultPartitions ?? 1,
      clock,
      logger,
      metrics: new Metrics(),
      refusals: new RefusalLog({ logger, clock }),
    }
    return new TestBroker(context, { log, registry, logged })
  }

  private constructor(context: BrokerContext, parts: Pick<TestBroker, 'log' | 'registry' | 'logged'>) {
    this.context = context
    this.log = parts.log
    this.registry = parts.registry
    this.logged = parts.logged
    this.answerMemory = new MemoryBudget({ bytesMax: 1 << 30, patienceMs: 1_000, clock: context.clock })
  }

  /** The request's frame goes through the router to its handler, and the answer's frame back. */
  async call<RequestIn, ResponseOut>(api: Api<unknown, RequestIn, ResponseOut>, version: number, request: RequestIn): Promise<ResponseOut> {
    const segments = await this.send(api, version, request)
    if (!segments) throw new Error('there is no answer')
    return decodeResponse(api, version, CORRELATION_ID, Buffer.concat(segments).subarray(4))
  }

  /** As `call`, with the segments of the answer as they go to the socket. */
  send<RequestIn>(api: Api<unknown, RequestIn>, version: number, request: RequestIn): Promise<readonly Uint8Array[] | undefined> {
    const frame = Buffer.concat(encodeRequest(api, version, { correlationId: CORRELATION_ID, clientId: 'test' }, request)).subarray(4)
    return route(frame).serve(this.callOf(version))
  }

  callOf(apiVersion: number): Call {
    return {
      broker: this.context,
      apiVersion,
      correlationId: CORRELATION_ID,
      clientId: 'test',
      advertised: { host: 'broker.test', port: 9092 },
      signal: this.clientGone.signal,
      answerMemory: new MemoryLease(this.answerMemory),
      turn: { mine: () => Promise.resolve(), done: () => undefined },
    }
  }

  topic(name: string, { partitionCount = 1, configs = {} }: { partitionCount?: number; configs?: TopicConfigs } = {}): Promise<Topic> {
    return this.context.topics.create({ name, partitionCount, configs })
  }
}

const CORRELATION_ID = 77
