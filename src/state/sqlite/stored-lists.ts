import type { DatabaseSync } from 'node:sqlite'
import type { SchemaList, StoredSchema, StoredVersion, VersionList } from '../state-store.ts'
import { ColumnPagesQuery, type ColumnPages } from './column-pages.ts'

/** The registry's two long lists. What is kept of them is text, about fifty bytes a row, until somebody asks for a row. */
export class StoredLists {
  readonly #schemas: ColumnPagesQuery
  readonly #versions: ColumnPagesQuery

  constructor(database: DatabaseSync) {
    this.#schemas = new ColumnPagesQuery(database, { table: 'schemas', columns: schemaColumns, key: ['context', 'schema_id'] })
    this.#versions = new ColumnPagesQuery(database, { table: 'schema_versions', columns: versionColumns, key: ['subject', 'version'] })
  }

  schemas(): SchemaList {
    const pages = this.#schemas.read()
    return {
      heads: { [Symbol.iterator]: () => schemaHeads(pages) },
      guids: { [Symbol.iterator]: () => schemaGuids(pages) },
      at: (index) => schemaAt(pages, index),
    }
  }

  versions(): VersionList {
    const pages = this.#versions.read()
    return {
      heads: { [Symbol.iterator]: () => versionHeads(pages) },
      schemas: { [Symbol.iterator]: () => versionSchemas(pages) },
      at: (index) => versionAt(pages, index),
    }
  }
}

const schemaColumns = ['context', 'schema_id', 'schema_type', 'schema_references', 'guid'] as const
const versionColumns = ['subject', 'version', 'context', 'schema_id', 'is_deleted', 'created_at_ms'] as const

/** Strict tables hold what they declare. */
type Texts = readonly string[]
type Integers = readonly number[]

function* schemaHeads(pages: ColumnPages): Generator<Omit<StoredSchema, 'guid'>> {
  for (const columns of pages.each(0, 1, 2, 3)) {
    const [contexts, schemaIds, schemaTypes, references] = columns as unknown as [Texts, Integers, Texts, Texts]
    for (let row = 0; row < schemaIds.length; row++)
      yield {
        context: contexts[row] as string,
        schemaId: schemaIds[row] as number,
        schemaType: schemaTypes[row] as string,
        references: references[row] as string,
      }
  }
}

function* schemaGuids(pages: ColumnPages): Generator<Pick<StoredSchema, 'context' | 'schemaId' | 'guid'>> {
  for (const columns of pages.each(0, 1, 4)) {
    const [contexts, schemaIds, guids] = columns as unknown as [Texts, Integers, Texts]
    for (let row = 0; row < schemaIds.length; row++)
      yield { context: contexts[row] as string, schemaId: schemaIds[row] as number, guid: guids[row] as string }
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

function* versionHeads(pages: ColumnPages): Generator<Pick<StoredVersion, 'subject' | 'isDeleted'>> {
  for (const columns of pages.each(0, 4)) {
    const [subjects, areDeleted] = columns as unknown as [Texts, Integers]
    for (let row = 0; row < subjects.length; row++) yield { subject: subjects[row] as string, isDeleted: areDeleted[row] === 1 }
  }
}

function* versionSchemas(pages: ColumnPages): Generator<Pick<StoredVersion, 'context' | 'schemaId'>> {
  for (const columns of pages.each(2, 3)) {
    const [contexts, schemaIds] = columns as unknown as [Texts, Integers]
    for (let row = 0; row < contexts.length; row++) yield { context: contexts[row] as string, schemaId: schemaIds[row] as number }
  }
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
