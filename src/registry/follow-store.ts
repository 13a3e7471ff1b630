import type { Clock } from '../shared/clock.ts'
import { messageOf } from '../shared/errors.ts'
import { limits } from '../shared/limits.ts'
import type { Logger } from '../shared/log.ts'
import { repeatEvery, type Repeated } from '../shared/repeat.ts'
import type { Registry } from './registry.ts'

/**
 * Takes in what other brokers write to the store they share. What is not known here is looked for at once; this is for what is
 * known and has changed: a deletion, a configuration, a later version. A look costs one number, read from the store.
 */
export function followStore(registry: Pick<Registry, 'refresh'>, { clock, logger }: { clock: Clock; logger: Logger }): Repeated {
  return repeatEvery(() => registry.refresh(), {
    intervalMs: limits.registryRefreshMs,
    clock,
    onFailure: (error) => logger.warn({ reason: messageOf(error) }, 'the registry cannot see what other brokers wrote; it looks again'),
  })
}
