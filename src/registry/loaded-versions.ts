import type { StoredVersion, VersionList } from '../state/state-store.ts'
import { NONE } from './context-schemas.ts'

/**
 * The versions that a load found, by subject and by schema. They are rows of the store until somebody asks for a subject:
 * most of a large registry nobody asks for between one start and the next.
 */
export class LoadedVersions {
  readonly #rows: VersionList
  /** Of each subject that was not forgotten. */
  readonly #firstRows = new Map<string, number>()
  /** Those of them that have a version which is not soft-deleted. */
  readonly #liveSubjects = new Set<string>()
  readonly #rowCount: number
  #rowsBySchema: RowsBySchema | undefined

  constructor(rows: VersionList) {
    this.#rows = rows
    let row = 0
    let last: string | undefined
    for (const { subject, isDeleted } of rows.heads) {
      if (subject !== last) this.#firstRows.set((last = subject), row)
      if (!isDeleted) this.#liveSubjects.add(last)
      row++
    }
    this.#rowCount = row
  }

  /** Those that were not forgotten. */
  subjects(): Iterable<string> {
    return this.#firstRows.keys()
  }

  /** Without a look at the versions. */
  has(subject: string, { includeDeleted }: { includeDeleted: boolean }): boolean {
    return this.#firstRows.has(subject) && (includeDeleted || this.#liveSubjects.has(subject))
  }

  /** A subject's versions, ascending, until they are forgotten. */
  versions(subject: string): StoredVersion[] {
    const firstRow = this.#firstRows.get(subject)
    if (firstRow === undefined) return []
    const versions: StoredVersion[] = []
    for (let row = firstRow; row < this.#rowCount; row++) {
      const version = this.#rows.at(row)
      if (version.subject !== subject) break
      versions.push(version)
    }
    return versions
  }

  /** Somebody else keeps the subject's versions from now on. */
  forget(subject: string): void {
    this.#firstRows.delete(subject)
  }

  /** The subjects that a schema had a version in when the rows were loaded, forgotten or not. */
  subjectsOf(context: string, schemaId: number): Iterable<string> {
    this.#rowsBySchema ??= new RowsBySchema(this.#rows, this.#rowCount)
    return this.#rowsBySchema.rows(context, schemaId).map((row) => this.#rows.at(row).subject)
  }
}

/** For each schema its rows, linked from the last to the first: two numbers a row. */
class RowsBySchema {
  readonly #lastRows = new Map<string, number[]>()
  readonly #rowsBefore: Int32Array

  constructor(rows: VersionList, rowCount: number) {
    this.#rowsBefore = new Int32Array(rowCount)
    let row = 0
    for (const { context, schemaId } of rows.schemas) {
      const lastRows = this.#lastRowsOf(context)
      this.#rowsBefore[row] = lastRows[schemaId] ?? -1
      lastRows[schemaId] = row++
    }
  }

  /** Ascending. */
  rows(context: string, schemaId: number): readonly number[] {
    const last = this.#lastRows.get(context)?.[schemaId]
    if (last === undefined) return NONE
    const rows: number[] = []
    for (let row = last; row >= 0; row = this.#rowsBefore[row] ?? -1) rows.push(row)
    return rows.toReversed()
  }

  #lastRowsOf(context: string): number[] {
    const known = this.#lastRows.get(context)
    if (known) return known
    const created: number[] = []
    this.#lastRows.set(context, created)
    return created
  }
}
