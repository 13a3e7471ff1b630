import type { OpenedLog } from '../log/open.ts'
import type { Clock } from '../shared/clock.ts'
import { messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import { repeatEvery, type Repeated } from '../shared/repeat.ts'
import type { Sinks } from '../sink/sinks.ts'
import type { Topics } from './topics.ts'

export interface RetentionPassesContext {
  readonly log: OpenedLog
  readonly topics: Topics
  readonly sinks: Sinks
  readonly clock: Clock
  readonly logger: Logger
}

/** Log bytes that are old enough, and in the table, go from time to time, until it is stopped. */
export function startRetention({ log, topics, sinks, clock, logger }: RetentionPassesContext): Repeated {
  const pass = (signal: AbortSignal): Promise<unknown> =>
    log.enforceRetention({
      policyOf: (topicId) => topics.getById(topicId)?.settings,
      keepFrom: (topicId, partition) => sinks.committedOffset(topicId, partition),
      signal,
    })
  return repeatEvery(pass, {
    intervalMs: limits.retentionIntervalMs,
    clock,
    onFailure: (error) => logger.warn({ reason: messageOf(error) }, 'a pass of retention failed; the next one goes on'),
  })
}
