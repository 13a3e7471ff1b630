import type { Clock } from '../shared/clock.ts'
import { HeadgateError } from '../shared/errors.ts'
import type { Random } from '../shared/random.ts'
import type { StateStore } from './state-store.ts'

/** What a store needs of the world: the time for `createdAtMs`, randomness for the cluster id. */
export interface StateWorld {
  readonly clock: Clock
  readonly random: Random
}

/**
 * Opens the state store that a URL names: `sqlite:///var/lib/headgate/state.db` or a bare path, or `memory:`.
 * Engines are loaded when they are used, so that nobody pays for one they do not have.
 */
export async function openStateStore(url: string, world: StateWorld): Promise<StateStore> {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase()
  switch (scheme) {
    case undefined:
      return (await import('./sqlite/sqlite-state.ts')).openSqliteState(url, world)
    case 'sqlite':
      return (await import('./sqlite/sqlite-state.ts')).openSqliteState(pathOf(url), world)
    case 'memory':
      return (await import('./memory.ts')).memoryState(world)
    default:
      throw new HeadgateError('unsupported', `state store ${scheme}: is not known; use a path, sqlite:///path or memory:`, {
        facts: { scheme },
      })
  }
}

/** `sqlite:///absolute`, `sqlite://relative` and `sqlite:relative`, as SQLAlchemy and others write them. */
function pathOf(url: string): string {
  return decodeURI(url.replace(/^sqlite:(\/\/)?/i, ''))
}
