import type { Catalog } from '../catalogs/catalog.ts'
import type { StructType } from '../columns/row-type.ts'
import type { LakeRoot } from '../objects/lake-root.ts'
import type { Clock } from '../shared/clock.ts'
import { assert } from '../shared/assert.ts'
import type { Logger } from '../shared/log.ts'
import type { Random } from '../shared/random.ts'
import { openDeltaTable } from '../tables/delta/delta-table.ts'
import { openIcebergTable } from '../tables/iceberg/iceberg-table.ts'
import type { NewTable } from '../tables/table-commit.ts'
import type { TopicTables } from './committer.ts'
import type { LakeSettings } from './lake-settings.ts'

/** What a topic's table is made from when it does not exist yet. */
export interface TopicTableSpec {
  readonly topic: string
  readonly topicId: string
  /** Value columns, then metadata columns, with field ids. */
  readonly rowType: StructType
  readonly settings: LakeSettings
}

export interface TablesContext {
  readonly catalog: Catalog
  readonly root: LakeRoot
  readonly engineInfo: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** Opens, or creates, a topic's table in each of its formats. Iceberg leads; the columns it has are the columns there are. */
export async function openTopicTables(
  { topicId, rowType, settings }: TopicTableSpec,
  context: TablesContext,
  signal: AbortSignal,
): Promise<TopicTables> {
  const { table: identifier, formats, partitionBy } = settings
  const table: NewTable = { ...identifier, topicId, rowType, partitionBy, isShared: formats.length > 1 }
  const openDelta = (columns: StructType) => openDeltaTable({ ...context, table: { ...table, rowType: columns } }, signal)
  if (!formats.includes('iceberg')) {
    assert(formats.includes('delta'), 'a topic with a table has a format')
    return { leader: await openDelta(rowType) }
  }
  await context.catalog.createNamespace(identifier.namespace)
  const leader = await openIcebergTable({ ...context, pointer: context.catalog.pointer(identifier), table })
  return formats.includes('delta') ? { leader, follower: await openDelta(leader.rowType) } : { leader }
}
