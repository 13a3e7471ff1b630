import type { StructType } from '../columns/row-type.ts'
import type { SchemaChange } from '../state/state-store.ts'
import type { RegistryIndex } from './registry-index.ts'
import type { Schemas } from './schemas.ts'

/** What a decision is made on. Decisions only look: what they want done is in their answer. */
export interface RegistryView {
  readonly index: RegistryIndex
  readonly schemas: Schemas
  /** The columns of the table that a value subject's topic has; undefined without a table. */
  readonly tableOf: TableOf
  readonly nowMs: () => number
}

export type TableOf = (subject: string) => StructType | undefined

/** What becomes of a request: the rows to write, all or none, and the answer once they are written. */
export interface Decision<Result> {
  readonly changes: readonly SchemaChange[]
  readonly result: Result
}

/** A version by name: it may not be written yet. */
export interface VersionName {
  readonly subject: string
  readonly version: number
}
