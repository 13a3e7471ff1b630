import type { Lane } from '../lanes/lane.ts'
import type { Log } from '../log/log.ts'
import type { TopicSchemas } from '../registry/topic-schemas.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Metrics } from '../shared/metrics.ts'
import type { StateStore } from '../state/state-store.ts'
import type { LaneTables } from './lane-verdict.ts'
import type { MemoryLease } from './memory-budget.ts'
import type { RefusalLog } from './refusal-log.ts'
import type { Topics } from './topics.ts'

/** What the handlers rest on. */
export interface BrokerContext {
  readonly clusterId: string
  /** The only node there is: leader, controller and coordinator of everything. */
  readonly nodeId: number
  readonly topics: Topics
  readonly log: Log
  readonly state: StateStore
  readonly schemas: TopicSchemas
  readonly lanes: { laneFor(topicId: string, partition: number): Lane }
  readonly tables: LaneTables
  readonly autoCreateTopics: boolean
  readonly defaultPartitions: number
  readonly clock: Clock
  readonly logger: Logger
  readonly metrics: Metrics
  readonly refusals: RefusalLog
}

export interface HostPort {
  readonly host: string
  readonly port: number
}

/** One request as it is being served. */
export interface Call {
  readonly broker: BrokerContext
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  /** Where clients of this listener reach the broker. */
  readonly advertised: HostPort
  /** Fires when the connection is gone or the broker stops waiting for anybody. */
  readonly signal: AbortSignal
  /** For the records of the answer, which are held until the client has taken them. */
  readonly answerMemory: MemoryLease
  /** `mine` resolves when every earlier request of this connection has queued its batches, and rejects when one failed; then call `done`. */
  readonly turn: { readonly mine: () => Promise<void>; readonly done: () => void }
}

/** Leaderless: any broker takes any partition, so the epoch never changes. */
export const LEADER_EPOCH = 0
