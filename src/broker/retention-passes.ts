import type { OpenedLog } from '../log/open.ts'
import type { Clock } from '../shared/clock.ts'
import { HeadgateError, messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
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
export function startRetention({ log, topics, sinks, clock, logger }: RetentionPassesContext): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const pass = (): Promise<unknown> =>
    log.enforceRetention({
      policyOf: (topicId) => topics.getById(topicId)?.settings,
      keepFrom: (topicId, partition) => sinks.committedOffset(topicId, partition),
      signal,
    })
  const run = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(limits.retentionIntervalMs, signal).catch(() => undefined)
      if (signal.aborted) return
      await pass().catch((error: unknown) => {
        if (!signal.aborted) logger.warn({ reason: messageOf(error) }, 'a pass of retention failed; the next one goes on')
      })
    }
  }
  const running = run()
  return {
    stop() {
      stopping.abort(new HeadgateError('shutting-down', 'the server is closing'))
      return running
    },
  }
}
