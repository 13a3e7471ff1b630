import type { SchemasFolder } from '../../registry/folder/folder-files.ts'
import { SharedSchemas } from '../../registry/folder/shared-schemas.ts'
import { subjectSchemas, type SubjectSchema } from '../../registry/folder/subject-schemas.ts'
import type { SchemaReference } from '../../registry/schema-content.ts'
import type { ResolvedReference } from '../../schema/language.ts'

/** A schema of the folder, with what it refers to by the versions that the visits before it answered. */
export interface FolderSchema extends SubjectSchema {
  readonly references: readonly SchemaReference[]
  /** The texts of those, theirs included, dependencies first. */
  readonly resolved: readonly ResolvedReference[]
  /** False for versions of a history that newer ones follow. */
  readonly isNewest: boolean
}

/** Answers the version of the subject that the schema is, or would be. */
export type VisitSchema = (schema: FolderSchema) => Promise<number>

/**
 * Visits every schema of the folder after those that it refers to, histories in their order: as a server that starts with
 * the folder does. Throws HeadgateError `invalid-schema` for a folder that no server would start with.
 */
export async function walkFolder(files: SchemasFolder, visit: VisitSchema): Promise<void> {
  const schemas = await subjectSchemas(files)
  const resolve = new ResolvedTexts()
  const shared = new SharedSchemas(files.sharedFiles, async (file, subject, references) => {
    const resolved = resolve.of(references)
    resolve.add(subject, { text: file.text, references: resolved })
    return visit({ ...file, subject, version: undefined, references, resolved, isNewest: true })
  })
  await shared.registerAll()
  for (const [index, schema] of schemas.entries()) {
    const references = await shared.referencesOf(schema.schemaType, schema.text)
    const isNewest = schemas[index + 1]?.subject !== schema.subject
    await visit({ ...schema, references, resolved: resolve.of(references), isNewest })
  }
}

class ResolvedTexts {
  readonly #byName = new Map<string, { text: string; references: readonly ResolvedReference[] }>()

  add(name: string, shared: { text: string; references: readonly ResolvedReference[] }): void {
    this.#byName.set(name, shared)
  }

  of(references: readonly SchemaReference[]): ResolvedReference[] {
    const resolved = new Map<string, ResolvedReference>()
    for (const { name } of references) {
      const shared = this.#byName.get(name)
      for (const inner of shared?.references ?? []) resolved.set(inner.name, inner)
      if (shared) resolved.set(name, { name, text: shared.text })
    }
    return [...resolved.values()]
  }
}
