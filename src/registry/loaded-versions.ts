import type { StoredList, StoredVersion, VersionKey } from '../state/state-store.ts'
import { NONE } from './context-schemas.ts'

/**
 * The versions that a load found, by subject and by schema. They are rows of the store until somebody asks for a subject:
 * most of a large registry nobody asks for between one start and the next.
 */
export class LoadedVersions {
  readonly #rows: StoredList<VersionKey, StoredVersion>
  /** Of each subject that was not forgotten. */
  readonly #firstRows = new Map<string, number>()
  readonly #rowCount: number
  #rowsBySchema: RowsBySchema | undefined

  constructor(rows: StoredList<VersionKey, StoredVersion>) {
    this.#rows = rows
    let row = 0
    let last: string | undefined
    for (const { subject } of rows.keys) {
      if (subject !== last) this.#firstRows.set(subject, row)
      last = subject
      row++
    }
    this.#rowCount = row
  }

  /** Those that were not forgotten. */
  subjects(): Iterable<string> {
    return this.#firstRows.keys()
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

  constructor(rows: StoredList<VersionKey, StoredVersion>, rowCount: number) {
    this.#rowsBefore = new Int32Array(rowCount)
    for (let row = 0; row < rowCount; row++) {
      const { context, schemaId } = rows.at(row)
      const lastRows = this.#lastRowsOf(context)
      this.#rowsBefore[row] = lastRows[schemaId] ?? -1
      lastRows[schemaId] = row
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
