import { HeadgateError } from '../shared/errors.ts'
import type { LakeRoot } from '../objects/lake-root.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import type { Catalog } from './catalog.ts'

export interface CatalogOptions {
  /** Where metadata files go; tables of the catalog lie below it. */
  readonly root: LakeRoot
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Opens the catalog that a URL names: `sqlite://<path of the database file>`. */
export async function openCatalog(url: string, options: CatalogOptions): Promise<Catalog> {
  const [, scheme, path] = /^([a-z][a-z0-9+.-]*):\/\/(.+)$/.exec(url) ?? []
  if (scheme === 'sqlite' && path !== undefined) {
    const { openSqlCatalog } = await import('./sql.ts')
    return openSqlCatalog({ ...options, path })
  }
  throw new HeadgateError(
    'invalid-argument',
    `catalog ${url} is not understood; use sqlite://<path>, such as sqlite:///var/lib/headgate/catalog.db`,
  )
}
