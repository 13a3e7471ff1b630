import type { StructType } from '../../columns/row-type.ts'
import { HeadgateError } from '../../shared/errors.ts'
import { randomUuid, type Random } from '../../shared/random.ts'
import type { NewTable } from '../table-commit.ts'
import type { JsonObject } from '../../shared/json.ts'
import { metaDataLine, protocolLine, type MetaData } from './actions.ts'
import { protocolFor, schemaString } from './schema.ts'

/** Ours among a table's properties: whose table it is, and its exact row type, which Delta's own schema cannot say. */
const TOPIC_ID_PROPERTY = 'headgate.topic-id'
export const ROW_TYPE_PROPERTY = 'headgate.row-type'

/** Version 0: protocol and metadata. */
export function creationLines(
  table: NewTable,
  { nowMs, random, engineInfo }: { nowMs: number; random: Random; engineInfo: string },
): JsonObject[] {
  const metaData: MetaData = {
    id: randomUuid(random),
    name: table.table,
    schemaString: schemaString(table.rowType),
    partitionColumns: [],
    createdTimeMs: nowMs,
    configuration: {
      [TOPIC_ID_PROPERTY]: table.topicId,
      [ROW_TYPE_PROPERTY]: JSON.stringify(table.rowType),
      // The same files serve the Iceberg log, which a VACUUM does not know (seen to stop it even with RETAIN).
      ...(table.isShared ? { 'delta.deletedFileRetentionDuration': 'interval 36500 days' } : {}),
    },
  }
  const commitInfo = { timestamp: nowMs, operation: 'CREATE TABLE', operationParameters: {}, engineInfo, isBlindAppend: true }
  return [{ commitInfo }, protocolLine(protocolFor(table.rowType)), metaDataLine(metaData)]
}

/** The columns that this table's files have. Throws when the table is another topic's, or nobody's. */
export function ownedRowType({ configuration }: MetaData, { namespace, table, topicId }: NewTable): StructType {
  const owner = configuration[TOPIC_ID_PROPERTY]
  const rowType = configuration[ROW_TYPE_PROPERTY]
  if (owner === topicId && rowType !== undefined) return JSON.parse(rowType) as StructType
  const whose = owner === undefined ? 'was not made by Headgate' : `belongs to the topic with id ${owner}`
  throw new HeadgateError(
    'already-exists',
    `the Delta table ${namespace}.${table} ${whose}; set lake.table of this topic to another name, or move the table away`,
    { facts: { table: `${namespace}.${table}`, topicId, owner } },
  )
}
