import type { JsonObject } from '../../shared/json.ts'

/**
 * The one thing about a table that a catalog decides: which metadata file is current. A commit is a compare-and-swap of
 * that pointer; a lost race is a value. Catalogs implement it.
 */
export interface TablePointer {
  /** Undefined when the catalog has no such table. */
  load(signal?: AbortSignal): Promise<CurrentMetadata | undefined>
  create(metadata: JsonObject): Promise<{ kind: 'created'; current: CurrentMetadata } | { kind: 'exists' }>
  /** Writes `metadata` to a new file and swaps the pointer from `base` to it. */
  swap(base: CurrentMetadata, metadata: JsonObject, signal?: AbortSignal): Promise<SwapOutcome>
}

export interface CurrentMetadata {
  /** URI of the metadata file. */
  readonly location: string
  readonly metadata: JsonObject
}

export type SwapOutcome =
  | { readonly kind: 'committed'; readonly current: CurrentMetadata }
  /** Somebody else's commit won. */
  | { readonly kind: 'conflict' }
  /** The answer was lost: the commit may have happened. Delete nothing; load and look. */
  | { readonly kind: 'unknown'; readonly cause: unknown }
