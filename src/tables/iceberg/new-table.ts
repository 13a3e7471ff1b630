import { SHARED_DATA_FOLDER } from '../data-folder.ts'
import type { NewTable } from '../table-commit.ts'
import { limits } from '../../shared/limits.ts'
import { DELETION_GUARD } from './deletion-guard.ts'
import type { TableMetadata } from './metadata.ts'
import { FIRST_PARTITION_FIELD_ID, partitionSpecOf } from './partition-spec.ts'
import { COLUMN_NOTES_PROPERTY, columnNotesProperty, icebergSchema, lastColumnIdOf } from './schema.ts'

/** The topic that a table belongs to: a name may be reused, an id never is. */
export const TOPIC_ID_PROPERTY = 'headgate.topic-id'

/** How schemas became columns when the table was made; an upgrade of Headgate never changes it. */
const MAPPING_VERSION_PROPERTY = 'headgate.mapping-version'
const MAPPING_VERSION = '1'

export interface NewTablePlace {
  readonly uuid: string
  /** URI without a trailing slash. */
  readonly location: string
  readonly nowMs: number
}

/** Metadata of a table that holds nothing yet. */
export function newTableMetadata(table: NewTable, { uuid, location, nowMs }: NewTablePlace): TableMetadata {
  const spec = partitionSpecOf(table.partitionBy, table.rowType)
  return {
    'format-version': 2,
    'table-uuid': uuid,
    location,
    'last-sequence-number': 0,
    'last-updated-ms': nowMs,
    'last-column-id': lastColumnIdOf(table.rowType),
    schemas: [icebergSchema(table.rowType, 0)],
    'current-schema-id': 0,
    'partition-specs': [spec],
    'default-spec-id': spec['spec-id'],
    'last-partition-id': Math.max(FIRST_PARTITION_FIELD_ID - 1, ...spec.fields.map((field) => field['field-id'])),
    'sort-orders': [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': 0,
    properties: newTableProperties(table, location),
    snapshots: [],
    'snapshot-log': [],
    'metadata-log': [],
    refs: {},
  }
}

function newTableProperties(table: NewTable, location: string): { [name: string]: string } {
  const columnNotes = columnNotesProperty(table.rowType)
  return {
    [TOPIC_ID_PROPERTY]: table.topicId,
    [MAPPING_VERSION_PROPERTY]: MAPPING_VERSION,
    ...(columnNotes === undefined ? {} : { [COLUMN_NOTES_PROPERTY]: columnNotes }),
    'write.format.default': 'parquet',
    'write.parquet.compression-codec': 'zstd',
    'write.metadata.delete-after-commit.enabled': 'true',
    'write.metadata.previous-versions-max': String(limits.previousMetadataFilesMax),
    'commit.manifest-merge.enabled': 'true',
    // Files of other Iceberg writers go where ours are.
    ...(table.isShared ? { ...DELETION_GUARD, 'write.data.path': `${location}/${SHARED_DATA_FOLDER}` } : {}),
  }
}
