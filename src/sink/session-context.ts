import type { NamedSchemas } from '../lanes/absent-schemas.ts'
import type { Judgement, Lane, Ticket } from '../lanes/lane.ts'
import type { Log } from '../log/log.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Metrics } from '../shared/metrics.ts'
import type { Permits } from '../shared/permits.ts'
import type { BufferShare } from './buffer-memory.ts'
import type { Committer } from './committer.ts'
import type { GenerationContext } from './file-generation.ts'
import type { LakeSettings } from './lake-settings.ts'

/** Rows that a lane judged and keeps: the log hands it back when the batch has its offset. */
export interface LaneTicket {
  readonly lane: Lane
  readonly ticket: Ticket
}

/** What a session holds at once; those of shared/limits.ts, unless a simulation asks for small ones. */
export interface SessionBounds {
  readonly chunkBytes: number
  readonly rowGroupRows: number
  readonly rowGroupBytes: number
  readonly openRowGroupsBytesMax: number
  readonly openPartitionsMax: number
  readonly catchUpReadBytes: number
  /** Over all topics. */
  readonly flushesAtOnce: number
}

/** What one session of a topic's sink rests on. */
export interface SessionContext {
  readonly topic: string
  readonly topicId: string
  readonly partitionCount: number
  readonly settings: LakeSettings
  readonly bounds: SessionBounds
  readonly log: Log
  readonly clock: Clock
  readonly logger: Logger
  readonly committer: Committer
  readonly generation: GenerationContext
  readonly laneOf: (partition: number) => Lane
  readonly lanes: readonly Lane[]
  /** How stored batches are decoded; read anew for each stretch, because schemas are added. */
  readonly judgement: () => Judgement
  /** Gives the lane the schemas it asked for; what does not exist is remembered in `judgement`. */
  readonly defineSchemas: (lane: Lane, needed: NamedSchemas) => void
  /** Schema ids of the topic's subject now: recorded with each commit. */
  readonly schemaIds: () => readonly number[]
  /** One for each topic whose files are being ended, over all topics. */
  readonly flushes: Permits
  /** This session's share of the memory that rows of all topics may take. */
  readonly memory: BufferShare
  readonly metrics: Metrics
}
