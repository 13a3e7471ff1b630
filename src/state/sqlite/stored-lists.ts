import type { DatabaseSync } from 'node:sqlite'
import type { SchemaKey, StoredList, StoredSchema, StoredVersion, VersionKey } from '../state-store.ts'
import { ColumnPagesQuery, type ColumnPages } from './column-pages.ts'

/** The registry's two long lists. What is kept of them is text, about fifty bytes a row, until somebody asks for a row. */
export class StoredLists {
  readonly #schemas: ColumnPagesQuery
  readonly #versions: ColumnPagesQuery

  constructor(database: DatabaseSync) {
    this.#schemas = new ColumnPagesQuery(database, { table: 'schemas', columns: schemaColumns, key: ['context', 'schema_id'] })
    this.#versions = new ColumnPagesQuery(database, { table: 'schema_versions', columns: versionColumns, key: ['subject', 'version'] })
  }

  schemas(): StoredList<SchemaKey, StoredSchema> {
    const pages = this.#schemas.read()
    return { keys: { [Symbol.iterator]: () => schemaKeys(pages) }, at: (index) => schemaAt(pages, index) }
  }

  versions(): StoredList<VersionKey, StoredVersion> {
    const pages = this.#versions.read()
    return { keys: { [Symbol.iterator]: () => versionKeys(pages) }, at: (index) => versionAt(pages, index) }
  }
}

const schemaColumns = ['context', 'schema_id', 'schema_type', 'schema_references', 'guid'] as const
const versionColumns = ['subject', 'version', 'context', 'schema_id', 'is_deleted', 'created_at_ms'] as const

type SchemaKeyColumns = readonly [
  contexts: readonly string[],
  schemaIds: readonly number[],
  schemaTypes: readonly string[],
  references: readonly string[],
]

function* schemaKeys(pages: ColumnPages): Generator<SchemaKey> {
  for (const columns of pages.each(0, 1, 2, 3)) {
    const [contexts, schemaIds, schemaTypes, references] = columns as unknown as SchemaKeyColumns
    for (let row = 0; row < schemaIds.length; row++)
      yield {
        context: contexts[row] as string,
        schemaId: schemaIds[row] as number,
        schemaType: schemaTypes[row] as string,
        references: references[row] as string,
      }
  }
}

function schemaAt(pages: ColumnPages, row: number): StoredSchema {
  return {
    context: pages.text(row, 0),
    schemaId: pages.integer(row, 1),
    schemaType: pages.text(row, 2),
    references: pages.text(row, 3),
    guid: pages.text(row, 4),
  }
}

function* versionKeys(pages: ColumnPages): Generator<VersionKey> {
  for (const [subjects = []] of pages.each(0)) for (const subject of subjects) yield { subject: subject as string }
}

function versionAt(pages: ColumnPages, row: number): StoredVersion {
  return {
    subject: pages.text(row, 0),
    version: pages.integer(row, 1),
    context: pages.text(row, 2),
    schemaId: pages.integer(row, 3),
    isDeleted: pages.integer(row, 4) === 1,
    createdAtMs: pages.integer(row, 5),
  }
}
