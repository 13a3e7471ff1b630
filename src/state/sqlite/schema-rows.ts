import type { DatabaseSync } from 'node:sqlite'
import type { SchemaChange, SchemaRows, SchemaState, StoredSchema, StoredVersion } from '../state-store.ts'
import { bigintAt, eachRow, numberAt, prepare, rowOf, textAt, type Row } from './rows.ts'
import { StoredLists } from './stored-lists.ts'
import { inTransaction, reading } from './transaction.ts'

/**
 * The schema registry's rows. A change is written only on top of the revision it was decided on. The texts lie in a table
 * of their own, so that a start reads past none of them: 100,000 schemas are a few megabytes without their texts.
 */
export class SqliteSchemas implements SchemaState {
  readonly #database: DatabaseSync
  readonly #statements: ReturnType<typeof prepareStatements>
  readonly #lists: StoredLists

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#statements = prepareStatements(database)
    this.#lists = new StoredLists(database)
  }

  async load<Result>(read: (rows: SchemaRows) => Result): Promise<Result> {
    const { documents, maxIds } = this.#statements
    // No other connection exists (the lock is exclusive) and nothing here awaits: the queries see one state.
    return reading(() =>
      read({
        revision: this.#revision(),
        schemas: this.#lists.schemas(),
        versions: this.#lists.versions(),
        documents: eachAs(eachRow(documents), (row) => ({ key: textAt(row, 0), json: textAt(row, 1) })),
        maxIds: eachAs(eachRow(maxIds), (row) => ({ context: textAt(row, 0), maxId: numberAt(row, 1) })),
      }),
    )
  }

  async revision(): Promise<bigint> {
    return reading(() => this.#revision())
  }

  textOf(context: string, schemaId: number): string | undefined {
    const row = reading(() => rowOf(this.#statements.text, context, schemaId))
    return row && textAt(row, 0)
  }

  async apply(
    expectedRevision: bigint,
    changes: readonly SchemaChange[],
  ): Promise<{ kind: 'applied'; revision: bigint } | { kind: 'conflict' }> {
    return inTransaction(this.#database, () => {
      if (this.#revision() !== expectedRevision) return { kind: 'conflict' }
      for (const change of changes) this.#write(change)
      const revision = expectedRevision + 1n
      this.#statements.setRevision.run(revision)
      return { kind: 'applied', revision }
    })
  }

  #revision(): bigint {
    return bigintAt(rowOf(this.#statements.revision) ?? [], 0)
  }

  #write(change: SchemaChange): void {
    const { removeVersion, putDocument, removeDocument } = this.#statements
    switch (change.kind) {
      case 'put-schema':
        return this.#putSchema(change.schema, change.text)
      case 'put-version':
        return this.#putVersion(change.version)
      case 'remove-version':
        return void removeVersion.run(change.subject, change.version)
      case 'put-document':
        return void putDocument.run(change.key, change.json)
      case 'remove-document':
        return void removeDocument.run(change.key)
    }
  }

  #putSchema({ context, schemaId, guid, schemaType, references }: StoredSchema, text: string): void {
    const { putSchema, putText, raiseMaxId } = this.#statements
    putSchema.run(context, schemaId, guid, schemaType, references)
    putText.run(context, schemaId, text)
    raiseMaxId.run(context, schemaId)
  }

  #putVersion({ subject, version, context, schemaId, isDeleted, createdAtMs }: StoredVersion): void {
    this.#statements.putVersion.run(subject, version, context, schemaId, isDeleted ? 1 : 0, createdAtMs)
  }
}

function prepareStatements(database: DatabaseSync) {
  return {
    revision: prepare(database, `select schema_revision from cluster`),
    setRevision: prepare(database, `update cluster set schema_revision = ?`),
    text: prepare(database, `select json from schema_texts where context = ? and schema_id = ?`),
    documents: prepare(database, `select key, json from schema_documents order by key`),
    maxIds: prepare(database, `select context, max_id from schema_max_ids order by context`),
    putSchema: prepare(
      database,
      `insert into schemas values (?, ?, ?, ?, ?) on conflict do update set guid = excluded.guid,
       schema_type = excluded.schema_type, schema_references = excluded.schema_references`,
    ),
    putText: prepare(database, `insert into schema_texts values (?, ?, ?) on conflict do update set json = excluded.json`),
    raiseMaxId: prepare(
      database,
      `insert into schema_max_ids values (?, ?) on conflict do update set max_id = max(max_id, excluded.max_id)`,
    ),
    putVersion: prepare(
      database,
      `insert into schema_versions values (?, ?, ?, ?, ?, ?) on conflict do update set context = excluded.context,
       schema_id = excluded.schema_id, is_deleted = excluded.is_deleted, created_at_ms = excluded.created_at_ms`,
    ),
    removeVersion: prepare(database, `delete from schema_versions where subject = ? and version = ?`),
    putDocument: prepare(database, `insert into schema_documents values (?, ?) on conflict do update set json = excluded.json`),
    removeDocument: prepare(database, `delete from schema_documents where key = ?`),
  }
}

function* eachAs<Item>(rows: Iterable<Row>, itemOf: (row: Row) => Item): Generator<Item> {
  for (const row of rows) yield itemOf(row)
}
