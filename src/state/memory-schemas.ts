import { assert } from '../shared/assert.ts'
import type { SchemaChange, SchemaList, SchemaState, StoredSchema, StoredVersion, VersionList } from './state-store.ts'
import { compareText } from '../shared/text-order.ts'

/** The schema registry's rows in memory. */
export function memorySchemas(): SchemaState {
  const schemas = new Map<string, StoredSchema>()
  const texts = new Map<string, string>()
  const versions = new Map<string, StoredVersion>()
  const documents = new Map<string, string>()
  const maxIds = new Map<string, number>()
  let revision = 0n

  return {
    load: async (read) =>
      read({
        revision,
        schemas: schemaList([...schemas.values()].sort((a, b) => compareText(a.context, b.context) || a.schemaId - b.schemaId)),
        versions: versionList([...versions.values()].sort((a, b) => compareText(a.subject, b.subject) || a.version - b.version)),
        documents: [...documents].map(([key, json]) => ({ key, json })).sort((a, b) => compareText(a.key, b.key)),
        maxIds: [...maxIds].map(([context, maxId]) => ({ context, maxId })).sort((a, b) => compareText(a.context, b.context)),
      }),
    revision: async () => revision,
    textOf: (context, schemaId) => texts.get(schemaKeyOf(context, schemaId)),
    async apply(expectedRevision, changes) {
      if (expectedRevision !== revision) return { kind: 'conflict' }
      for (const change of changes) write(change)
      return { kind: 'applied', revision: ++revision }
    },
  }

  function write(change: SchemaChange): void {
    switch (change.kind) {
      case 'put-schema':
        return putSchema(change.schema, change.text)
      case 'put-version':
        return void versions.set(`${change.version.version}/${change.version.subject}`, change.version)
      case 'remove-version':
        return void versions.delete(`${change.version}/${change.subject}`)
      case 'put-document':
        return void documents.set(change.key, change.json)
      case 'remove-document':
        return void documents.delete(change.key)
    }
  }

  function putSchema(schema: StoredSchema, text: string): void {
    const key = schemaKeyOf(schema.context, schema.schemaId)
    schemas.set(key, schema)
    texts.set(key, text)
    maxIds.set(schema.context, Math.max(maxIds.get(schema.context) ?? 0, schema.schemaId))
  }
}

function schemaList(rows: readonly StoredSchema[]): SchemaList {
  return { heads: rows, guids: rows, at: (index) => rowAt(rows, index) }
}

function versionList(rows: readonly StoredVersion[]): VersionList {
  return { heads: rows, schemas: rows, at: (index) => rowAt(rows, index) }
}

function rowAt<Row>(rows: readonly Row[], index: number): Row {
  const row = rows[index]
  assert(row !== undefined, 'a row beyond the end of the list')
  return row
}

function schemaKeyOf(context: string, schemaId: number): string {
  return `${schemaId}/${context}`
}
